"""The JSON Schema of a site's properties, nested groups included, from the property tables.

Two readers need different schemas. A linter computes intrinsic functions before it checks a value, or does not check
it; so a resource schema has none. An editor's YAML language server sees `!Ref Name` as the plain value that follows the
tag: there, a schema that refuses such a value would underline correct templates. So the schema for editors proposes and
documents values, but refuses unknown names only.
"""

import json
from dataclasses import dataclass
from typing import Any

from cli.schema.value_schemas import Schema, value_schema
from resilient_website.reading.collection_types import AnyOf, ListOf, MapOf
from resilient_website.reading.properties import Property, properties
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.reading.property_types import PropertyType
from resilient_website.site_spec import ALL_PROPERTIES
from resilient_website.tiers.secondary_region.spec import STATIC, StaticOrGroup

# A call of an intrinsic function in its long form. Source: "Intrinsic function reference".
INTRINSIC: Schema = {
    "type": "object",
    "patternProperties": {"^(Ref|Condition|Fn::[A-Za-z0-9:]+)$": {}},
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}

# What a YAML language server makes of a short form: a scalar, or the list in `!If [IsLarge, a, b]`.
SHORT_FORM: Schema = {"type": ["string", "array"]}


@dataclass(frozen=True)
class SchemaFor:
    """Makes the schema of properties for an editor, or for a linter."""

    editor: bool

    def site(self) -> Schema:
        """Return the schema of a site's `Properties`."""
        return self._group(ALL_PROPERTIES)

    def _group(self, rows: tuple[Property, ...]) -> Schema:
        return {
            "type": "object",
            "properties": {row.name: self._property(row) for row in rows},
            "additionalProperties": False,
        }

    def _property(self, row: Property) -> Schema:
        """Return a property's schema, with what an editor shows beside it."""
        examples = {"examples": list(row.examples)} if row.examples else {}
        return {"description": _description(row), **_default(row), **examples, **self._kind(row.kind)}

    def _kind(self, kind: PropertyType) -> Schema:
        """Return the schema of a value of a property type, or of an intrinsic function in its place."""
        if isinstance(kind, Group):
            return self._group(properties(kind.spec))
        if isinstance(kind, OptionalGroup):
            named: list[Any] = [STATIC] if isinstance(kind, StaticOrGroup) else []
            switches = [False, "false", *(named or ([True, "true"] if kind.has_defaults else []))]
            return {"anyOf": [self._group(properties(kind.spec)), {"enum": switches}, *self._calls()]}
        if isinstance(kind, ListOf):
            items = {"anyOf": [self._kind(kind.item), *self._calls()]}
            values = {"type": "array", "items": items, "minItems": kind.minimum, "maxItems": kind.maximum}
            return {"anyOf": [values, {"type": "string"}, *self._calls()]}
        if isinstance(kind, MapOf):
            # A resource schema describes a map by patterns, never by additionalProperties.
            return {"type": "object", "patternProperties": {".*": self._kind(kind.item)}, "additionalProperties": False}
        if isinstance(kind, AnyOf):
            return {"anyOf": [self._kind(each) for each in kind.kinds]}
        return {"anyOf": [value_schema(kind), *self._calls()]}

    def _calls(self) -> list[Schema]:
        return [INTRINSIC, SHORT_FORM] if self.editor else []


def _description(row: Property) -> str:
    """Return what the property takes, its default's reason and what it sets, in the words of the reference."""
    maps_to = f" Sets {row.maps_to}." if row.maps_to else ""
    return f"{row.kind.describe().replace('`', '')}. Default: {row.reason}.{maps_to}"


def _default(row: Property) -> Schema:
    """Return the default, where it is a literal value."""
    if isinstance(row.default, bool | int | str):
        return {"default": row.default}
    return {"default": list(row.default)} if isinstance(row.default, tuple) and _is_plain(row.default) else {}


def _is_plain(value: object) -> bool:
    try:
        json.dumps(value)
    except TypeError:
        return False
    return True
