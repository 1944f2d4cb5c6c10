"""The property type of a site's version of the expansion."""

import re

from resilient_website.frozen import frozen
from resilient_website.problems import allowing, shown
from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.reader import Reader
from resilient_website.reading.versions import NEWEST, OLDEST, VERSIONS


@frozen
class VersionNumber(PropertyType):
    """One of the versions that this macro supports."""

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return f"a whole number from {OLDEST} to {NEWEST}" if len(VERSIONS) > 1 else str(NEWEST)

    def read(self, value: object, path: str, reader: Reader) -> int | None:
        """Return the version; note one that is newer than the macro."""
        number = int(str(value)) if re.fullmatch(r"[0-9]{1,9}", str(value)) else None
        if number in VERSIONS:
            return number
        newer = number is not None and number > NEWEST
        advice = f"upgrade the macro, which supports versions up to {NEWEST}" if newer else allowing(self.describe())
        reader.problem(path, f"found {shown(value)}", advice)
        return None
