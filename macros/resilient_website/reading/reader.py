"""The context of reading a site, and the problems found so far."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from troposphere import AWSHelperFn

from resilient_website.cloudformation.calls import Call
from resilient_website.cloudformation.computed import Computer
from resilient_website.cloudformation.encoding import HOLDERS, PLAIN
from resilient_website.frozen import frozen
from resilient_website.problems import Problem, note
from resilient_website.reading.versions import OLDEST

# Maximum number of values in a function call, including nested calls. Not a CloudFormation quota: a property can be
# copied to each of hundreds of resources, and a text joined from lines has a few hundred values.
MAX_VALUES_OF_A_CALL = 1000


@frozen
class Reader:
    """What a site is read with: parameter values, Region, version of the expansion; and the problems found so far.

    `computer` evaluates functions of the template; without it, only of parameters.
    """

    parameters: Mapping[str, Any]
    region: str
    problems: list[Problem] = field(default_factory=list)
    version: int = OLDEST
    computer: Computer | None = None
    # Whether the parameter values are final: those of a flat template can change after its expansion.
    settled: bool = True
    # The account id; empty if it is known only at deployment.
    account: str = ""

    def problem(self, path: str, found: str, fix: str, *, rests_on: Sequence[str] = ()) -> None:
        """Note a problem and continue. At most one problem per path; follow-up errors are suppressed.

        `rests_on` are the paths of values that the problem depends on: it is suppressed if they could not be read.
        Raises InvalidTemplateError once there are too many problems.
        """
        if not any(known.path == path or _within(known.path, rests_on) for known in self.problems):
            note(self.problems, Problem(path, found, fix))

    def call(self, value: dict[str, Any], path: str) -> AWSHelperFn:
        """Return an intrinsic function call unchanged; note it if it is too large to be copied."""
        if _has_more_values(value, MAX_VALUES_OF_A_CALL):
            found = f"found a function with more than {MAX_VALUES_OF_A_CALL} values in its arguments"
            self.problem(path, found, "write a long text as one string, with Fn::Sub for its variables")
        return Call(value, self.computed if self.settled else None)

    @property
    def computed(self) -> Computer:
        """The object that evaluates functions."""
        return self.computer or Computer(self.parameters, self.region)


def _has_more_values(value: Any, most: int) -> bool:
    level, count = [value], 0
    while level and count <= most:
        count += len(level)
        level = [
            item
            for holder in level
            if type(holder) not in PLAIN and isinstance(holder, HOLDERS)
            for item in (holder if isinstance(holder, list) else holder.values())
        ]
    return count > most


def _within(path: str, places: Sequence[str]) -> bool:
    return any(path == place or path.startswith((f"{place}.", f"{place}[")) for place in places)
