"""Makes troposphere's objects in less time: the same objects, with the same checks and the same errors.

troposphere's own constructor looks at each property that a class knows, whether it is given or not, and finds out anew
for each property that is given how to check it. Here that is found out once for each class (decision 0026).
"""

from functools import cache
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSProperty, BaseAWSObject, Tags
from troposphere.validators import boolean, double, integer

# troposphere's own constructor, for the objects that are not made here.
TROPOSPHERES_OWN = BaseAWSObject.__init__

_EMPTY = BaseAWSObject(None)

# What a resource has beside its properties, such as DependsOn: a list that the constructor writes for each object.
ATTRIBUTES: list[str] = _EMPTY.attributes

# Names that set no property, even if a class has a property of that name.
RESERVED = frozenset({*vars(_EMPTY), *ATTRIBUTES})

# The values that troposphere's functions for half of all properties that have a function return as they are.
UNCHANGED: dict[Any, type] = {boolean: bool, double: int, integer: int}


class _Class(NamedTuple):
    """What the constructor needs to know about a class."""

    properties_key: str | None  # what a resource's properties are written under; a property has its own by themselves
    resource_type: str | None
    names: set[str]  # of all properties
    settable: frozenset[str]  # those that are not reserved
    values: dict[str, Any]  # the class of a property's value, or several
    items: dict[str, tuple[Any, ...]]  # the classes of the items of a property's list


def make_quickly() -> None:
    """Make the objects of all of troposphere's classes by `construct`, in this process."""
    BaseAWSObject.__init__ = AWSProperty.__init__ = construct


def construct(
    self: Any, title: str | None = None, template: Any = None, validation: bool = True, **properties: Any
) -> None:
    """Make an object as `BaseAWSObject.__init__` does, whose parameters these are, and raise what it raises.

    What is not plainly right, and what a function has to check, is left to troposphere's `__setattr__`.
    """
    kind: Any = type(self)
    known = _known(kind)
    if known is None or template is not None:
        TROPOSPHERES_OWN(self, title, template, validation, **properties)
        return
    properties_key, resource_type, names, settable, values, items = known
    own: dict[str, Any] = {}
    resource: dict[str, Any] = {properties_key: own} if properties_key else own
    if resource_type is not None:
        resource["Type"] = resource_type
    state = self.__dict__
    state.update(title=title, template=None, do_validation=validation, propnames=names, attributes=ATTRIBUTES)
    if title:
        self.validate_title()
    state.update(properties=own, resource=resource, _BaseAWSObject__initialized=True)
    for name, value in properties.items():
        if isinstance(value, AWSHelperFn):
            # troposphere takes the result of any function, and looks only at that of Tags.
            right = name in settable and not isinstance(value, Tags)
        elif name in values:
            right = isinstance(value, values[name])
        else:
            right = name in items and isinstance(value, list) and all(isinstance(each, items[name]) for each in value)
        if right:
            own[name] = value
        else:
            setattr(self, name, value)


@cache
def _known(kind: Any) -> _Class | None:
    """Return a class's properties; None if it sets values for them itself, or has checks of its own."""
    if kind.__setattr__ is not BaseAWSObject.__setattr__ or any(getattr(kind, n, None) is not None for n in kind.props):
        return None
    values: dict[str, Any] = {}
    items: dict[str, tuple[Any, ...]] = {}
    settable = frozenset(kind.props) - RESERVED
    for name in settable:
        expected = kind.props[name][0]
        if isinstance(expected, type):
            values[name] = expected
        elif isinstance(expected, list) and expected and all(isinstance(each, type) for each in expected):
            items[name] = (*expected, AWSHelperFn)
        elif not isinstance(expected, list) and expected in UNCHANGED:
            values[name] = UNCHANGED[expected]
    key, resource_type = getattr(kind, "dictname", None), getattr(kind, "resource_type", None)
    return _Class(key, resource_type, set(kind.props), settable, values, items)
