"""The property table: each field of a specification made by `prop` defines one property.

A row has the property's name, type, default and the reason for the default. Reading, errors and the generated reference
all use this table.
"""

from collections.abc import Mapping
from dataclasses import field, fields
from functools import cache
from typing import Any, NamedTuple, TypeVar

from resilient_website.cloudformation.calls import Call
from resilient_website.frozen import frozen
from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.versions import at

Spec = TypeVar("Spec", bound="PropertyGroup")


class Need(NamedTuple):
    """Another property that a property needs: without it, a site with nothing else refuses it, or it has no effect.

    `name` is the other's path in the site, as in `Network.VpcId`, and `values` are those that meet the need; empty: any
    value. With `such_as`, other values may meet the need too. `when` are the values of the property itself that need
    it; empty: all values. One of `or_else`, further paths, meets the need too.
    """

    name: str
    values: tuple[Any, ...] = ()
    when: tuple[Any, ...] = ()
    or_else: tuple[str, ...] = ()
    such_as: bool = False


@frozen
class Property:
    """One property of the compact resource.

    With `known_at_expansion`, the value decides which resources exist. With `presence_decides`, only its presence does,
    and the value can be any intrinsic. `before` has the defaults of earlier versions of the expansion: `{3: 20}` means
    20 before version 3.

    `examples` are values as in a template; types with few values, such as Boolean or Choice, need none. `needs` are the
    properties that the property needs, besides those that its group needs.
    """

    name: str
    kind: PropertyType
    default: Any
    reason: str
    known_at_expansion: bool
    presence_decides: bool
    maps_to: str
    before: Mapping[int, Any]
    examples: tuple[Any, ...] = ()
    needs: tuple[Need, ...] = ()

    def default_in(self, version: int) -> Any:
        """Return the default in a version of the expansion."""
        return at(version, self.default, self.before)


@frozen
class PropertyGroup:
    """What every specification records about its properties besides their values.

    `given` has the names of the properties that the template sets, and that don't resolve to nothing. Checks use it,
    since a value can't show it: a template can contain a default value, and defaults change with the version.
    """

    given: frozenset[str] = field(default=frozenset(), kw_only=True)


def values(spec: PropertyGroup) -> dict[str, Any]:
    """Return the values of a specification and of the groups in it, to compare them; `given` is left out.

    A call of a function is its text in the template: two are equal if they say the same.
    """
    return {each.name: _compared(getattr(spec, each.name)) for each in fields(spec) if each.name != "given"}


def _compared(value: Any) -> Any:
    if isinstance(value, PropertyGroup):
        return values(value)
    if isinstance(value, tuple):
        return tuple(map(_compared, value))
    if isinstance(value, Mapping):
        return {key: _compared(item) for key, item in value.items()}
    return value.data if isinstance(value, Call) else value


def prop(
    name: str,
    kind: PropertyType,
    default: Any = None,
    *,
    reason: str,
    known_at_expansion: bool = False,
    presence_decides: bool = False,
    maps_to: str = "",
    before: Mapping[int, Any] | None = None,
    examples: tuple[Any, ...] = (),
    needs: tuple[Need, ...] = (),
) -> Any:
    """Declare a property as a dataclass field.

    `default` is the value in the specification when the property is absent (None: the tier decides, see `reason`).
    `maps_to` is the CloudFormation property that it sets, as `Type.Property`. `before` has earlier defaults by version
    of the expansion. See Property for `examples` and `needs`.
    """
    table_row = Property(
        name, kind, default, reason, known_at_expansion, presence_decides, maps_to, before or {}, examples, needs
    )
    return field(default=default, metadata={"property": table_row})


def properties(spec: type[Any]) -> tuple[Property, ...]:
    """Return the table of a specification's properties, in order."""
    return tuple(f.metadata["property"] for f in fields(spec) if "property" in f.metadata)


def defaults(spec: type[Spec], version: int) -> Spec:
    """Return a specification with all defaults of a version of the expansion."""
    kind: Any = spec  # To mypy, no class is hashable.
    made: Spec = _defaults(kind, version)
    return made


@cache
def _defaults(spec: type[Any], version: int) -> Any:
    values: dict[str, Any] = {}
    for row in fields(spec):
        if "property" in row.metadata:
            value = row.metadata["property"].default_in(version)
            values[row.name] = defaults(type(value), version) if isinstance(value, PropertyGroup) else value
    return spec(**values)
