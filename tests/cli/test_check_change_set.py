"""`check --change-set`: what CloudFormation's validation says, and that nothing is left, whatever happens."""

import os
import signal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.aws_findings.findings import Finding, Severity, Skipped
from cli.check.change_set import ACTIONS, Trial, validation
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES
from tools.repository import ROOT

Json = dict[str, Any]


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "Operation")


class CloudFormation:
    """CloudFormation as far as a change set goes: its states one after another, and its events."""

    def __init__(self, *states: str, reason: str = "", events: tuple[Json, ...] = (), is_new: bool = False) -> None:
        self.states, self.reason, self.events = list(states), reason, events
        self.stacks = {} if is_new else {"my-site": "UPDATE_COMPLETE"}
        self.change_sets: set[str] = set()
        self.busy = 0

    def create_change_set(self, StackName: str, ChangeSetName: str, ChangeSetType: str, **_: Any) -> Json:  # noqa: N803
        assert (ChangeSetType == "CREATE") == (self.stacks.get(StackName) in (None, "REVIEW_IN_PROGRESS"))
        self.stacks.setdefault(StackName, "REVIEW_IN_PROGRESS")
        self.change_sets.add(ChangeSetName)
        return {}

    def describe_change_set(self, ChangeSetName: str, **_: Any) -> Json:  # noqa: N803
        state = self.states.pop(0)
        if state == "interrupted":
            os.kill(os.getpid(), signal.SIGTERM)
        if state == "denied":
            raise refused("AccessDenied")
        return {"Status": state, "StatusReason": self.reason, "ChangeSetId": ChangeSetName}

    def get_paginator(self, operation: str) -> Any:
        assert operation == "describe_events"
        return self

    def paginate(self, ChangeSetName: str) -> list[Json]:  # noqa: N803
        assert ChangeSetName in self.change_sets
        return [{"OperationEvents": [event]} for event in self.events]

    def delete_change_set(self, ChangeSetName: str, **_: Any) -> None:  # noqa: N803
        if self.busy:
            self.busy -= 1
            raise refused("InvalidChangeSetStatus")
        self.change_sets.discard(ChangeSetName)

    def describe_stacks(self, StackName: str) -> Json:  # noqa: N803
        if StackName not in self.stacks:
            raise refused("ValidationError")
        return {"Stacks": [{"StackId": StackName, "StackStatus": self.stacks[StackName]}]}

    def delete_stack(self, StackName: str) -> None:  # noqa: N803
        assert not self.change_sets
        del self.stacks[StackName]


def tried(client: CloudFormation, body: str = "{}") -> list[Any]:
    is_new = "my-site" not in client.stacks
    trial = Trial("my-site", body, {"Name": "x"}, (), client.stacks.get("my-site"))
    found = validation(client, trial, wait=lambda _: None)  # type: ignore[arg-type]
    nothing_is_left(client, is_new)
    return found


def nothing_is_left(client: CloudFormation, is_new: bool) -> None:
    assert client.change_sets == set()
    assert client.stacks == ({} if is_new else {"my-site": "UPDATE_COMPLETE"})


@pytest.mark.parametrize("is_new", [True, False])
def test_nothing_to_object_to(is_new: bool) -> None:
    client = CloudFormation("CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_COMPLETE", is_new=is_new)
    client.busy = 2
    assert tried(client) == []


def test_stack_that_held_change_sets_already_is_left() -> None:
    client = CloudFormation("CREATE_COMPLETE")
    client.stacks["my-site"] = "REVIEW_IN_PROGRESS"
    validation(client, Trial("my-site", "{}", {}, (), "REVIEW_IN_PROGRESS"))  # type: ignore[arg-type]
    assert client.stacks == {"my-site": "REVIEW_IN_PROGRESS"}


def test_what_validation_and_hooks_say() -> None:
    name = {
        "EventType": "VALIDATION_ERROR",
        "LogicalResourceId": "SiteAssetsBucket",
        "ValidationName": "NAME_CONFLICT_VALIDATION",
        "ValidationPath": "/Properties/BucketName",
        "ValidationFailureMode": "FAIL",
        "ValidationStatusReason": "the name is taken",
    }
    hook = {"EventType": "HOOK_INVOCATION_ERROR", "LogicalResourceId": "SiteVpc", "HookType": "Company::Guard::Hook"}
    hook |= {"HookFailureMode": "WARN", "HookStatusReason": "no flow logs"}
    other = {"EventType": "STACK_EVENT", "LogicalResourceId": "SiteVpc"}
    client = CloudFormation("FAILED", reason="validation failed", events=(name, hook, other), is_new=True)
    assert tried(client) == [
        Finding(
            "Resources.SiteAssetsBucket/Properties/BucketName",
            "NAME_CONFLICT_VALIDATION: the name is taken",
            "correct it before the deployment",
            Severity.ERROR,
        ),
        Finding(
            "Resources.SiteVpc",
            "Company::Guard::Hook: no flow logs",
            "correct it before the deployment",
            Severity.WARNING,
        ),
    ]


def test_change_set_that_fails_says_why() -> None:
    (finding,) = tried(CloudFormation("FAILED", reason="Transform ResilientWebsite failed: no"))
    assert finding.severity is Severity.ERROR
    assert "Transform ResilientWebsite failed: no" in finding.found


def test_update_without_changes_is_fine() -> None:
    assert tried(CloudFormation("FAILED", reason="The submitted information didn't contain changes.")) == []


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize(("state", "raised"), [("interrupted", KeyboardInterrupt), ("denied", ClientError)])
def test_nothing_is_left_when_it_ends_early(state: str, raised: type[BaseException], is_new: bool) -> None:
    client = CloudFormation("CREATE_IN_PROGRESS", state, is_new=is_new)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(raised):
        tried(client)
    nothing_is_left(client, is_new)
    assert signal.getsignal(signal.SIGTERM) is before


def test_change_set_that_takes_too_long() -> None:
    (unchecked,) = tried(CloudFormation(*["CREATE_IN_PROGRESS"] * 300))
    assert isinstance(unchecked, Skipped)


def test_template_that_no_request_holds_is_not_checked() -> None:
    (unchecked,) = tried(CloudFormation(), " " * (MAX_BODY_BYTES + 1))
    assert isinstance(unchecked, Skipped)


def test_rights_are_documented() -> None:
    text = (ROOT / "docs/safe-changes.md").read_text(encoding="utf-8")
    assert all(f"`{action}`" in text for action in ACTIONS)
