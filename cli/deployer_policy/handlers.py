"""The actions that CloudFormation calls for a resource, from the handlers in its type's schema.

The schemas are those that cfn-lint ships. handlers.toml lists what is left out or added, with reasons.
Source: "Resource type schema", handlers, in the CloudFormation Command Line Interface User Guide.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Any

from cli.analysis.updates.resource_schemas import UnknownPropertyError, handler_permissions
from cli.analysis.updates.stack import Resource
from cli.toml_table import toml_table

HANDLERS = ("create", "read", "update", "delete")
CUSTOM = "Custom::"


def actions(resource: Resource) -> frozenset[str] | None:
    """Return the actions needed to create, read, update and delete a resource; None if they are not known."""
    listed = listed_actions(resource.type)
    if listed is None:
        return None
    granted = {action for action in listed if _is_granted(resource, action)}
    for row in rows("added"):
        if row["type"] == resource.type:
            granted |= set(row["actions"])
    return frozenset(granted)


@cache
def listed_actions(type_name: str) -> frozenset[str] | None:
    """Return the actions of all of a type's handlers; None if no schema lists any."""
    if type_name.startswith(CUSTOM) or any(type_name in row["types"] for row in rows("none_needed")):
        return frozenset()
    try:
        permissions = handler_permissions(type_name)
    except UnknownPropertyError:
        return None
    return frozenset(action for name in HANDLERS for action in permissions.get(name, ())) or None


def _is_granted(resource: Resource, action: str) -> bool:
    for row in rows("left_out"):
        if resource.type in row.get("types", [resource.type]) and matches(action, row["actions"]):
            return False
    needs = [row for row in rows("only_with") if row["type"] == resource.type and matches(action, row["actions"])]
    return all(any(_has(resource.properties, path) for path in row["properties"]) for row in needs)


def matches(action: str, patterns: Iterable[str]) -> bool:
    """Return whether an action matches one of the patterns."""
    return any(fnmatchcase(action, pattern) for pattern in patterns)


def _has(properties: Mapping[str, Any], path: str) -> bool:
    """Return whether a property is given; the result of an intrinsic function may have any property."""
    found: Any = properties
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return True
        if name not in found:
            return False
        found = found[name]
    return True


def rows(table: str) -> list[dict[str, Any]]:
    """Return a table of handlers.toml."""
    found: list[dict[str, Any]] = _tables()[table]
    return found


@lru_cache(maxsize=1)
def _tables() -> dict[str, Any]:
    return toml_table(__file__, "handlers.toml")
