"""Whether a part of a template has another value in another Region, by itself: without another value of a parameter."""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from resilient_website.cloudformation.references import references

REGION = "AWS::Region"


def regional_conditions(template: Any) -> frozenset[str]:
    """Return the names of the conditions of a template that depend on the Region, also by other conditions."""
    declared = template.get("Conditions")
    conditions = declared if isinstance(declared, Mapping) else {}
    found: frozenset[str] = frozenset()
    while True:
        more = frozenset(name for name, body in conditions.items() if depends_on_region(body, found))
        if more == found:
            return found
        found = more


def depends_on_region(value: Any, conditions: Set[str]) -> bool:
    """Tell whether a value refers to the Region, or to one of the `conditions`, which depend on it."""
    return REGION in references(value) or not conditions.isdisjoint(conditions_of(value))


def conditions_of(value: Any) -> Iterator[str]:
    """Yield the conditions that a value names, in Fn::If and Condition."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            name = item[0] if key == "Fn::If" and isinstance(item, list) and item else item
            if key in ("Fn::If", "Condition") and isinstance(name, str):
                yield name
            yield from conditions_of(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from conditions_of(item)
