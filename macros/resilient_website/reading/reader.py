"""Reading a site: what it is read with, and the problems found on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from troposphere import AWSHelperFn

from resilient_website.cloudformation.calls import Call
from resilient_website.cloudformation.computed import Computer
from resilient_website.problems import Problem, note
from resilient_website.reading.versions import OLDEST

# Of a function's call, the calls in it included. No quota of CloudFormation's: a property may stand in each of a site's
# hundreds of resources, and a text in pieces, one a line, has a few hundred.
MAX_VALUES_OF_A_CALL = 1000


@dataclass(frozen=True)
class Reader:
    """Where a site is read: parameter values, Region, the expansion's version, and the problems found so far.

    `computer` computes functions of the template; without one, of the parameters only.
    """

    parameters: Mapping[str, Any]
    region: str
    problems: list[Problem] = field(default_factory=list)
    version: int = OLDEST
    computer: Computer | None = None
    # Whether the parameters keep these values: those of a flat template may be changed after its expansion.
    settled: bool = True
    # The id of the account that the template is for; empty where only the deployment tells it.
    account: str = ""

    def problem(self, path: str, found: str, fix: str, *, rests_on: Sequence[str] = ()) -> None:
        """Note a problem and let the reading go on. One a path: what follows from the first would only confuse.

        So would what `rests_on` values that could not be read, given by their paths: it may be gone once they can be.
        Raises InvalidTemplateError once there are too many to go on.
        """
        if not any(known.path == path or _within(known.path, rests_on) for known in self.problems):
            note(self.problems, Problem(path, found, fix))

    def call(self, value: dict[str, Any], path: str) -> AWSHelperFn:
        """Return a call of an intrinsic function as it is; note it if it is too large to be repeated."""
        if _has_more_values(value, MAX_VALUES_OF_A_CALL):
            found = f"found a function with more than {MAX_VALUES_OF_A_CALL} values in its arguments"
            self.problem(path, found, "write a long text as one string, with Fn::Sub for its variables")
        return Call(value, self.computed if self.settled else None)

    @property
    def computed(self) -> Computer:
        """What computes the values of functions."""
        return self.computer or Computer(self.parameters, self.region)


def _has_more_values(value: Any, most: int) -> bool:
    level, count = [value], 0
    while level and count <= most:
        count += len(level)
        level = [
            item
            for holder in level
            if isinstance(holder, Mapping | list)
            for item in (holder.values() if isinstance(holder, Mapping) else holder)
        ]
    return count > most


def _within(path: str, places: Sequence[str]) -> bool:
    return any(path == place or path.startswith((f"{place}.", f"{place}[")) for place in places)
