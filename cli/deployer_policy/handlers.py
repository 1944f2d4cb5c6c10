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
    granted = {
        action
        for action, needs in _granted(resource.type)
        if all(any(_has(resource.properties, path) for path in paths) for paths in needs)
    }
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


@cache
def _granted(type_name: str) -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """Return the actions of a type's handlers that are not left out, and groups of properties: each needs one of each.

    Kept: a template has many resources of a type.
    """
    left_out = [row for row in rows("left_out") if type_name in row.get("types", [type_name])]
    only_with = [row for row in rows("only_with") if row["type"] == type_name]
    return tuple(
        (action, tuple(tuple(row["properties"]) for row in only_with if matches(action, row["actions"])))
        for action in listed_actions(type_name) or ()
        if not any(matches(action, row["actions"]) for row in left_out)
    )


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
