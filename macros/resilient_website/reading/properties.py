"""The property table: each field of a specification made by `prop` defines one property.

A row has the property's name, type, default and the reason for the default. Reading, errors and the generated reference
all use this table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.versions import at

Spec = TypeVar("Spec", bound="PropertyGroup")


@dataclass(frozen=True)
class Property:
    """One property of the compact resource.

    With `known_at_expansion`, the value decides which resources exist. With `presence_decides`, only its presence does,
    and the value can be any intrinsic. `before` has the defaults of earlier versions of the expansion: `{3: 20}` means
    20 before version 3.
    """

    name: str
    kind: PropertyType
    default: Any
    reason: str
    known_at_expansion: bool
    presence_decides: bool
    maps_to: str
    before: Mapping[int, Any]

    def default_in(self, version: int) -> Any:
        """Return the default in a version of the expansion."""
        return at(version, self.default, self.before)


@dataclass(frozen=True)
class PropertyGroup:
    """What every specification records about its properties besides their values.

    `given` has the names of the properties that the template sets, and that don't resolve to nothing. Checks use it,
    since a value can't show it: a template can contain a default value, and defaults change with the version.
    """

    given: frozenset[str] = field(default=frozenset(), compare=False, kw_only=True)


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
) -> Any:
    """Declare a property as a dataclass field.

    `default` is the value in the specification when the property is absent (None: the tier decides, see `reason`).
    `maps_to` is the CloudFormation property that it sets, as `Type.Property`. `before` has earlier defaults by version
    of the expansion.
    """
    table_row = Property(name, kind, default, reason, known_at_expansion, presence_decides, maps_to, before or {})
    return field(default=default, metadata={"property": table_row})


def properties(spec: type[Any]) -> tuple[Property, ...]:
    """Return the table of a specification's properties, in order."""
    return tuple(f.metadata["property"] for f in fields(spec) if "property" in f.metadata)


def defaults(spec: type[Spec], version: int) -> Spec:
    """Return a specification with all defaults of a version of the expansion."""
    values: dict[str, Any] = {}
    for row in fields(spec):
        if "property" in row.metadata:
            value = row.metadata["property"].default_in(version)
            values[row.name] = defaults(type(value), version) if isinstance(value, PropertyGroup) else value
    return spec(**values)
