"""The inputs of a refusal check: a row of service_refusals.toml, and a resource before and after an update."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from cli.analysis.updates.stack import Resource, Stack


@dataclass(frozen=True)
class Refusal:
    """A row of the table: which change is refused, why, what to do instead, and the AWS document as source.

    It applies to resources that are replaced, or (`replaced` is false) to those that are not.
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
    """A resource in the old and the new stack; `replaced` are the resources that the update replaces."""

    old: Resource
    new: Resource
    before: Stack
    after: Stack
    replaced: Set[str]

    def values(self, name: str) -> tuple[Any, Any]:
        """Return a property's old and new value; None if it is absent."""
        return self.old.properties.get(name), self.new.properties.get(name)
