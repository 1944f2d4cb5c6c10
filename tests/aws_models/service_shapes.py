"""The inputs of the services' operations, as botocore has AWS's models, as places with constraints.

Which operation creates a resource is in the resource type's schema, among the permissions of its create handler;
`operations.toml` has the types for which it is not, and the members that CloudFormation names otherwise.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from tests.aws_models.constraints import Constraints, Place
from tests.aws_models.resource_schemas import create_permissions

TABLE = tomllib.loads((Path(__file__).parent / "operations.toml").read_text())
READING = ("Get", "Describe", "List")

# In the table: a property without a member in the operation's input.
NO_MEMBER = ""


@dataclass(frozen=True)
class ShapePlace:
    """The shapes that a value may map to: several for a resource's properties, else one."""

    resource_type: str
    shapes: tuple[Shape, ...]

    def constraints(self) -> Constraints:
        """Return what the first shape that says something takes."""
        found = [_constraints(shape) for shape in self.shapes]
        return found[0] if len(found) == 1 else Constraints()

    def member(self, name: str) -> "ShapePlace | None":
        """Return the place of a property by its name in CloudFormation, or of a map's value."""
        renamed = TABLE["renames"].get(self.resource_type, {}).get(name, name)
        if renamed == NO_MEMBER:
            return None
        for shape in self.shapes:
            found = _at(shape, renamed.split("."))
            if found is not None:
                return ShapePlace(self.resource_type, (found,))
        return None

    def has_no_member(self, name: str) -> bool:
        """Tell whether the table says that the input has no member for a property."""
        return bool(TABLE["renames"].get(self.resource_type, {}).get(name) == NO_MEMBER)

    def item(self) -> "Place | None":
        """Return the place of a list's items; of a map that CloudFormation has as a list, as of tags, its entries'."""
        (shape,) = self.shapes[:1]
        if isinstance(shape, MapShape):
            return EntryPlace(self.resource_type, shape)
        items = _list(shape)
        return ShapePlace(self.resource_type, (items.member,)) if items is not None else None


@dataclass(frozen=True)
class EntryPlace:
    """An entry of a map that CloudFormation has as {Key, Value}."""

    resource_type: str
    shape: MapShape

    def constraints(self) -> Constraints:
        """Return that nothing is known about an entry as a whole."""
        return Constraints()

    def member(self, name: str) -> ShapePlace | None:
        """Return the place of the map's keys, or of its values."""
        shapes = {"Key": self.shape.key, "Value": self.shape.value}
        return ShapePlace(self.resource_type, (shapes[name],)) if name in shapes else None

    def item(self) -> None:
        """Return that there are no items."""


@cache
def service_input(resource_type: str) -> ShapePlace | None:
    """Return the place of a type's properties in the inputs of the operations that create it; None without one."""
    shapes = tuple(_shapes(resource_type))
    return ShapePlace(resource_type, shapes) if shapes else None


def _shapes(resource_type: str) -> Iterator[Shape]:
    for service, operation, *path in _operations(resource_type):
        model = _operation(service, operation)
        if model is not None and model.input_shape is not None:
            found = _at(model.input_shape, path)
            assert found is not None, f"operations.toml: {resource_type} has no {'.'.join(path)} in {operation}"
            yield found


def _operations(resource_type: str) -> Iterator[list[str]]:
    """Yield service, operation, and the path to the resource in its input."""
    if resource_type in TABLE["operations"]:
        yield from (named.split(".") for named in TABLE["operations"][resource_type])
        return
    for permission in create_permissions(resource_type):
        prefix, _, action = permission.partition(":")
        service = TABLE["services"].get(prefix, prefix)
        if service in _services() and service == _own_service(resource_type) and not action.startswith(READING):
            yield [service, action]


def _own_service(resource_type: str) -> str:
    name = resource_type.split("::")[1].lower()
    return str(TABLE["services"].get(name, name))


def _at(shape: Shape | None, path: list[str]) -> Shape | None:
    for step in path:
        while isinstance(shape, ListShape):
            shape = shape.member
        shape = _member(shape, step)
    return shape


def _member(shape: Shape | None, name: str) -> Shape | None:
    if isinstance(shape, MapShape):
        return shape.value
    if not isinstance(shape, StructureShape):
        return None
    by_name = {key.lower(): member for key, member in shape.members.items()}
    return next((by_name[each] for each in (name.lower(), f"{name.lower()}s") if each in by_name), None)


def _list(shape: Shape) -> ListShape | None:
    """Return the list that a shape is, or that it wraps as CloudFront's do: {Items}."""
    if isinstance(shape, StructureShape) and "Items" in shape.members:
        shape = shape.members["Items"]
    return shape if isinstance(shape, ListShape) else None


def _constraints(shape: Shape) -> Constraints:
    metadata: Mapping[str, Any] = shape.metadata
    bounds = (metadata.get("min"), metadata.get("max"))
    items = _list(shape)
    if items is not None:
        return Constraints(kind="list", items=(items.metadata.get("min"), items.metadata.get("max")))
    if shape.type_name == "string":
        choices = tuple(metadata.get("enum", ()))
        return Constraints("string", lengths=bounds, pattern=metadata.get("pattern"), whole=True, choices=choices)
    if shape.type_name in ("structure", "map"):
        return Constraints(shape.type_name)
    return Constraints(shape.type_name, numbers=bounds)


@cache
def _operation(service: str, name: str) -> OperationModel | None:
    model = _session().get_service_model(service)
    return model.operation_model(name) if name in model.operation_names else None


@cache
def _services() -> frozenset[str]:
    return frozenset(_session().get_available_services())


@cache
def _session() -> Any:
    return botocore.session.Session()
