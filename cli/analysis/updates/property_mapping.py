"""The CloudFormation properties that a compact property maps to, and the effect of changing them."""

from dataclasses import dataclass

from cli.analysis.updates.resource_schemas import (
    IN_PLACE,
    MAY_REPLACE,
    REPLACES,
    UnknownPropertyError,
    conditions,
    create_only,
    own_custom_resources,
    require,
    rules,
)

__all__ = ["MAY_REPLACE", "REPLACES"]

ANY_TYPE = "*"

ADDS_OR_REMOVES = "adds or removes"
AS_THE_PROPERTY = "depends on the property"


class UnknownMappingError(Exception):
    """A `maps_to` names a type or property that CloudFormation does not have."""


# Attributes of a resource beside its properties. They only control how CloudFormation handles it.
BESIDE_PROPERTIES = (("CreationPolicy",), ("UpdatePolicy",), ("DeletionPolicy",))


@dataclass(frozen=True)
class MappedProperty:
    """A CloudFormation type and a path in its properties; without a path, the resource itself.

    The type `*` means every type that has the property; without a path, any property of any resource.
    """

    type: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((self.type, *self.path))


def mapped_properties(maps_to: str) -> tuple[MappedProperty, ...]:
    """Return the properties in a table's `maps_to`, which are comma-separated, as in `AWS::EC2::VPC.CidrBlock`."""
    named = [name.strip().split(".") for name in maps_to.split(",") if name.strip()]
    return tuple(MappedProperty(parts[0], tuple(parts[1:])) for parts in named)


def effect(target: MappedProperty) -> str:
    """Return the effect of a change on the resource that the property maps to. Raises UnknownMappingError."""
    if target.type == ANY_TYPE:
        return IN_PLACE if target.path else AS_THE_PROPERTY
    if target.type.startswith("Custom::"):
        return _of_custom_resource(target)
    if target.path in BESIDE_PROPERTIES:
        return IN_PLACE
    try:
        require(target.type, target.path)
    except UnknownPropertyError as error:
        raise UnknownMappingError(f"CloudFormation's schemas do not have {target}") from error
    if not target.path:
        return ADDS_OR_REMOVES
    known = rules(target.type)
    effects = known.effects(target.path)
    first = " (the old one is deleted first)" if known.deletes_first and effects == (REPLACES,) else ""
    return ", ".join(effects) + first


def replaced_by(type_name: str) -> list[tuple[str, ...]]:
    """Return the paths of a type's properties whose change always replaces the resource."""
    if type_name.startswith("Custom::"):
        return [(name,) for name in conditions(type_name).get("replaces", ())]
    return list(create_only(type_name))


def _of_custom_resource(target: MappedProperty) -> str:
    """Return the effect of a change on one of our custom resources, which its handler determines."""
    known = own_custom_resources()
    if target.type not in known or any(part not in known[target.type] for part in target.path[:1]):
        raise UnknownMappingError(f"our custom resources do not have {target}")
    if target.path in replaced_by(target.type):
        return REPLACES
    return IN_PLACE if target.path else ADDS_OR_REMOVES
