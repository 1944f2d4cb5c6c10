"""The rows of `status`: one for each part of a site, with its state."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """The state of a part. Down and degraded make the exit status 1."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    NOTE = "note"
    UNREAD = "not readable"


BAD = (State.DEGRADED, State.DOWN)


@dataclass(frozen=True)
class Row:
    """A part of a site: its tier, its name, its state, and what was found."""

    tier: str
    part: str
    state: State
    found: str

    def as_json(self) -> dict[str, Any]:
        """Return the row for --json."""
        return {"tier": self.tier, "part": self.part, "state": self.state.value, "found": self.found}


def good(when: bool, otherwise: State = State.DEGRADED) -> State:
    """Return OK, or another state if a condition does not hold."""
    return State.OK if when else otherwise
