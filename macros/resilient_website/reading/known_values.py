"""Replaces functions in a site's specification by their values, as far as known.

Only for checks, not for building: CloudFormation passes the parameter values of the deployment to the macro, and
combinations are equally invalid whether a value is literal or comes from a parameter.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from resilient_website.cloudformation.calls import Call, known_value
from resilient_website.cloudformation.encoding import PLAIN
from resilient_website.reading.collection_types import ListOf, MapOf
from resilient_website.reading.property_types import EMPTY, PropertyType
from resilient_website.reading.reader import Reader

Spec = TypeVar("Spec")


def known(spec: Spec, reader: Reader) -> Spec:
    """Return a specification with each function call replaced by its value, if known and valid."""
    changed: dict[str, Any] = {}
    for field in fields(spec):  # type: ignore[arg-type]
        value = getattr(spec, field.name)
        if type(value) not in PLAIN:
            row = field.metadata.get("property")
            found = _value(value, row.kind if row else None, reader)
            if found is not value:
                changed[field.name] = found
    return replace(spec, **changed) if changed else spec  # type: ignore[type-var]


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
    """Return a call's value in the specification's form; the call itself if the value is unknown or invalid."""
    given = known_value(call)
    if given is None or given in EMPTY:
        return call
    attempt = replace(reader, problems=[])
    result = kind.read(given, "", attempt)
    return call if attempt.problems else result
