"""The schemas of CloudFormation's resource types, as cfn-lint brings them, as places with constraints."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cfnlint.schema.manager import ProviderSchemaManager

from tests.aws_models.constraints import Constraints

Json = Mapping[str, Any]


@dataclass(frozen=True)
class SchemaPlace:
    """A part of a resource type's schema."""

    root: str
    node: str

    def constraints(self) -> Constraints:
        """Return what the schema says about the place itself; alternatives say nothing, as any of them may hold."""
        node = _node(self.root, self.node)
        choices = node.get("enum")
        return Constraints(
            kind=node.get("type") if isinstance(node.get("type"), str) else None,
            lengths=(node.get("minLength"), node.get("maxLength")),
            items=(node.get("minItems"), node.get("maxItems")),
            numbers=(node.get("minimum"), node.get("maximum")),
            pattern=node.get("pattern"),
            choices=tuple(map(str, choices)) if choices else (),
        )

    def member(self, name: str) -> "SchemaPlace | None":
        """Return the place of a property, or of a map's value."""
        node = _node(self.root, self.node)
        if name in node.get("properties", {}):
            return SchemaPlace(self.root, _text(node["properties"][name]))
        for pattern, each in node.get("patternProperties", {}).items():
            if isinstance(each, Mapping) and pattern:
                return SchemaPlace(self.root, _text(each))
        return None

    def item(self) -> "SchemaPlace | None":
        """Return the place of a list's items."""
        items = _node(self.root, self.node).get("items")
        return SchemaPlace(self.root, _text(items)) if isinstance(items, Mapping) else None


@cache
def schema(resource_type: str, region: str = "us-east-1") -> SchemaPlace:
    """Return the place of a type's properties."""
    return SchemaPlace(resource_type, _text({"properties": _schema(resource_type, region)["properties"]}))


def create_permissions(resource_type: str) -> tuple[str, ...]:
    """Return the actions that CloudFormation needs for creating a resource of the type, as the schema has them."""
    handlers = _schema(resource_type, "us-east-1").get("handlers", {})
    return tuple(handlers.get("create", {}).get("permissions", []))


@cache
def _schema(resource_type: str, region: str) -> Json:
    found: Json = _manager().get_resource_schema(region, resource_type).schema
    return found


@cache
def _manager() -> Any:
    return ProviderSchemaManager()


@cache
def _node(root: str, node: str) -> Json:
    """Return a node with its references followed."""
    found: Json = json.loads(node)
    while "$ref" in found:
        at: Any = _schema(root, "us-east-1")
        for step in found["$ref"].removeprefix("#/").split("/"):
            at = at[step]
        found = {**at, **{key: value for key, value in found.items() if key != "$ref"}}
    return found


def _text(node: Any) -> str:
    """Return a node as its text, by which places are equal and kept."""
    return json.dumps(node, default=str)
