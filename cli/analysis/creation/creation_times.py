"""The times that resources take to create, from a dated table beside this module."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from cli.toml_table import toml_table
from resilient_website.reading.durations import total

# The row for types that the table does not list.
OTHERS = "*"

# Of any template, so wider than what the macro takes. Source: "CreationPolicy attribute", ResourceSignal, Timeout.
_DURATION = re.compile(r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?")


@dataclass(frozen=True)
class Span:
    """A time in seconds: at the least, usually, and at the most."""

    low: int
    expected: int
    high: int

    def plus(self, other: "Span") -> "Span":
        """Return the sum of two times."""
        return Span(self.low + other.low, self.expected + other.expected, self.high + other.high)


class Basis(StrEnum):
    """What a time rests on; the values are those of the table."""

    DOCUMENTED = "documented"
    REPORTED = "reported"
    ASSUMED = "assumed"

    @property
    def words(self) -> str:
        """The same for readers of a report."""
        return _BASES[self]


_BASES = {
    Basis.DOCUMENTED: "documented by AWS",
    Basis.REPORTED: "reported by others",
    Basis.ASSUMED: "assumed",
}


@dataclass(frozen=True)
class Source:
    """What a page says about a time; `date` is that of the page, or the month in which it was read."""

    says: str
    title: str
    address: str
    date: str


@dataclass(frozen=True)
class CreationTime:
    """A row of the table: the time of a resource, and what it rests on.

    `needs` is the property or attribute that the resource must have; empty for none. `reason` is why the time is as it
    is, where no source says it; empty for none.
    """

    types: tuple[str, ...]
    needs: str
    span: Span
    basis: Basis
    reason: str
    sources: tuple[Source, ...]

    @property
    def is_listed(self) -> bool:
        """Whether the row is one of certain types, not the one of all others."""
        return OTHERS not in self.types

    def fits(self, body: Mapping[str, Any]) -> bool:
        """Return whether the row is one for a resource of a template."""
        if self.is_listed and body.get("Type") not in self.types:
            return False
        return not self.needs or _is_set(properties_of(body).get(self.needs, body.get(self.needs)))


@dataclass(frozen=True)
class CreationTimes:
    """The table with its date."""

    as_of: str
    rows: tuple[CreationTime, ...]

    def of(self, body: Mapping[str, Any]) -> CreationTime:
        """Return the first row that fits a resource."""
        return next(row for row in self.rows if row.fits(body))


@cache
def creation_times() -> CreationTimes:
    """Return the table of the package."""
    held = toml_table(__file__, "creation_times.toml")
    rows = (
        CreationTime(
            tuple(row["types"]),
            row.get("property", ""),
            Span(*row["seconds"]),
            Basis(row["basis"]),
            row.get("why", ""),
            tuple(Source(**source) for source in row.get("sources", ())),
        )
        for row in held["row"]
    )
    return CreationTimes(held["as_of"], tuple(rows))


def properties_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the properties of a resource; none if they are no map, as any template may have it."""
    held = body.get("Properties")
    return held if isinstance(held, Mapping) else {}


def signal_seconds(body: Mapping[str, Any]) -> int | None:
    """Return how long CloudFormation waits for a resource's signals at the most; None without a literal Timeout."""
    policy = body.get("CreationPolicy")
    signal = policy.get("ResourceSignal") if isinstance(policy, Mapping) else None
    timeout = signal.get("Timeout") if isinstance(signal, Mapping) else None
    found = _DURATION.fullmatch(timeout) if isinstance(timeout, str) else None
    return None if found is None else total(found)


def _is_set(value: Any) -> bool:
    return bool(value) and str(value).lower() != "false"
