"""Origins, as browsers send them and CORS compares them.

Sources: RFC 6454, section 7; "ResponseHeadersPolicyAccessControlAllowOrigins" in the Amazon CloudFront API reference.
"""

from collections.abc import Iterator

from resilient_website.reading.property_types import Text


class Origin(Text):
    """A scheme and a host, without a path or a trailing slash."""

    def _spellings(self, text: str) -> Iterator[str]:
        """Yield the origin of a URL or a host name."""
        scheme, is_url, rest = text.strip().lower().rpartition("://")
        host = rest.partition("/")[0].partition("?")[0]
        yield f"{scheme if is_url else 'https'}://{host}"


LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
ORIGIN = Origin(
    "an origin without a path or a trailing slash, as in https://www.example.com or https://*.example.com, or *",
    rf"\*|https?://(\*\.)?({LABEL}\.)*{LABEL}(:[1-9]\d{{0,4}})?",
    longest=255,
)
