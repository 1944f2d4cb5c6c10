"""ISO 8601 durations, as CloudFormation uses them. Source: "CreationPolicy attribute", Timeout."""

import re

from resilient_website.frozen import frozen
from resilient_website.problems import allowing, shown
from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.reader import Reader

PATTERN = re.compile(r"PT(?=\d)(?:(\d{1,2})H)?(?:(\d{1,5})M)?(?:(\d{1,5})S)?")

# Common wrong forms: seconds, or a number with a unit.
PLAIN = re.compile(r"(?:pt)?(\d{1,5}) ?([a-z]*)")
UNIT_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


@frozen
class Duration(PropertyType):
    """Hours, minutes and seconds, between two durations (inclusive) in seconds."""

    least: int
    most: int

    def describe(self) -> str:
        """Return the description for errors and the reference."""
        return f"a duration from {written(self.least)} to {written(self.most)}, as in PT15M"

    def read(self, value: object, path: str, reader: Reader) -> str | None:
        """Return the duration as written; for a plain number, propose the duration."""
        if isinstance(value, str) and PATTERN.fullmatch(value) and self.least <= seconds(value) <= self.most:
            return value
        plain = PLAIN.fullmatch(str(value).strip().lower()) if not isinstance(value, bool) else None
        meant = int(plain[1]) * UNIT_SECONDS.get(plain[2][:1], 0) if plain else 0
        guess = f"did you mean {written(meant)}? " if self.least <= meant <= self.most else ""
        reader.problem(path, f"found {shown(value)}", allowing(self.describe(), guess))
        return None


def seconds(duration: str) -> int:
    """Return a duration in seconds. Raises ValueError if it is not a duration."""
    found = PATTERN.fullmatch(duration)
    if found is None:
        raise ValueError(f"{duration} is not a duration")
    return total(found)


def total(found: re.Match[str]) -> int:
    """Return the seconds of a match whose groups are hours, minutes and seconds."""
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest


def written(count: int) -> str:
    """Return a number of seconds as a duration."""
    parts = ((count // 3600, "H"), (count // 60 % 60, "M"), (count % 60, "S"))
    return "PT" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0S")
