"""The rows of the property table, with their paths, and the places of AWS's models that they map to."""

from collections.abc import Iterator
from typing import Any

from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import Property, properties
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.site_spec import ALL_PROPERTIES
from tests.aws_models.constraints import Place
from tests.aws_models.resource_schemas import schema
from tests.aws_models.service_shapes import service_input

# Attributes of a resource, which no schema has.
ATTRIBUTES = ("CreationPolicy", "UpdatePolicy")


def rows(table: tuple[Property, ...] = ALL_PROPERTIES, within: str = "") -> Iterator[tuple[str, Property]]:
    """Yield each property with its path, as in Database.BackupPlan.DeleteAfterDays."""
    for row in table:
        path = f"{within}{row.name}"
        kind: Any = row.kind.item if isinstance(row.kind, ListOf) else row.kind
        if isinstance(kind, Group | OptionalGroup):
            yield from rows(properties(kind.spec), f"{path}.")
        else:
            yield path, row


def mapped_properties(row: Property) -> list[str]:
    """Return the properties of CloudFormation that a row maps to."""
    named = [each.strip() for each in row.maps_to.split(",")]
    return [each for each in named if each.startswith("AWS::") and "." in each and _attribute(each) not in ATTRIBUTES]


def places(target: str) -> Iterator[tuple[str, Place]]:
    """Yield the places of a property of CloudFormation in the models, each with its judge's name."""
    resource_type, *steps = target.split(".")
    for judge, root in (("schema", schema(resource_type)), ("service", service_input(resource_type))):
        place: Place | None = root
        for step in steps:
            while place is not None and place.item() is not None and place.member(step) is None:
                place = place.item()
            place = place.member(step) if place is not None else None
        if place is not None:
            yield judge, place


def _attribute(target: str) -> str:
    return target.split(".")[1]
