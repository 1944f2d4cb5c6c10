"""Writes troposphere's objects as template JSON, in one pass.

troposphere's own `to_dict` encodes what each object holds, and then its caller encodes the result once more, on every
level: a value six levels deep is copied six times. This gives the same JSON, and checks each object as `to_dict` does.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from troposphere import AWSHelperFn, BaseAWSObject, Tags, encode_to_dict

# What JSON takes as it is.
PLAIN = frozenset({str, int, bool, float, type(None)})

# A map of a template: nearly always the first, which is fast to detect.
MAPS = (dict, Mapping)

# What holds other values.
HOLDERS = (list, *MAPS)


def encoded(value: Any) -> Any:
    """Return a value as template JSON: `value` is JSON, or holds resources, their properties and functions.

    Raises what troposphere's objects raise when they are incomplete, or don't fit together.
    """
    kind: Any = type(value)
    if kind in PLAIN:
        return value
    if kind is dict:
        return {key: item if type(item) in PLAIN else encoded(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return [item if type(item) in PLAIN else encoded(item) for item in value]
    write = _writer(kind)
    return encode_to_dict(value) if write is None else write(value)


@cache
def _writer(kind: type) -> Callable[[Any], Any] | None:
    """Return what writes objects of a class; None if the class has a way of its own."""
    to_dict = getattr(kind, "to_dict", None)
    if to_dict is AWSHelperFn.to_dict:
        return _function
    if to_dict is Tags.to_dict:
        return _tags
    return _object if to_dict is BaseAWSObject.to_dict else None


def _function(value: Any) -> Any:
    return encoded(value.data)


def _tags(value: Any) -> Any:
    return encoded(value.tags)


def _object(value: Any) -> Any:
    """Return a resource or one of its properties. Source: `BaseAWSObject.to_dict` in troposphere."""
    kind: Any = type(value)
    given = value.properties
    if not given or not value.do_validation or not _required(kind) <= given.keys():
        return encode_to_dict(value)
    value.validate()
    return encoded(value.resource)


@cache
def _required(kind: type) -> frozenset[str]:
    """Return the properties that a resource needs; where one is missing, troposphere says so."""
    props: dict[str, tuple[Any, bool]] = kind.props  # type: ignore[attr-defined]
    return frozenset(name for name, (_, required) in props.items() if required)
