"""A template's resources with their values resolved, and typed access to their properties."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from cli.analysis.availability.intrinsics import Intrinsics
from cli.analysis.availability.remote_stacks import inlined


@dataclass(frozen=True)
class Properties:
    """A map of resolved properties. Every reader returns a default for a value that is absent or of another type."""

    held: Mapping[str, Any]

    def any(self, name: str) -> Any:
        """Return a property's value unchanged; None if absent."""
        return self.held.get(name)

    def text(self, name: str, default: str = "") -> str:
        """Return a scalar as text."""
        value = self.held.get(name)
        return default if value is None or isinstance(value, dict | list) else str(value)

    def number(self, name: str, default: int) -> int:
        """Return a whole number, which may be written as text; the default if it is not one."""
        value = str(self.held.get(name, default))
        return int(value) if value.removeprefix("-").isdigit() else default

    def flag(self, name: str) -> bool:
        """Return a Boolean, which may be written as text; false if it is absent."""
        return str(self.held.get(name)).lower() == "true"

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of scalars; a single scalar counts as a list of one."""
        value = self.held.get(name)
        if value is None or isinstance(value, dict):
            return ()
        return tuple(str(item) for item in (value if isinstance(value, list) else [value]))

    def inner(self, name: str) -> "Properties":
        """Return a map below this one; empty if absent."""
        value = self.held.get(name)
        return Properties(value if isinstance(value, Mapping) else {})

    def each(self, name: str) -> "tuple[Properties, ...]":
        """Return the maps in a list; a single map counts as a list of one."""
        value = self.held.get(name)
        items = value if isinstance(value, list) else [value]
        return tuple(Properties(item) for item in items if isinstance(item, Mapping))


@dataclass(frozen=True)
class Resource:
    """A resource of the stack; its properties are resolved when they are first read, as a price needs few of them."""

    logical_id: str
    type: str
    resolved: Callable[[], Properties]

    @cached_property
    def properties(self) -> Properties:
        """The resolved properties."""
        return self.resolved()


@dataclass(frozen=True)
class Resources:
    """All resources of the stack; `other_regions` has the Region of those outside of the stack's own."""

    held: Mapping[str, Resource]
    region: str
    other_regions: Mapping[str, str]

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types, in the template's order."""
        return (resource for resource in self.held.values() if resource.type in types)


def read(template: Mapping[str, Any], region: str, parameters: Mapping[str, Any]) -> Resources:
    """Return the resources of an expanded template for a stack in this Region."""
    whole = inlined(template)
    intrinsics = Intrinsics(whole.template, region, parameters)
    bodies = {name: body for name, body in whole.template["Resources"].items() if isinstance(body, Mapping)}
    return Resources(
        {
            name: Resource(name, str(body.get("Type", "")), partial(_properties, intrinsics, body))
            for name, body in bodies.items()
            if intrinsics.exists(body)
        },
        region,
        whole.regions,
    )


def _properties(intrinsics: Intrinsics, body: Mapping[str, Any]) -> Properties:
    resolved = intrinsics.value(body.get("Properties") or {})
    return Properties(resolved if isinstance(resolved, Mapping) else {})
