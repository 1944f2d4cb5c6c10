"""The cases of the custom resources that only read, and leave nothing: all calls are of one operation."""

from dataclasses import dataclass

from tests.faults import faults
from tests.faults.cases import AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.trial import Trial

CREATED = Step(CREATE, SUCCESS)


@dataclass(frozen=True)
class Reading:
    """What is read, by which operation. `before` is what a bed's `put` takes; `property` is the one that is checked."""

    operation: str
    before: str
    missing: str
    property: str
    throttling: str
    denial: str

    def create(self, fault: faults.Fault, answer: str, says: str, *more: Step) -> Case:
        """Return a creation that meets a fault."""
        return Case("Create", (Step(CREATE, answer, fault, says=says), *more), "nothing", self.before)

    def put(self, trial: Trial) -> None:
        """Put in place what is read."""
        trial.harness.put(self.before)

    def cases(self) -> tuple[Case, ...]:
        """Return what all of them have in common."""
        refused = Step(CREATE, FAILED, content="nonsense", says=self.property)
        late = meanwhile(f"{self.before} while it is read", self.put).at(self.operation, 1)
        deleted = (CREATED, Step(DELETE, SUCCESS, faults.REFUSED), Step(AGAIN, SUCCESS))
        return (
            Case("Create with nonsense, deleted", (refused, Step(DELETE, SUCCESS, content="nonsense")), "nothing"),
            Case("Create too early", (Step(CREATE, FAILED, says=self.missing), Step(DELETE, SUCCESS)), "nothing"),
            Case("Create a moment too early", (Step(CREATE, SUCCESS, late),), "nothing"),
            self.create(faults.NONE, SUCCESS, "", Step(AGAIN, SUCCESS)),
            self.create(faults.RESET_BEFORE.at("", 3), SUCCESS, ""),
            self.create(faults.RESET_AFTER.at(self.operation, 3), SUCCESS, ""),
            self.create(faults.DELAYED.at(self.operation, 1), SUCCESS, ""),
            self.create(error(self.throttling).at("", 3), SUCCESS, ""),
            self.create(error(self.throttling), FAILED, "Throttling"),
            self.create(error(self.denial), FAILED, "AccessDenied"),
            self.create(faults.GARBAGE, FAILED, ""),
            self.create(faults.TRUNCATED, FAILED, ""),
            self.create(faults.TRICKLES, FAILED, ""),
            self.create(faults.REFUSED, FAILED, "connect"),
            self.create(faults.KILLED_BEFORE.at(self.operation), NOTHING, "", Step(AGAIN, SUCCESS)),
            self.create(faults.KILLED_AFTER.at(ANSWER), SUCCESS, "", Step(AGAIN, SUCCESS)),
            self.create(error("ServiceUnavailable").at(ANSWER, 3), SUCCESS, ""),
            Case("Delete", deleted, "nothing", self.before),
            Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "nothing"),
        )
