"""A site's specification with what its functions give put in place of them, as far as that is known.

For judging, not for building: CloudFormation hands the macro the values of the parameters that it is going to deploy,
and combinations that can't work are the same whether a value was written or came through a parameter.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from resilient_website.cloudformation.calls import Call, known_value
from resilient_website.reading.property_types import EMPTY, ListOf, MapOf, PropertyType
from resilient_website.reading.reader import Reader

Spec = TypeVar("Spec")


def known(spec: Spec, reader: Reader) -> Spec:
    """Return a specification with each call of a function whose value is known, and fits, replaced by that value."""
    values = {row.name: (getattr(spec, row.name), row.metadata.get("property")) for row in fields(spec)}  # type: ignore[arg-type]
    found = {name: _value(value, row.kind if row else None, reader) for name, (value, row) in values.items()}
    return replace(spec, **{name: new for name, new in found.items() if new is not values[name][0]})  # type: ignore[type-var]


def _value(value: Any, kind: PropertyType | None, reader: Reader) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return known(value, reader)
    if isinstance(value, tuple):
        item = kind.item if isinstance(kind, ListOf) else None
        return tuple(_value(each, item, reader) for each in value)
    if isinstance(value, Mapping):
        item = kind.item if isinstance(kind, MapOf) else None
        return {name: _value(each, item, reader) for name, each in value.items()}
    return _given(value, kind, reader) if isinstance(value, Call) and kind is not None else value


def _given(call: Call, kind: PropertyType, reader: Reader) -> Any:
    """Return what a call gives, as the specification holds it; the call itself where that is not known or unfit."""
    given = known_value(call)
    if given is None or given in EMPTY:
        return call
    attempt = replace(reader, problems=[])
    result = kind.read(given, "", attempt)
    return call if attempt.problems else result
