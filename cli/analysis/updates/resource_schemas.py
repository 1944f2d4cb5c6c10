"""The effect of a changed property on its resource, by CloudFormation's resource schemas.

Whether an update replaces a resource is in the schemas that cfn-lint ships. Whether it interrupts one is not, and is in
interruptions.toml; when a conditional replacement happens, where AWS documents it, is in conditions.toml.

The schemas are read from cfn-lint's data files: its package takes a second or two to import.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cli.toml_table import toml_table
from resilient_website.facts.regions import DEFAULT_REGION
from resilient_website.function_registry import CUSTOM_RESOURCES

REPLACES, MAY_REPLACE, INTERRUPTS, IN_PLACE = "replaces", "may replace", "interrupts", "in place"

# Names only, without list indexes.
NamePath = tuple[str, ...]

Schema = Mapping[str, Any]


class UnknownPropertyError(Exception):
    """The schemas do not have this type, or this property of a type."""


@dataclass(frozen=True)
class Rules:
    """The update rules of a type: paths that always replace, paths that may replace, and interrupting properties."""

    fixed: tuple[NamePath, ...]
    conditional: tuple[NamePath, ...]
    interrupting: tuple[str, ...]
    deletes_first: bool

    def effects(self, path: NamePath) -> tuple[str, ...]:
        """Return the effects of a change at a path on the resource."""
        if any(path[: len(fixed)] == fixed for fixed in self.fixed):
            return (REPLACES,)
        holds_fixed = any(fixed[: len(path)] == path for fixed in self.fixed)
        may = holds_fixed or any(path[: len(each)] == each for each in self.conditional)
        found = [MAY_REPLACE] if may else []
        if path[0] in self.interrupting:
            found.append(INTERRUPTS)
        return tuple(found) or (IN_PLACE,)


@cache
def rules(type_name: str) -> Rules:
    """Return a type's rules. Raises UnknownPropertyError."""
    schema = resource_schema(type_name)
    # A property of the identifier that the user writes can't change either: another one is another resource.
    identity = set(schema.get("primaryIdentifier", ())) - set(schema.get("readOnlyProperties", ()))
    never = conditions(type_name).get("never", ())
    conditional = (
        *paths(schema.get("conditionalCreateOnlyProperties", ())),
        *((name,) for name in conditions(type_name).get("replaced_without_property", {})),
    )
    always = tuple((name,) for name in conditions(type_name).get("always", ()))
    return Rules(
        fixed=(*paths(sorted({*schema.get("createOnlyProperties", ()), *identity})), *always),
        conditional=tuple(path for path in conditional if path[0] not in never),
        interrupting=tuple(interruptions().get(type_name, ())),
        deletes_first=schema.get("replacementStrategy") == "delete_then_create",
    )


def create_only(type_name: str) -> tuple[NamePath, ...]:
    """Return the paths that the schema calls create-only. Raises UnknownPropertyError."""
    return paths(resource_schema(type_name).get("createOnlyProperties", ()))


def handler_permissions(type_name: str) -> dict[str, tuple[str, ...]]:
    """Return the IAM actions of each of a type's handlers (`create`, `read`, ...). Raises UnknownPropertyError."""
    handlers: Mapping[str, Any] = resource_schema(type_name).get("handlers", {})
    return {name: tuple(handler.get("permissions", ())) for name, handler in handlers.items()}


def require(type_name: str, path: NamePath) -> None:
    """Look a path up, through the items of lists. Raises UnknownPropertyError if it is not there."""
    root = resource_schema(type_name)
    if path and not any(_has(root, name, path[1:]) for name in _declared(root, root, path[0])):
        raise UnknownPropertyError(f"{type_name}.{'.'.join(path)}")


def own_custom_resources() -> dict[str, Mapping[str, Any]]:
    """Return the properties of our own custom resources, by type; conditions.toml has those that replace them."""
    return {each.resource_type: each.props for each in CUSTOM_RESOURCES}


def interruptions() -> dict[str, list[str]]:
    """Return the properties, by type, whose change interrupts the resource."""
    return {name: entry["properties"] for name, entry in _interruptions().items()}


def emptying(type_name: str) -> tuple[str, ...]:
    """Return the properties whose change clears the memory of a resource of this type."""
    return tuple(_interruptions().get(type_name, {}).get("emptied", ()))


def conditions(type_name: str) -> Mapping[str, Any]:
    """Return the conditional replacements of a type, from conditions.toml."""
    entry: Mapping[str, Any] = _conditions().get(type_name, {})
    return entry


def paths(pointers: Iterable[str]) -> tuple[NamePath, ...]:
    """Return `/properties/A/*/B` as the path `("A", "B")`."""
    return tuple(tuple(part for part in pointer.split("/")[2:] if part != "*") for pointer in pointers)


@cache
def resource_schema(type_name: str) -> Schema:
    """Return a type's schema, as cfn-lint's own package has it. Raises UnknownPropertyError."""
    known = "AWS::CloudFormation::CustomResource" if type_name.startswith("Custom::") else type_name
    if known not in _schema_files():
        raise UnknownPropertyError(type_name)
    return _json(_shipped() / "resources" / f"{_schema_files()[known]}.json")


def _has(root: Schema, schema: Schema, path: NamePath) -> bool:
    """Tell whether a subschema, or the items of its lists, declare a path."""
    if not path:
        return True
    return any(_has(root, found, path[1:]) for found in _declared(root, schema, path[0]))


def _declared(root: Schema, schema: Schema, name: str) -> Iterator[Schema]:
    """Yield the schemas of a property: a subschema's own, that of its items, or of its alternatives."""
    schema = _resolved(root, schema)
    if name in schema.get("properties", {}):
        yield schema["properties"][name]
    alternatives = [each for keyword in ("anyOf", "allOf", "oneOf") for each in schema.get(keyword, ())]
    items = [schema["items"]] if "items" in schema else []
    for each in (*items, *alternatives):
        yield from _declared(root, each, name)


def _resolved(root: Schema, schema: Schema) -> Schema:
    """Return the schema that a reference refers to: `{"$ref": "#/definitions/Name"}`."""
    while "$ref" in schema:
        found: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        schema = found
    return schema


@lru_cache(maxsize=1)
def _shipped() -> Path:
    """Return cfn-lint's data folder. A newer download in the user's cache is ignored: it would change the answers."""
    package = find_spec("cfnlint")
    folders = (package and package.submodule_search_locations) or []
    return Path(folders[0]) / "data" / "schemas"


@lru_cache(maxsize=1)
def _schema_files() -> Mapping[str, str]:
    """Return the name of the file with the schema of each type."""
    return _json(_shipped() / "providers" / f"{DEFAULT_REGION}.json")


def _json(path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=1)
def _interruptions() -> dict[str, Any]:
    return toml_table(__file__, "interruptions.toml")


@lru_cache(maxsize=1)
def _conditions() -> dict[str, Any]:
    return toml_table(__file__, "conditions.toml")
