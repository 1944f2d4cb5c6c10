"""Where a property of the compact resource lands, and what CloudFormation does when that changes.

Whether an update replaces a resource is in the resource schemas that cfn-lint ships; whether it interrupts one is not,
and stands in interruptions.toml.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cfnlint
from cfnlint.schema.manager import ProviderSchemaManager
from cfnlint.schema.resolver import RefResolutionError
from troposphere.cloudformation import AWSCustomObject

import resilient_website.site  # noqa: F401  # brings in every tier's custom resources

REGION = "us-east-1"
ANY_TYPE = "*"

REPLACES, MAY_REPLACE, INTERRUPTS, IN_PLACE = "replaces", "may replace", "interrupts", "in place"
ADDS_OR_REMOVES = "adds or removes"
AS_THE_PROPERTY = "depends on the property"


class UnknownLandingError(Exception):
    """A `lands_on` that names no type, or no property, that CloudFormation knows."""


# Attributes of a resource, which stand beside its properties; they say how CloudFormation works on it, no more.
BESIDE_PROPERTIES = (("UpdatePolicy",),)

# What the handlers of our own custom resources make another resource for: they update everything else in place.
REPLACED_BY_HANDLERS: dict[str, list[tuple[str, ...]]] = {"Custom::RemoteStack": [("Region",)]}


@dataclass(frozen=True)
class Landing:
    """A CloudFormation type and a path in its properties; without a path, the resource as such.

    The type `*` stands for every type that has the property; alone, for any property of any resource.
    """

    type: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return ".".join((self.type, *self.path))


def landings(lands_on: str) -> tuple[Landing, ...]:
    """Return the landings that a table's `lands_on` names, comma-separated, as in `AWS::EC2::VPC.CidrBlock`."""
    named = [name.strip().split(".") for name in lands_on.split(",") if name.strip()]
    return tuple(Landing(parts[0], tuple(parts[1:])) for parts in named)


def effect(landing: Landing) -> str:
    """Return what a change does to the resource it lands on. Raises UnknownLandingError."""
    if landing.type == ANY_TYPE:
        return IN_PLACE if landing.path else AS_THE_PROPERTY
    if landing.type.startswith("Custom::"):
        return _of_custom_resource(landing)
    if landing.path in BESIDE_PROPERTIES:
        return IN_PLACE
    try:
        schema = _schemas().get_resource_schema(REGION, landing.type)
        _find(schema, landing.path)
    except (cfnlint.schema.ResourceNotFoundError, RefResolutionError) as error:
        raise UnknownLandingError(f"CloudFormation's schemas know no {landing}") from error
    if not landing.path:
        return ADDS_OR_REMOVES
    return _of_change(landing, schema.schema)


def _of_change(landing: Landing, schema: dict[str, Any]) -> str:
    # A property of the identifier that the user writes can't change either: another one is another resource.
    identity = set(schema.get("primaryIdentifier", ())) - set(schema.get("readOnlyProperties", ()))
    fixed = _paths([*schema.get("createOnlyProperties", ()), *identity])
    conditional = _paths(schema.get("conditionalCreateOnlyProperties", ()))
    if any(landing.path[: len(path)] == path for path in fixed):
        first = "the old one goes first" if schema.get("replacementStrategy") == "delete_then_create" else ""
        return f"{REPLACES} ({first})" if first else REPLACES
    holds_fixed = any(path[: len(landing.path)] == landing.path for path in fixed)
    may_replace = holds_fixed or any(landing.path[: len(path)] == path for path in conditional)
    found = [MAY_REPLACE] if may_replace else []
    if landing.path[0] in interruptions().get(landing.type, ()):
        found.append(INTERRUPTS)
    return ", ".join(found) or IN_PLACE


def _paths(pointers: Iterable[str]) -> list[tuple[str, ...]]:
    """Return `/properties/A/*/B` as the path `("A", "B")`."""
    return [tuple(part for part in pointer.split("/")[2:] if part != "*") for pointer in pointers]


def replaced_by(type_name: str) -> list[tuple[str, ...]]:
    """Return the paths of the properties of a type whose change always replaces the resource."""
    if type_name.startswith("Custom::"):
        return REPLACED_BY_HANDLERS.get(type_name, [])
    schema = _schemas().get_resource_schema(REGION, type_name).schema
    return _paths(schema.get("createOnlyProperties", ()))


def _find(schema: cfnlint.schema.Schema, path: tuple[str, ...]) -> None:
    """Look a path up, through the items of lists. Raises RefResolutionError for one that is not there."""
    pointer = "/properties"
    for part in path:
        pointer = f"{pointer}/{part}"
        found = schema.resolver.resolve_cfn_pointer(pointer)
        if found.get("type") == "array":
            pointer = f"{pointer}/*"


def _of_custom_resource(landing: Landing) -> str:
    """Return what a change does to one of our custom resources, which is its handler's to say."""
    known = {each.resource_type: each.props for each in AWSCustomObject.__subclasses__()}
    if landing.type not in known or any(part not in known[landing.type] for part in landing.path[:1]):
        raise UnknownLandingError(f"no custom resource of ours is {landing}")
    if landing.path in replaced_by(landing.type):
        return REPLACES
    return IN_PLACE if landing.path else ADDS_OR_REMOVES


def interruptions() -> dict[str, list[str]]:
    """Return the properties, by type, whose change interrupts the resource."""
    path = Path(__file__).with_name("interruptions.toml")
    return {name: entry["properties"] for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items()}


@lru_cache(maxsize=1)
def _schemas() -> ProviderSchemaManager:
    """Return the schemas in cfn-lint's own package: a newer download in somebody's home would change the pages."""
    shipped = Path(cfnlint.__file__).parent / "data" / "schemas"
    return ProviderSchemaManager(shipped / "providers", shipped / "resources")
