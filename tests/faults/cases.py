"""What a case is: requests of CloudFormation's to one custom resource, the fault that each meets, and what must be.

The cases themselves are in the files `*_cases.py`; a row of the table is a line there.
"""

from dataclasses import dataclass

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
    is in the reason of a failure. `of`: which of the physical ids that CloudFormation has learned is meant, if not the
    last one. `replaces`: another id is answered than was asked for.
    """

    request: str
    answer: str
    fault: Fault = NONE
    content: str = "one"
    seconds: float = 0
    says: str = ""
    of: int | None = None
    replaces: bool = False


@dataclass(frozen=True)
class Case:
    """Steps in order, and what is left after them, in the bed's words.

    `before` is put in place by the bed; `scale`: how many seconds of the function's pass in one, if not as in the bed.
    """

    title: str
    steps: tuple[Step, ...]
    left: str
    before: str = ""
    scale: float = 0
