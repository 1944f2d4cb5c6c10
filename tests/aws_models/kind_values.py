"""Values at the ends of what a kind takes, and some within: what a property's target has to take too."""

import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from resilient_website.reading.collection_types import AnyOf, Anything, ListOf, MapOf
from resilient_website.reading.countries import COUNTRIES, Country
from resilient_website.reading.durations import Duration, written
from resilient_website.reading.property_types import Boolean, Choice, Cidr, Integer, IntegerChoice, PropertyType
from resilient_website.reading.property_types import Text as TextKind
from resilient_website.reading.reader import Reader
from resilient_website.reading.schedules import Cron, Schedule
from resilient_website.reading.time_zones import TimeZone, time_zones

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import sre_parse

SAMPLES = 12
LONG_DAYS = ",".join(f"{hour}-{hour}" for hour in range(0, 24))


def values(kind: PropertyType) -> Iterator[Any]:
    """Yield values that a kind takes: its shortest, its longest, its least, its greatest, and random ones."""
    for each in _candidates(kind):
        reader = Reader({}, "us-east-1")
        kind.read(each, "value", reader)
        if not reader.problems:
            yield each


def longest(kind: TextKind) -> int:
    """Return how many characters a text of the kind has at most."""
    return min(kind.longest, sre_parse.parse(kind.pattern).getwidth()[1])


def _candidates(kind: PropertyType) -> Iterator[Any]:
    match kind:
        case TextKind():
            yield from _texts(kind.pattern)
        case Choice() | IntegerChoice():
            yield from kind.choices
        case Integer():
            yield from (kind.minimum, kind.maximum)
        case Boolean():
            yield from (True, False)
        case Cidr():
            yield from (f"10.0.0.0/{kind.largest}", f"10.0.0.0/{kind.smallest}")
        case Country():
            yield from sorted(COUNTRIES)
        case TimeZone():
            yield from sorted(time_zones())
        case Cron():
            yield from ("0 8 * * 1-5", f"0 {LONG_DAYS} * * *", f"0 {LONG_DAYS} {'*,' * 90}* * *")
        case Schedule():
            yield from ("rate(1 hour)", "cron(0 3 * * ? *)", f"cron(0 {LONG_DAYS} * * ? {'2030,' * 20}2031)")
        case Duration():
            yield from (written(kind.least), written(kind.most))
        case _:
            yield from _compound(kind)


def _compound(kind: PropertyType) -> Iterator[Any]:
    match kind:
        case ListOf():
            items = list(values(kind.item))
            yield from ([item] for item in items)
            yield from ((items * size)[:size] for size in {kind.minimum, kind.maximum} if items)
        case MapOf():
            yield from ({"name": item} for item in values(kind.item))
        case AnyOf():
            for each in kind.kinds:
                yield from _candidates(each)
        case Anything():
            return
        case _:
            raise AssertionError(f"give values for {type(kind).__name__}")


@cache
def _texts(pattern: str) -> list[str]:
    """Return random texts of a pattern, the same each time."""
    found: list[str] = []

    @settings(
        max_examples=SAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.from_regex(pattern, fullmatch=True))
    def sample(text: str) -> None:
        found.append(text)

    sample()
    return found
