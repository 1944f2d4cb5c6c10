"""The effects that the reference reports: of CloudFormation's properties by their schemas, of ours by their table."""

import pytest

from cli.analysis.updates.property_mapping import (
    ADDS_OR_REMOVES,
    MappedProperty,
    UnknownMappingError,
    effect,
    mapped_properties,
)
from cli.analysis.updates.resource_schemas import IN_PLACE, REPLACES, conditions, own_custom_resources

OWN = [(kind, name) for kind, known in sorted(own_custom_resources().items()) for name in sorted(known)]


@pytest.mark.parametrize(("kind", "name"), OWN, ids=map(".".join, OWN))
def test_our_custom_resources_are_replaced_by_what_the_table_says(kind: str, name: str) -> None:
    replaces = name in conditions(kind).get("replaces", ())
    assert effect(MappedProperty(kind, (name,))) == (REPLACES if replaces else IN_PLACE)
    assert effect(MappedProperty(kind, ())) == ADDS_OR_REMOVES


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("AWS::RDS::DBInstance.DBInstanceIdentifier", REPLACES),
        ("AWS::RDS::DBInstance.CopyTagsToSnapshot", IN_PLACE),
        ("AWS::RDS::DBInstance", ADDS_OR_REMOVES),
        ("AWS::RDS::DBInstance.DeletionPolicy", IN_PLACE),
    ],
)
def test_effects_of_a_database(target: str, expected: str) -> None:
    (found,) = mapped_properties(target)
    assert effect(found) == expected


@pytest.mark.parametrize("target", ["AWS::RDS::DBInstance.Size", "Custom::SavedSite.Size", "Custom::Unknown.Name"])
def test_unknown_properties_are_refused(target: str) -> None:
    (found,) = mapped_properties(target)
    with pytest.raises(UnknownMappingError):
        effect(found)
