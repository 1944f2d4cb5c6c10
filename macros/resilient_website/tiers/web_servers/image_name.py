"""Names of container images, and what people write for them."""

import re
from collections.abc import Iterator

from resilient_website.frozen import frozen
from resilient_website.reading.property_types import Text


@frozen
class ImageName(Text):
    """The name of an image: a registry, a repository in lower case, and a tag or a digest."""

    def _spellings(self, text: str) -> Iterator[str]:
        """Yield likely intended names: without a scheme or spaces, with the repository in lower case."""
        plain = re.sub(r"^[a-z]+://", "", text.strip()).rstrip("/")
        # A registry may have a port: a tag or digest is in the last part.
        start = plain.rfind("/") + 1
        end = min(
            (found for found in (plain.find(":", start), plain.find("@", start)) if found >= 0), default=len(plain)
        )
        yield from (plain, plain[:end].lower() + plain[end:])
