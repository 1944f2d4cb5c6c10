"""The effect of a changed property on its resource, by CloudFormation's resource schemas.

The schemas, which cfn-lint ships, say whether an update replaces a resource. interruptions.toml says whether it
interrupts one, and conditions.toml when a conditional replacement takes place, as far as AWS publishes it.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resilient_website.function_registry import CUSTOM_RESOURCES

if TYPE_CHECKING:
    from cfnlint.schema import Schema
    from cfnlint.schema.manager import ProviderSchemaManager

# cfn-lint takes a second or two to import, so it is imported where a schema is read: most commands read none.

REGION = "us-east-1"

REPLACES, MAY_REPLACE, INTERRUPTS, IN_PLACE = "replaces", "may replace", "interrupts", "in place"

# Names only, without list indexes.
NamePath = tuple[str, ...]


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
    schema = _schema(type_name).schema
    # A writable property of the primary identifier is create-only too: a new value is a new resource.
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
    return paths(_schema(type_name).schema.get("createOnlyProperties", ()))


def handler_permissions(type_name: str) -> dict[str, tuple[str, ...]]:
    """Return the IAM actions of each of a type's handlers (`create`, `read`, ...). Raises UnknownPropertyError."""
    handlers: Mapping[str, Any] = _schema(type_name).schema.get("handlers", {})
    return {name: tuple(handler.get("permissions", ())) for name, handler in handlers.items()}


def require(type_name: str, path: NamePath) -> None:
    """Raise UnknownPropertyError unless the type has this path; list items are resolved."""
    from cfnlint.schema.resolver import RefResolutionError  # noqa: PLC0415

    schema, pointer = _schema(type_name), "/properties"
    for part in path:
        pointer = f"{pointer}/{part}"
        try:
            found = schema.resolver.resolve_cfn_pointer(pointer)
        except RefResolutionError as error:
            raise UnknownPropertyError(f"{type_name}.{'.'.join(path)}") from error
        if found.get("type") == "array":
            pointer = f"{pointer}/*"


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


def _schema(type_name: str) -> "Schema":
    from cfnlint.schema import ResourceNotFoundError  # noqa: PLC0415

    try:
        return _schemas().get_resource_schema(REGION, type_name)
    except ResourceNotFoundError as error:
        raise UnknownPropertyError(type_name) from error


@lru_cache(maxsize=1)
def _interruptions() -> dict[str, Any]:
    return _table("interruptions.toml")


@lru_cache(maxsize=1)
def _conditions() -> dict[str, Any]:
    return _table("conditions.toml")


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _schemas() -> "ProviderSchemaManager":
    """Return the schemas in cfn-lint's package: newer ones in the user's cache directory would change the results."""
    import cfnlint  # noqa: PLC0415
    from cfnlint.schema.manager import ProviderSchemaManager  # noqa: PLC0415

    shipped = Path(cfnlint.__file__).parent / "data" / "schemas"
    return ProviderSchemaManager(shipped / "providers", shipped / "resources")
