"""Makers of statistics: their frames and pixels count visits, and there is nothing to count on a saved page."""

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
    """Say whether an address belongs to a maker of statistics."""
    return any(maker in address for maker in _MAKERS)
