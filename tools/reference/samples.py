"""Sample values of a property, to observe its effect in expanded sites: its examples, else a few values of its type."""

from collections.abc import Iterator
from typing import Any

from resilient_website.reading.collection_types import AnyOf, ListOf
from resilient_website.reading.properties import Property, properties
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.reading.property_types import Boolean, Choice, Integer, IntegerChoice, PropertyType


def samples(row: Property) -> Iterator[Any]:
    """Yield a few valid values; none if the property has no examples and its type can't list any."""
    yield from row.examples or _of_type(row.kind)


def _of_type(kind: PropertyType) -> Iterator[Any]:
    """Yield valid values of a property type."""
    match kind:
        case Boolean() | OptionalGroup():
            yield from (True, False)
        case Integer(minimum=minimum, maximum=maximum):
            # The first is used in samples of groups: slightly above the minimum, it often fits the others.
            small = (min(minimum + 2, maximum), minimum, min(minimum + 1, maximum))
            yield from dict.fromkeys((*small, (minimum + maximum) // 2))
        case Choice(choices=choices) | IntegerChoice(choices=choices):
            yield from choices
        case ListOf(item=item, minimum=minimum):
            several, length = list(_of_type(item)), max(minimum, 1)
            yield from (several[:length], several[-length:]) if len(several) >= length else ()
        case AnyOf(kinds=kinds):
            yield from (value for each in kinds for value in _of_type(each))
        case Group(spec=spec):
            rows = ((row.name, next(samples(row), None)) for row in properties(spec))
            yield {name: value for name, value in rows if value is not None}
