"""Reading a site: what it is read with, and the problems found on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from resilient_website.problems import Problem, note
from resilient_website.versions import OLDEST


@dataclass(frozen=True)
class Reader:
    """Where a site is read: parameter values, Region, the expansion's version, and the problems found so far."""

    parameters: Mapping[str, Any]
    region: str
    problems: list[Problem] = field(default_factory=list)
    version: int = OLDEST

    def problem(self, path: str, found: str, fix: str, *, rests_on: Sequence[str] = ()) -> None:
        """Note a problem and let the reading go on. One a path: what follows from the first would only confuse.

        So would what `rests_on` values that could not be read, given by their paths: it may be gone once they can be.
        Raises InvalidTemplateError once there are too many to go on.
        """
        if not any(known.path == path or _within(known.path, rests_on) for known in self.problems):
            note(self.problems, Problem(path, found, fix))


def _within(path: str, places: Sequence[str]) -> bool:
    return any(path == place or path.startswith((f"{place}.", f"{place}[")) for place in places)
