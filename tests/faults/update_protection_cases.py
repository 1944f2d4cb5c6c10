"""Custom::UpdateProtection: what refuses updates that would cost a store. It only asks, and leaves nothing."""

from typing import Any

from tests.custom_resources.fake_cloudformation import FakeCloudFormation
from tests.faults import faults
from tests.faults.cases import AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.harness import Harness, Json
from tests.faults.replicated_database_cases import ALONE, COPY, REPLICATED, FakeRds


class UpdateProtectionBed(Harness):
    """A stack with a database whose name is the content, in a status that `put` sets. Content "nonsense" is refused.

    Content "copied" is the database "one" of a site with a copy in another Region. `put` also says whether it is
    replicated there.
    """

    module = "update_protection.handler"
    resource_type = "Custom::UpdateProtection"
    logical_id = "SiteUpdateProtection"
    seconds = 60
    scale = 5

    def properties(self, content: str) -> Json:
        if content == "nonsense":
            return {"Enabled": "perhaps", "Stores": {}}
        copy = {"Region": COPY, "Database": "SiteDatabase", "IsActive": "false"}
        name = "one" if content == "copied" else content
        store = {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Snapshot", "DBName": name}
        tie = {"Copy": copy} if content == "copied" else {}
        return {"Enabled": "true", "Stores": {"SiteDatabase": store}, **tie}

    def put(self, what: str) -> None:
        if what in (ALONE, REPLICATED):
            self.rds.state = what
        else:
            self.cloudformation.status = what

    def upstream(self, service: str) -> str:
        own = {"cloudformation": self.cloudformation, "rds": self.rds}
        return own[service].url if service in own else super().upstream(service)

    def left(self) -> str:
        return "nothing"

    def __enter__(self) -> "UpdateProtectionBed":
        self.cloudformation = self.running.enter_context(FakeCloudFormation())
        self.rds = self.running.enter_context(FakeRds())
        return self


def _turned_around(trial: Any) -> None:
    trial.harness.put(BACK)


FORTH, BACK = "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"
MADE = Step(CREATE, SUCCESS)
REFUSAL = "SiteDatabase would be replaced"
IN_USE = f"The copy in {COPY} is in use: it replicates the database"


def _update(fault: faults.Fault, answer: str, says: str, *more: Step, before: str = FORTH) -> Case:
    refused = Step(UPDATE, answer, fault, content="two", says=says)
    return Case(
        "Update that costs a store" if before == FORTH else "Rollback", (MADE, refused, *more), "nothing", before
    )


COPIED = Step(CREATE, SUCCESS, content="copied")


def _drop(fault: faults.Fault, answer: str, says: str, *more: Step, before: str = REPLICATED) -> Case:
    dropped = Step(UPDATE, answer, fault, says=says)
    return Case(f"Update that drops the copy, {before}", (COPIED, dropped, *more), "nothing", before)


CASES = (
    Case(
        "Create with nonsense, deleted",
        (Step(CREATE, FAILED, content="nonsense", says="Enabled"), Step(DELETE, SUCCESS, content="nonsense")),
        "nothing",
    ),
    Case("Update that costs nothing", (MADE, Step(UPDATE, SUCCESS, faults.REFUSED)), "nothing"),
    _update(faults.NONE, FAILED, REFUSAL, Step(AGAIN, FAILED, content="two", says=REFUSAL)),
    _update(faults.RESET_BEFORE.at("", 3), FAILED, REFUSAL),
    _update(faults.RESET_AFTER.at("DescribeStacks", 3), FAILED, REFUSAL),
    _update(faults.DELAYED.at("DescribeStacks", 1), FAILED, REFUSAL),
    _update(error("Throttling").at("", 3), FAILED, REFUSAL),
    # In doubt it refuses, and nothing is lost.
    _update(error("Throttling"), FAILED, "Throttling"),
    _update(error("AccessDenied"), FAILED, "AccessDenied"),
    _update(faults.GARBAGE, FAILED, "pars"),
    _update(faults.TRUNCATED, FAILED, ""),
    _update(faults.TRICKLES, FAILED, ""),
    _update(faults.REFUSED, FAILED, "connect"),
    _update(meanwhile("the update is rolled back", _turned_around).at("DescribeStacks", 1), SUCCESS, ""),
    _update(faults.KILLED_BEFORE.at("DescribeStacks"), NOTHING, "", Step(AGAIN, FAILED, content="two", says=REFUSAL)),
    _update(faults.KILLED_AFTER.at(ANSWER), FAILED, REFUSAL, Step(AGAIN, FAILED, content="two", says=REFUSAL)),
    _update(error("ServiceUnavailable").at(ANSWER, 3), FAILED, REFUSAL),
    _update(faults.NONE, SUCCESS, "", Step(UPDATE, SUCCESS), before=BACK),
    _update(error("Throttling").at("", 3), SUCCESS, "", before=BACK),
    _drop(faults.NONE, FAILED, IN_USE, Step(AGAIN, FAILED, says=IN_USE)),
    _drop(error("Throttling").at("", 3), FAILED, IN_USE),
    _drop(faults.RESET_AFTER.at("DescribeDBInstances", 3), FAILED, IN_USE),
    _drop(error("AccessDenied").at("DescribeDBInstances"), FAILED, "AccessDenied"),
    _drop(error("AccessDenied").at("DescribeStackResource"), FAILED, "AccessDenied"),
    _drop(faults.KILLED_AFTER.at(ANSWER), FAILED, IN_USE, Step(AGAIN, FAILED, says=IN_USE)),
    _drop(faults.NONE, SUCCESS, "", before=ALONE),
    _drop(error("AccessDenied").at("DescribeDBInstances"), SUCCESS, "", before=BACK),
    Case("Delete", (MADE, Step(DELETE, SUCCESS, faults.REFUSED), Step(AGAIN, SUCCESS)), "nothing"),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "nothing"),
)
