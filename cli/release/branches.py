"""The branches of Fn::If in a template as it was written: the one that is deployed, to read and to change it."""

from collections.abc import Callable
from typing import Any

# Returns a value of the template with the values of the stack's parameters.
Resolved = Callable[[Any], Any]


def with_property(group: Any, name: str, resolved: Resolved) -> Any:
    """Return the branch of an Fn::If that has a property; any other value unchanged, and None without such a branch.

    Sites that `init` writes have the other one, without an application, until their parameter has a value. If both
    branches have the property, the deployed one is returned.
    """
    branches = group.get("Fn::If") if isinstance(group, dict) else None
    if not isinstance(branches, list):
        return group
    found = [branch for branch in branches if isinstance(branch, dict) and name in branch]
    return branches[_deployed(branches, resolved)] if len(found) > 1 else next(iter(found), None)


def to_change(holder: dict[str, Any], name: str, resolved: Resolved) -> dict[str, Any]:
    """Return a group of `holder` to change it: the deployed branch. `true` becomes an empty map there."""
    inner: Any = holder
    key: str | int = name
    while isinstance(inner[key], dict) and "Fn::If" in inner[key]:
        inner = inner[key]["Fn::If"]
        key = _deployed(inner, resolved)
    if not isinstance(inner[key], dict) or "Ref" in inner[key]:
        inner[key] = {}
    group: dict[str, Any] = inner[key]
    return group


def _deployed(branches: list[Any], resolved: Resolved) -> int:
    """Return the index of the branch that the stack's parameters select; the first if that is not known."""
    return 2 if resolved({"Fn::If": [branches[0], True, False]}) is False else 1
