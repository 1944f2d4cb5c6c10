"""Analytics providers: their frames and pixels count visits, and are removed from saved pages."""

_MAKERS = (
    "googletagmanager.com",
    "google-analytics.com",
    "connect.facebook.net",
    "facebook.com/tr",
    "static.hotjar.com",
    "clarity.ms/tag",
    "cdn.segment.com",
    "snap.licdn.com",
    "px.ads.linkedin.com",
    "analytics.tiktok.com",
    "matomo.php",
    "plausible.io/",
    "bat.bing.com",
)


def is_analytics(address: str) -> bool:
    """Return whether a URL belongs to an analytics provider."""
    return any(maker in address for maker in _MAKERS)
