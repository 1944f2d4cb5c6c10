"""A line of a log, and where lines come from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

# Visitors can write into logs, so control characters are shown and not sent to the terminal. Further lines of an entry
# are indented.
SAFE = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {ord("\t"): "\t", ord("\n"): "\n    "}


@dataclass(frozen=True, order=True)
class Line:
    """A line with its time, its source and the part of it that wrote the line. `id` is unique in the source."""

    at: datetime
    source: str
    writer: str
    id: str
    text: str

    def __str__(self) -> str:
        text = self.text.rstrip().replace("\r\n", "\n").translate(SAFE)
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.source} {self.writer} {text}"


class Source(Protocol):
    """A log that can be read. While it is followed, it is read so often, and its lines can be so late."""

    @property
    def every(self) -> timedelta:
        """The time between two readings."""

    @property
    def late(self) -> timedelta:
        """How much later than its time a line can be readable."""

    def lines(self, since: datetime, until: datetime) -> Iterator[Line]:
        """Yield the lines of a time, the oldest first. Raises what AWS's client raises."""
