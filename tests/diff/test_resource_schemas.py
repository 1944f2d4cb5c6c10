"""The schemas are read from cfn-lint's files; what its package makes of them is the judge."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cfnlint
import pytest
from cfnlint.schema.manager import ProviderSchemaManager
from cfnlint.schema.resolver import RefResolutionError

from cli.analysis.updates.resource_schemas import (
    UnknownPropertyError,
    handler_permissions,
    require,
    resource_schema,
)
from resilient_website.facts.regions import DEFAULT_REGION

GOLDENS = Path(__file__).parents[1] / "goldens"
SHIPPED = Path(cfnlint.__file__).parent / "data" / "schemas"
MANAGER = ProviderSchemaManager(SHIPPED / "providers", SHIPPED / "resources")

TYPES = sorted(
    {
        body["Type"]
        for path in GOLDENS.glob("*.json")
        for body in json.loads(path.read_text())["Resources"].values()
        if not body["Type"].startswith("Custom::")
    }
)


def names(schema: Any) -> Iterator[str]:
    """Yield every name of a property anywhere in a schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}) if isinstance(schema.get("properties"), dict) else ()
        schema = list(schema.values())
    if isinstance(schema, list):
        for each in schema:
            yield from names(each)


def judged(type_name: str, path: tuple[str, ...]) -> bool:
    """Return whether cfn-lint's resolver finds a path, through the items of lists."""
    resolver, pointer = MANAGER.get_resource_schema(DEFAULT_REGION, type_name).resolver, "/properties"
    for part in path:
        pointer = f"{pointer}/{part}"
        try:
            found = resolver.resolve_cfn_pointer(pointer)
        except RefResolutionError:
            return False
        if found.get("type") == "array":
            pointer = f"{pointer}/*"
    return True


def known(type_name: str, path: tuple[str, ...]) -> bool:
    try:
        require(type_name, path)
    except UnknownPropertyError:
        return False
    return True


@pytest.mark.parametrize("type_name", TYPES)
def test_schemas_and_their_properties_are_cfn_lint_s(type_name: str) -> None:
    schema = MANAGER.get_resource_schema(DEFAULT_REGION, type_name).schema
    assert resource_schema(type_name) == schema
    every = sorted({*names(schema), "Nothing"})
    paths = [(name,) for name in every] + [(first, name) for first in schema["properties"] for name in every]
    assert [path for path in paths if known(type_name, path) != judged(type_name, path)] == []
    assert any(known(type_name, path) for path in paths)


def test_unknown_types_and_custom_resources() -> None:
    with pytest.raises(UnknownPropertyError):
        resource_schema("AWS::Nothing::AtAll")
    assert resource_schema("Custom::Thing")["typeName"] == "AWS::CloudFormation::CustomResource"
    assert "create" in handler_permissions("AWS::S3::Bucket")
