"""Every property of the compact resource, nested groups included, from the tables in the code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from resilient_website.reading.collection_types import AnyOf, ListOf, MapOf
from resilient_website.reading.properties import Property, properties
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.reading.property_types import PropertyType
from resilient_website.site_spec import ALL_PROPERTIES


@dataclass(frozen=True)
class Located:
    """A property and its path, as in `("Database", "MultiAZ")`; the items of a list are below `Name[]`.

    `group` is the path of the property whose group contains it.
    """

    path: tuple[str, ...]
    row: Property
    group: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path in dotted notation."""
        return ".".join(self.path)

    @property
    def spec(self) -> type[Any] | None:
        """The specification of the group that this property is or contains; None if there is none."""
        found = _group(self.row.kind, self.row.name)
        return found[1] if found else None

    @property
    def is_plain_group(self) -> bool:
        """Whether it only contains other properties: it maps to what they map to."""
        return isinstance(self.row.kind, Group)


def every_property(
    rows: tuple[Property, ...] = ALL_PROPERTIES, inside: tuple[str, ...] = (), group: tuple[str, ...] = ()
) -> Iterator[Located]:
    """Yield every property, each group followed by its own properties."""
    for row in rows:
        yield Located((*inside, row.name), row, group)
        found = _group(row.kind, row.name)
        if found:
            name, spec = found
            yield from every_property(properties(spec), (*inside, name), (*inside, row.name))


def _group(kind: PropertyType, name: str) -> tuple[str, type[Any]] | None:
    """Return the path element of a group's properties, and the group's specification."""
    if isinstance(kind, Group | OptionalGroup):
        return name, kind.spec
    if isinstance(kind, ListOf):
        return _group(kind.item, f"{name}[]")
    if isinstance(kind, MapOf):
        return _group(kind.item, f"{name}.*")
    if isinstance(kind, AnyOf):
        return next((found for each in kind.kinds if (found := _group(each, name))), None)
    return None
