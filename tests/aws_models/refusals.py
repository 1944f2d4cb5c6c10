"""Compares the values of a template with what a model says about their places.

What a model says about a place is looked up once: thousands of values are in the same places.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from tests.aws_models.constraints import Constraints, Place, outside, text_refusals
from tests.aws_models.literals import Unknown, alternatives

NUMBERS = ("integer", "long", "double", "float", "number")


def refusals(value: Any, place: Place | None, path: str) -> Iterator[tuple[str, str]]:
    """Yield the path and the reason of each literal value below `value` that the model's place does not take."""
    if place is None:
        return
    for each in alternatives(value):
        takes = _constraints(place)
        yield from ((path, reason) for reason in _own(each, takes))
        if isinstance(each, list):
            for item in each:
                yield from refusals(item, _item(place), f"{path}[]")
        elif isinstance(each, Mapping):
            for name, below in each.items():
                yield from refusals(below, _member(place, str(name)), f"{path}.{name}")


@cache
def _constraints(place: Place) -> Constraints:
    return place.constraints()


@cache
def _member(place: Place, name: str) -> Place | None:
    return place.member(name)


@cache
def _item(place: Place) -> Place | None:
    return place.item()


def _own(value: Any, takes: Constraints) -> Iterator[str]:
    """Yield why a value itself is not taken. What CloudFormation converts counts as what it is converted to."""
    if isinstance(value, Unknown):
        yield from outside(value.least, (None, takes.lengths[1]), "characters at least")
    elif isinstance(value, list):
        yield from outside(len(value), takes.items, "items")
    elif isinstance(value, Mapping):
        if takes.kind == "string":
            text = json.dumps(value, separators=(",", ":"))
            yield from outside(len(text), (None, takes.lengths[1]), "characters of JSON")
    elif takes.kind in NUMBERS and not isinstance(value, bool):
        yield from _number(value, takes)
    elif takes.kind in ("string", None):
        yield from text_refusals(str(value).lower() if isinstance(value, bool) else str(value), takes)


def _number(value: Any, takes: Constraints) -> Iterator[str]:
    try:
        number = float(value)
    except (TypeError, ValueError):
        yield f"{value!r} is no number"
        return
    yield from outside(number, takes.numbers, "")
    if takes.choices and f"{number:g}" not in takes.choices:
        yield f"{number:g} is none of {', '.join(takes.choices[:8])}"
