"""What the checks of refusals look at: a row of service_refusals.toml, and a resource before and after an update."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from cli.analysis.updates.stack import Resource, Stack


@dataclass(frozen=True)
class Refusal:
    """A row of the table: what is refused, why, what to do instead, and which AWS document says so.

    It is about resources that are replaced, or (`replaced` is false) about those that are not.
    """

    type: str
    properties: tuple[str, ...]
    when: str
    why: str
    instead: str
    source: str
    replaced: bool = False


@dataclass(frozen=True)
class Update:
    """A resource before and after, in its stacks; `replaced` are the resources that the update replaces."""

    old: Resource
    new: Resource
    before: Stack
    after: Stack
    replaced: Set[str]

    def values(self, name: str) -> tuple[Any, Any]:
        """Return a property before and after; None where it is not there."""
        return self.old.properties.get(name), self.new.properties.get(name)
