"""Custom::RemoteStack: a stack in another Region than its own, waited for by the function itself."""

import json
import time
from contextlib import suppress
from typing import Any, ClassVar

from remote_stack.stack import name_of
from shared.cfn_response.owner import Owner
from tests.custom_resources.remote_stack_process import NEVER, NOBODY
from tests.faults import faults
from tests.faults.cases import AGAIN, CREATE, DELETE, FAILED, NOTHING, SUCCESS, UPDATE, Case, Step
from tests.faults.faults import ANSWER, error, meanwhile
from tests.faults.harness import ACCOUNT, Harness, Json, listed

THERE, ELSEWHERE = "us-west-2", "eu-west-1"
MORE: dict[str, Json] = {"never": NEVER, "nobody": {"Nobody": NOBODY}}


class RemoteStackBed(Harness):
    """Contents: a word that the stack is made with; "elsewhere" after it is another Region, "never" is never complete,
    "nobody" fails.
    """

    module = "remote_stack.handler"
    resource_type = "Custom::RemoteStack"
    logical_id = "SiteFallbackBucketStack"
    seconds = 900
    scale = 4
    environment: ClassVar[dict[str, str]] = {"STACK_ROLE_ARN": f"arn:aws:iam::{ACCOUNT}:role/stacks"}

    def properties(self, content: str) -> Json:
        if content == "nonsense":
            return {"Region": THERE, "Tempalte": "x"}
        word, _, more = content.partition(" ")
        resources: Json = {
            "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": word}}
        }
        resources |= MORE.get(more, {})
        body = {
            "Parameters": {"Word": {"Type": "String"}},
            "Resources": resources,
            "Outputs": {"Word": {"Value": {"Ref": "Word"}}},
        }
        return {
            "Region": ELSEWHERE if more == "elsewhere" else THERE,
            "TemplateBody": json.dumps(body),
            "Parameters": {"Word": word},
        }

    @property
    def owner(self) -> Owner:
        """Whose the stacks are."""
        return Owner(self.stack_id, self.logical_id)

    def left(self) -> str:
        return listed(*(self._stacks(region) for region in (THERE, ELSEWHERE)))

    def _stacks(self, region: str) -> str:
        """Return the stack's word and state in a Region, once nothing is being deleted there."""
        name = name_of(self.owner)
        ends = time.monotonic() + 120
        while True:
            described = self.client("cloudformation", region).describe_stacks()["Stacks"]
            mine = [one for one in described if one["StackName"] == name and one["StackStatus"] != "DELETE_COMPLETE"]
            if not any(one["StackStatus"] == "DELETE_IN_PROGRESS" for one in mine) or time.monotonic() > ends:
                where = "" if region == THERE else f" in {region}"
                return ", ".join(f"stack {_word(one)} {one['StackStatus']}{where}" for one in mine)
            time.sleep(0.1)

    def __enter__(self) -> "RemoteStackBed":
        iam, role = self.client("iam"), {"Version": "2012-10-17", "Statement": []}
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(RoleName="stacks", AssumeRolePolicyDocument=json.dumps(role))
        return self


def _word(stack: Any) -> str:
    return next((one["OutputValue"] for one in stack.get("Outputs", []) if one["OutputKey"] == "Word"), "?")


def _deleted(trial: Any) -> None:
    cloudformation = trial.harness.client("cloudformation", THERE)
    cloudformation.delete_stack(StackName=name_of(trial.harness.owner))


MADE = Step(CREATE, SUCCESS)
ONE, TWO = "stack one CREATE_COMPLETE", "stack two UPDATE_COMPLETE"
# What the function has in cases that end when its time is over. It keeps 20 of it for the answer.
SHORT = 40


def _create(fault: faults.Fault) -> Case:
    return Case("Create", (Step(CREATE, SUCCESS, fault),), ONE)


def _failed_create(fault: faults.Fault, says: str, content: str = "one", seconds: float = SHORT) -> Case:
    failed = Step(CREATE, FAILED, fault, content, seconds, says)
    return Case("Create that fails, deleted", (failed, Step(DELETE, SUCCESS, content=content)), "nothing")


def _update(fault: faults.Fault) -> Case:
    return Case("Update", (MADE, Step(UPDATE, SUCCESS, fault, "two")), TWO)


def _failed_update(fault: faults.Fault, says: str, left: str, content: str = "two") -> Case:
    failed = Step(UPDATE, FAILED, fault, content, SHORT, says)
    return Case("Update that fails, rolled back", (MADE, failed, Step(UPDATE, SUCCESS)), left)


def _killed(request: str, fault: faults.Fault, left: str, content: str = "two") -> Case:
    first = () if request == CREATE else (MADE,)
    asked = "one" if request == CREATE else content
    replaces = content.endswith("elsewhere")
    steps = (*first, Step(request, NOTHING, fault, asked), Step(AGAIN, SUCCESS, content=asked, replaces=replaces))
    return Case(f"{request}, killed", steps, left)


CASES = (
    _create(faults.RESET_BEFORE.at("", 4)),
    _create(faults.RESET_AFTER.at("CreateStack", 4)),
    _create(faults.DELAYED.at("CreateStack", 1)),
    _create(faults.TRUNCATED.at("CreateStack", 1)),
    _create(error("Throttling").at("", 8)),
    _create(error("ServiceUnavailable").at("DescribeStacks", 5)),
    _update(faults.RESET_AFTER.at("UpdateStack", 4)),
    _update(error("Throttling").at("", 8)),
    _failed_create(faults.REFUSED, "connect"),
    _failed_create(faults.RESET_AFTER.at("CreateStack"), "closed"),
    _failed_create(error("Throttling"), "Throttling"),
    _failed_create(error("AccessDenied").at("CreateStack"), "AccessDenied"),
    _failed_create(error("AccessDenied").at("DescribeStacks", after=1), "AccessDenied"),
    _failed_create(faults.GARBAGE.at("DescribeStacks"), "pars"),
    _failed_create(faults.TRICKLES.at("DescribeStacks"), "time"),
    _failed_create(faults.NONE, "CREATE_IN_PROGRESS", "one never"),
    _failed_create(faults.NONE, "Nobody", "one nobody"),
    _failed_create(faults.NONE, "Tempalte", "nonsense"),
    *(_killed(CREATE, faults.KILLED_AFTER.at(name), ONE) for name in ("CreateStack", "DescribeStacks")),
    _killed(CREATE, faults.KILLED_BEFORE.at(ANSWER), ONE),
    _killed(UPDATE, faults.KILLED_AFTER.at("UpdateStack"), TWO),
    _killed(UPDATE, faults.KILLED_BEFORE.at(ANSWER), TWO),
    _killed(
        UPDATE,
        faults.KILLED_AFTER.at("CreateStack"),
        f"{ONE}, stack two CREATE_COMPLETE in {ELSEWHERE}",
        "two elsewhere",
    ),
    Case(
        "Create that was never answered, deleted",
        (Step(CREATE, NOTHING, faults.KILLED_AFTER.at("CreateStack")), Step(DELETE, SUCCESS)),
        "nothing",
    ),
    _failed_update(error("AccessDenied").at("UpdateStack"), "AccessDenied", ONE),
    _failed_update(faults.REFUSED, "connect", ONE),
    _failed_update(faults.RESET_AFTER.at("UpdateStack"), "closed", "stack one UPDATE_COMPLETE"),
    _failed_update(faults.NONE, "Nobody", "stack one UPDATE_ROLLBACK_COMPLETE", "two nobody"),
    _failed_update(error("AccessDenied").at("CreateStack"), "AccessDenied", ONE, "two elsewhere"),
    _failed_update(error("AccessDenied").at("DescribeStacks", after=1), "AccessDenied", ONE, "two elsewhere"),
    _failed_update(faults.TRICKLES.at("DescribeStacks", after=1), "time", ONE, "two elsewhere"),
    Case(
        "Update while somebody deletes the stack, rolled back",
        (
            MADE,
            Step(
                UPDATE, FAILED, meanwhile("stack deleted", _deleted).at("UpdateStack", 1), "two", says="does not exist"
            ),
            Step(UPDATE, SUCCESS, replaces=True),
        ),
        ONE,
    ),
    Case(
        "Update to another Region, then Delete of the old one",
        (MADE, Step(UPDATE, SUCCESS, content="two elsewhere", replaces=True), Step(DELETE, SUCCESS, of=0)),
        f"stack two CREATE_COMPLETE in {ELSEWHERE}",
    ),
    Case("Delete", (MADE, Step(DELETE, SUCCESS), Step(AGAIN, SUCCESS)), "nothing"),
    Case("Delete of what never existed", (Step(DELETE, SUCCESS),), "nothing"),
    Case("Delete", (MADE, Step(DELETE, SUCCESS, faults.RESET_AFTER.at("DeleteStack", 4))), "nothing"),
    Case(
        "Delete that is denied, and again",
        (
            MADE,
            Step(DELETE, FAILED, error("AccessDenied").at("DeleteStack"), says="AccessDenied"),
            Step(DELETE, SUCCESS),
        ),
        "nothing",
    ),
    Case(
        "Delete, killed",
        (MADE, Step(DELETE, NOTHING, faults.KILLED_AFTER.at("DeleteStack")), Step(AGAIN, SUCCESS)),
        "nothing",
    ),
    _create(error("ServiceUnavailable").at(ANSWER, 3)),
    Case(
        "Create whose answer is never taken",
        (Step(CREATE, NOTHING, faults.RESET_BEFORE.at(ANSWER), seconds=SHORT), Step(AGAIN, SUCCESS)),
        ONE,
    ),
)
