"""What an example shows that the examples before it do not: there, a property can do what it did nowhere else."""

import re
from collections.abc import Iterator
from typing import Any

from cli.analysis.updates.differences import Path, leaves
from cli.analysis.updates.property_mapping import ANY_TYPE, mapped_properties
from cli.analysis.updates.property_tree import Located, every_property
from tools.reference.needs import get

Json = dict[str, Any]

# A resource's logical id without the site's and without numbers, its type, and the path of one of its values, in which
# the items of a list have the same one.
Value = tuple[str, str, Path]


class Shown:
    """The examples that have been looked at: the values of their resources, and the properties that they give."""

    def __init__(self) -> None:
        self._values: set[Value] = set()
        self._given: set[str] = set()

    def look(self, name: str, properties: Json, resources: Json) -> "New":
        """Return what an example adds, by its site's name and properties, and the resources that it becomes."""
        values = set(_values(name, resources))
        given = {located.name for located in every_property() if get(properties, located.path) is not None}
        new = New(frozenset(kind for _, kind, _ in values - self._values), frozenset(given - self._given))
        self._values |= values
        self._given |= given
        return new


class New:
    """What an example adds to those before it: types of resources with values of their own, and properties."""

    def __init__(self, types: frozenset[str], properties: frozenset[str]) -> None:
        self._types, self._properties = types, properties

    def concerns(self, located: Located) -> bool:
        """Tell whether the example adds a property, or something to a type of resource that the property maps to."""
        targets = {target.type for target in mapped_properties(located.row.maps_to)}
        return located.name in self._properties or ANY_TYPE in targets or not targets.isdisjoint(self._types)


def _values(name: str, resources: Json) -> Iterator[Value]:
    for logical_id, body in resources.items():
        one_of_many = re.sub(r"\d+", "", logical_id.removeprefix(name))
        for path, value in leaves(body.get("Properties", {})):
            if value not in ({}, []):
                yield one_of_many, body["Type"], tuple(part if isinstance(part, str) else 0 for part in path)
