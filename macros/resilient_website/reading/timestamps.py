"""The property type of timestamps."""

from datetime import datetime

from resilient_website.frozen import frozen
from resilient_website.problems import allowing
from resilient_website.reading.property_types import Text
from resilient_website.reading.reader import Reader

# Of Python's datetime. Its %z takes the Z.
FORM = "%Y-%m-%dT%H:%M:%S%z"


@frozen
class Timestamp(Text):
    """A valid time in UTC, to the second."""

    pattern: str = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the time as written."""
        text = super().read(value, path, reader)
        if text is None:
            return None
        try:
            datetime.strptime(text, FORM)
        except ValueError:
            reader.problem(path, f"found {text}, which is not a valid date and time", allowing(self.describe()))
            return None
        return text
