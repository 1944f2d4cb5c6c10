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

    `content` names the properties, of those that the harness knows; the old ones are those of the previous step, so
    that returning to them is what CloudFormation's rollback does. `seconds`: the function's timeout; 0: as installed.
    `says` is in the reason of a failure. `of`: which of the physical ids that CloudFormation has learned is meant, if
    not the last one. `replaces`: another id is answered than was asked for.
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
    """Steps in order, and what is left after them, in the harness's words.

    `before` is put in place by the harness; `scale`: how many of the function's seconds pass in one, if not the
    harness's own number.
    """

    title: str
    steps: tuple[Step, ...]
    left: str
    before: str = ""
    scale: float = 0
