"""Where a property of the compact resource lands, and what CloudFormation does when that changes."""

from dataclasses import dataclass

from cli.analysis.updates.resource_schemas import (
    IN_PLACE,
    MAY_REPLACE,
    REPLACES,
    UnknownPropertyError,
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
    """A `maps_to` that names no type, or no property, that CloudFormation knows."""


# Attributes of a resource, which stand beside its properties; they say how CloudFormation works on it, no more.
BESIDE_PROPERTIES = (("CreationPolicy",), ("UpdatePolicy",), ("DeletionPolicy",))

# What the handlers of our own custom resources make another resource for: they update everything else in place.
REPLACED_BY_HANDLERS: dict[str, list[tuple[str, ...]]] = {"Custom::RemoteStack": [("Region",)]}


@dataclass(frozen=True)
class MappedProperty:
    """A CloudFormation type and a path in its properties; without a path, the resource as such.

    The type `*` stands for every type that has the property; alone, for any property of any resource.
    """

    type: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((self.type, *self.path))


def mapped_properties(maps_to: str) -> tuple[MappedProperty, ...]:
    """Return the mapped properties that a table's `maps_to` names, comma-separated, as in `AWS::EC2::VPC.CidrBlock`."""
    named = [name.strip().split(".") for name in maps_to.split(",") if name.strip()]
    return tuple(MappedProperty(parts[0], tuple(parts[1:])) for parts in named)


def effect(landing: MappedProperty) -> str:
    """Return what a change does to the resource it lands on. Raises UnknownLandingError."""
    if landing.type == ANY_TYPE:
        return IN_PLACE if landing.path else AS_THE_PROPERTY
    if landing.type.startswith("Custom::"):
        return _of_custom_resource(landing)
    if landing.path in BESIDE_PROPERTIES:
        return IN_PLACE
    try:
        require(landing.type, landing.path)
    except UnknownPropertyError as error:
        raise UnknownMappingError(f"CloudFormation's schemas know no {landing}") from error
    if not landing.path:
        return ADDS_OR_REMOVES
    known = rules(landing.type)
    effects = known.effects(landing.path)
    first = " (the old one goes first)" if known.deletes_first and effects == (REPLACES,) else ""
    return ", ".join(effects) + first


def replaced_by(type_name: str) -> list[tuple[str, ...]]:
    """Return the paths of the properties of a type whose change always replaces the resource."""
    if type_name.startswith("Custom::"):
        return REPLACED_BY_HANDLERS.get(type_name, [])
    return list(create_only(type_name))


def _of_custom_resource(landing: MappedProperty) -> str:
    """Return what a change does to one of our custom resources, which is its handler's to say."""
    known = own_custom_resources()
    if landing.type not in known or any(part not in known[landing.type] for part in landing.path[:1]):
        raise UnknownMappingError(f"no custom resource of ours is {landing}")
    if landing.path in replaced_by(landing.type):
        return REPLACES
    return IN_PLACE if landing.path else ADDS_OR_REMOVES
