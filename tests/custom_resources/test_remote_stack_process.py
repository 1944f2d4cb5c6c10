"""The function of Custom::RemoteStack as a real process, whose AWS fails: always an answer, and safe to repeat."""

import json
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from cloudformation_answer.owner import Owner
from remote_stack.stack import name_in
from tests.custom_resources.faulty_aws import FaultyAws
from tests.custom_resources.remote_stack_process import NEVER, NOBODY, RemoteStackProcess
from tests.emulator.endpoint import Emulator

Json = dict[str, Any]

ACCOUNT = "200000000077"
HERE, THERE, ELSEWHERE = "us-east-1", "us-west-2", "eu-west-1"

_numbers = count()


class Resource:
    """One Custom::RemoteStack of a stack of its own, and the function that CloudFormation calls for it."""

    def __init__(self, emulator: Emulator, aws: FaultyAws, folder: Path) -> None:
        self.aws = aws
        self.emulator = emulator
        self.function = RemoteStackProcess(folder, aws, ACCOUNT)
        self.logical_id = "SiteFallbackBucketStack"
        self.stack_id = f"arn:aws:cloudformation:{HERE}:{ACCOUNT}:stack/site/{next(_numbers)}"
        self.owner = Owner(self.stack_id, self.logical_id)

    def send(self, kind: str, properties: Json, lasts: float = 60, **more: Any) -> Json | None:
        """Send a request; return the answer."""
        event = {
            "RequestType": kind,
            "StackId": self.stack_id,
            "RequestId": f"request-{kind}",
            "LogicalResourceId": self.logical_id,
            "ResourceType": "Custom::RemoteStack",
            "ResourceProperties": {"ServiceToken": "arn:aws:lambda:us-east-1:1:function:f", **properties},
            **more,
        }
        return self.function(event, lasts=lasts)

    def succeeds(self, kind: str, properties: Json, **more: Any) -> Json:
        """Send a request that succeeds."""
        answer = self.send(kind, properties, **more)
        assert answer is not None
        assert answer["Status"] == "SUCCESS", answer
        return answer

    def fails(self, kind: str, properties: Json, **more: Any) -> Json:
        """Send a request that fails."""
        answer = self.send(kind, properties, **more)
        assert answer is not None
        assert answer["Status"] == "FAILED", answer
        return answer

    def is_cut_off(self, operation: str, kind: str, properties: Json, **more: Any) -> None:
        """Send a request, and end the function when it has asked AWS for something, before it learns of it."""
        self.aws.cut = operation
        assert self.send(kind, properties, **more) is None
        self.aws.cut = ""

    def client(self, service: str, region: str = THERE) -> Any:
        return self.emulator.client(service, ACCOUNT, region)

    def stacks(self, region: str = THERE) -> dict[str, str]:
        """Return the resource's stacks in a Region, and their states, once nothing is being deleted."""
        deadline = time.monotonic() + 20
        while True:
            described = self.client("cloudformation", region).describe_stacks()["Stacks"]
            mine = {s["StackId"]: s["StackStatus"] for s in described if s["StackName"] == name_in(region, self.owner)}
            there = {key: status for key, status in mine.items() if status != "DELETE_COMPLETE"}
            if "DELETE_IN_PROGRESS" not in there.values() or time.monotonic() > deadline:
                return there
            time.sleep(0.1)


@pytest.fixture(scope="module")
def aws(emulator: Emulator) -> Iterator[FaultyAws]:
    role = {"Version": "2012-10-17", "Statement": []}
    emulator.client("iam", ACCOUNT).create_role(RoleName="stacks", AssumeRolePolicyDocument=json.dumps(role))
    with FaultyAws(emulator) as faulty:
        yield faulty


@pytest.fixture
def resource(emulator: Emulator, aws: FaultyAws, tmp_path: Path) -> Iterator[Resource]:
    made = Resource(emulator, aws, tmp_path)
    yield made
    aws.errors.clear()
    aws.cut = ""
    for region in (THERE, ELSEWHERE):
        for stack_id in made.stacks(region):
            made.client("cloudformation", region).delete_stack(StackName=stack_id)


def template(words: str = "one", more: Json | None = None, outputs: Json | None = None) -> str:
    body = {
        "Parameters": {"Word": {"Type": "String"}},
        "Resources": {
            "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": words}},
            **(more or {}),
        },
        "Outputs": {"Word": {"Value": {"Ref": "Word"}}, "Name": {"Value": {"Ref": "Parameter"}}, **(outputs or {})},
    }
    return json.dumps(body)


def properties(words: str = "one", region: str = THERE, **more: Any) -> Json:
    return {
        "Region": region,
        "TemplateBody": template(words),
        "Parameters": {"Word": words},
        "Tags": [{"Key": "Team", "Value": "web"}],
        **more,
    }


def created(resource: Resource) -> str:
    return str(resource.succeeds("Create", properties())["PhysicalResourceId"])


def old(stack_id: str, words: str = "one", region: str = THERE) -> Json:
    return {"PhysicalResourceId": stack_id, "OldResourceProperties": properties(words, region)}


def test_create_update_delete(resource: Resource) -> None:
    made = resource.succeeds("Create", properties())
    stack_id = made["PhysicalResourceId"]
    assert stack_id.startswith(f"arn:aws:cloudformation:{THERE}:{ACCOUNT}:stack/resilient-website-")
    assert made["Data"]["Word"] == "one"
    assert resource.stacks() == {stack_id: "CREATE_COMPLETE"}
    described = resource.client("cloudformation").describe_stacks(StackName=stack_id)["Stacks"][0]
    assert {"Key": "Team", "Value": "web"} in described["Tags"]
    assert asked_with_role(resource, "CreateStack")
    updated = resource.succeeds("Update", properties("two"), **old(stack_id))
    assert (updated["PhysicalResourceId"], updated["Data"]["Word"]) == (stack_id, "two")
    assert resource.stacks() == {stack_id: "UPDATE_COMPLETE"}
    assert asked_with_role(resource, "UpdateStack")
    for _ in range(2):
        assert resource.succeeds("Delete", properties("two"), **old(stack_id))["PhysicalResourceId"] == stack_id
        assert resource.stacks() == {}
    assert asked_with_role(resource, "DeleteStack")


def asked_with_role(resource: Resource, operation: str) -> bool:
    """Tell whether the last such request named the role that the stacks' resources are made with."""
    body = next(body for name, body in reversed(resource.aws.passed) if name == operation)
    return parse_qs(body)["RoleARN"] == [f"arn:aws:iam::{ACCOUNT}:role/stacks"]


def test_request_repeated_does_nothing_again(resource: Resource) -> None:
    first = resource.succeeds("Create", properties())
    asked = len(resource.aws.passed)
    again = resource.succeeds("Create", properties())
    assert (again["PhysicalResourceId"], again["Data"]) == (first["PhysicalResourceId"], first["Data"])
    assert {operation for operation, _ in resource.aws.passed[asked:]} == {"DescribeStacks"}


def test_killed_while_creating(resource: Resource) -> None:
    resource.is_cut_off("CreateStack", "Create", properties())
    made = resource.succeeds("Create", properties())
    assert resource.stacks() == {made["PhysicalResourceId"]: "CREATE_COMPLETE"}
    assert made["Data"]["Word"] == "one"


def test_killed_while_updating(resource: Resource) -> None:
    stack_id = created(resource)
    resource.is_cut_off("UpdateStack", "Update", properties("two"), **old(stack_id))
    updated = resource.succeeds("Update", properties("two"), **old(stack_id))
    assert updated["Data"]["Word"] == "two"


def test_killed_while_deleting(resource: Resource) -> None:
    stack_id = created(resource)
    resource.is_cut_off("DeleteStack", "Delete", properties(), **old(stack_id))
    resource.succeeds("Delete", properties(), **old(stack_id))
    assert resource.stacks() == {}


def test_creation_cancelled_is_found_by_its_name(resource: Resource) -> None:
    resource.is_cut_off("CreateStack", "Create", properties())
    resource.succeeds("Delete", properties(), PhysicalResourceId="site_SiteFallbackBucketStack_ABCDEFGH")
    assert resource.stacks() == {}


@pytest.mark.parametrize("code", ["Throttling", "InternalFailure", "ServiceUnavailable"])
def test_trouble_that_goes_away(resource: Resource, code: str) -> None:
    status = ["CreateStack", "DescribeStacks", "UpdateStack", "DeleteStack", "ListStackResources"]
    for operation in status:
        # Once more than botocore asks by itself.
        resource.aws.errors[operation] = [code] * (4 if operation == "CreateStack" else 1)
    stack_id = created(resource)
    resource.succeeds("Update", properties("two"), **old(stack_id))
    resource.succeeds("Delete", properties("two"), **old(stack_id))
    assert not any(resource.aws.errors[operation] for operation in status)
    assert resource.stacks() == {}


@pytest.mark.parametrize("operation", ["DescribeStacks", "CreateStack"])
def test_denied(resource: Resource, operation: str) -> None:
    resource.aws.errors[operation] = ["AccessDenied"]
    answer = resource.fails("Create", properties())
    assert answer["Reason"] == f"{THERE}: {operation}: AccessDenied: scripted by the test"
    assert resource.stacks() == {}
    resource.succeeds("Delete", properties(), PhysicalResourceId=answer["PhysicalResourceId"])


def test_region_that_is_not_enabled(resource: Resource) -> None:
    resource.aws.errors["DescribeStacks"] = ["InvalidClientTokenId"]
    answer = resource.fails("Create", properties(region="eu-south-1"))
    assert answer["Reason"] == (
        "eu-south-1: InvalidClientTokenId: enable this Region in the account, or write another one"
    )


def test_throttled_for_ever(resource: Resource) -> None:
    resource.aws.errors["DescribeStacks"] = ["Throttling"] * 1000
    lasts = 26
    answer = resource.fails("Create", properties(), lasts=lasts)
    assert "DescribeStacks: Throttling" in answer["Reason"]
    assert resource.function.seconds < lasts


def test_late_stack_is_told_and_can_be_deleted(resource: Resource) -> None:
    late = properties(TemplateBody=template(more=NEVER))
    answer = resource.fails("Create", late, lasts=25)
    assert f"{THERE}: " in answer["Reason"]
    assert "still CREATE_IN_PROGRESS" in answer["Reason"]
    assert answer["PhysicalResourceId"] in resource.stacks()
    resource.succeeds("Delete", late, PhysicalResourceId=answer["PhysicalResourceId"])
    assert resource.stacks() == {}


def test_stack_that_fails_tells_its_first_failure_and_leaves_nothing(resource: Resource) -> None:
    broken = properties(TemplateBody=template(more={"Nobody": NOBODY}))
    answer = resource.fails("Create", broken)
    assert answer["Reason"].startswith(f"{THERE}: CREATE_FAILED: Nobody: ")
    assert resource.stacks() == {}
    resource.succeeds("Delete", broken, PhysicalResourceId=answer["PhysicalResourceId"])


def test_update_that_fails_leaves_what_was(resource: Resource) -> None:
    stack_id = created(resource)
    broken = properties("two", TemplateBody=template("two", {"Nobody": NOBODY}))
    answer = resource.fails("Update", broken, **old(stack_id))
    assert answer["PhysicalResourceId"] == stack_id
    assert answer["Reason"].startswith(f"{THERE}: UPDATE_ROLLBACK_COMPLETE: Nobody: ")
    # CloudFormation then asks for what was before.
    back = {"PhysicalResourceId": stack_id, "OldResourceProperties": broken}
    assert resource.succeeds("Update", properties(), **back)["Data"]["Word"] == "one"
    assert list(resource.stacks()) == [stack_id]


def test_remains_of_a_failed_stack_make_room(resource: Resource) -> None:
    cloudformation = resource.client("cloudformation")
    cloudformation.create_stack(
        StackName=name_in(THERE, resource.owner),
        TemplateBody=template(more={"Nobody": NOBODY}),
        Parameters=[{"ParameterKey": "Word", "ParameterValue": "one"}],
        Tags=[{"Key": key, "Value": value} for key, value in resource.owner.tags.items()],
    )
    answer = resource.succeeds("Create", properties())
    assert resource.stacks() == {answer["PhysicalResourceId"]: "CREATE_COMPLETE"}


def test_foreign_stack_is_not_touched(resource: Resource) -> None:
    cloudformation = resource.client("cloudformation")
    word = [{"ParameterKey": "Word", "ParameterValue": "foreign"}]
    name = name_in(THERE, resource.owner)
    foreign = cloudformation.create_stack(StackName=name, TemplateBody=template("foreign"), Parameters=word)["StackId"]
    assert "is not of this stack" in resource.fails("Create", properties())["Reason"]
    resource.succeeds("Delete", properties(), PhysicalResourceId=foreign)
    resource.succeeds("Delete", properties(), PhysicalResourceId="never-made")
    assert resource.stacks() == {foreign: "CREATE_COMPLETE"}


def test_another_region_replaces_and_the_old_one_goes_afterwards(resource: Resource) -> None:
    stack_id = created(resource)
    moved = resource.succeeds("Update", properties(region=ELSEWHERE), **old(stack_id))
    assert moved["PhysicalResourceId"].startswith(f"arn:aws:cloudformation:{ELSEWHERE}:")
    assert list(resource.stacks()) == [stack_id]
    resource.succeeds("Delete", properties(), PhysicalResourceId=stack_id)
    assert resource.stacks() == {}
    assert list(resource.stacks(ELSEWHERE)) == [moved["PhysicalResourceId"]]


def test_move_that_is_late_leaves_nothing_new(resource: Resource) -> None:
    stack_id = created(resource)
    late = properties(region=ELSEWHERE, TemplateBody=template(more=NEVER))
    answer = resource.fails("Update", late, lasts=25, **old(stack_id))
    assert answer["PhysicalResourceId"] == stack_id
    assert resource.stacks(ELSEWHERE) == {}
    assert list(resource.stacks()) == [stack_id]


def test_move_that_is_cancelled_leaves_nothing_new(resource: Resource) -> None:
    stack_id = created(resource)
    resource.is_cut_off("CreateStack", "Update", properties(region=ELSEWHERE), **old(stack_id))
    assert resource.stacks(ELSEWHERE) != {}
    # The stack rolls back: CloudFormation asks for the old Region again, by the id that it knows.
    back = resource.succeeds("Update", properties(), **old(stack_id, region=ELSEWHERE))
    assert back["PhysicalResourceId"] == stack_id
    assert resource.stacks(ELSEWHERE) == {}


def test_delete_empties_the_buckets(resource: Resource) -> None:
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}}
    outputs = {"Bucket": {"Value": {"Ref": "Bucket"}}}
    full = properties(TemplateBody=template(more={"Bucket": bucket}, outputs=outputs))
    made = resource.succeeds("Create", full)
    s3, name = resource.client("s3"), made["Data"]["Bucket"]
    for body in (b"one", b"two"):
        s3.put_object(Bucket=name, Key="a/b", Body=body)
    s3.delete_object(Bucket=name, Key="a/b")
    resource.succeeds("Delete", full, PhysicalResourceId=made["PhysicalResourceId"])
    assert resource.stacks() == {}
    assert name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_every_problem_at_once(resource: Resource) -> None:
    answer = resource.fails("Create", {"Region": HERE, "TemplateBody": "{}", "Regoin": "x"})
    for part in ("TemplateBody", "JSON", f"Region: found '{HERE}'; that is the stack's own"):
        assert part in answer["Reason"]
    resource.succeeds("Delete", {"Region": "nowhere"}, PhysicalResourceId=answer["PhysicalResourceId"])


def test_outputs_that_do_not_fit_are_refused(resource: Resource) -> None:
    outputs = {f"Long{number}": {"Value": "x" * 1000} for number in range(4)}
    answer = resource.fails("Create", properties(TemplateBody=template(outputs=outputs)))
    assert "the outputs have" in answer["Reason"]
    assert answer["PhysicalResourceId"] in resource.stacks()
