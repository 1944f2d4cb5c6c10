"""What a case is: requests of CloudFormation's to one custom resource, the fault that each meets, and what must be.

The cases themselves are in the files `*_cases.py`; a row of the table is a line there.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.faults.faults import NONE, Fault

SUCCESS, FAILED, NOTHING = "SUCCESS", "FAILED", "no answer"

CREATE, UPDATE, DELETE = "Create", "Update", "Delete"
# Lambda runs a function again with the same event, since the run before was killed or ran out of time.
AGAIN = "the same again"
# The rule that the function made for itself fires.
A_MINUTE_LATER = "a minute later"


@dataclass(frozen=True)
class Step:
    """One run of the function.

    `content` names the properties, of those that the bed knows; the ones of the step before are the old ones, so that
    going back to them is what CloudFormation's rollback does. `seconds`: what the function has; 0: as installed. `says`
    is in the reason of a failure. `of`: the number of the step whose physical id is meant, if it is not the last one
    that CloudFormation knows. `unknown`: an id that was made up by CloudFormation, since it never had one.
    """

    request: str
    answer: str
    fault: Fault = NONE
    content: str = "one"
    seconds: float = 0
    says: str = ""
    of: int | None = None
    unknown: bool = False
    replaces: bool = False


@dataclass(frozen=True)
class Case:
    """Steps in order, and what is left after them, in the bed's words. `before` is put in place by the bed."""

    title: str
    steps: tuple[Step, ...]
    left: str
    before: str = ""
    scale: float = 0
    options: dict[str, Any] = field(default_factory=dict)
