"""CloudFormation's own validation: create a change set, read its findings, and delete it.

The only check that writes, with `--change-set`. The change set is always deleted, also on interruption, and so is a
stack that was created only to hold it. Source: "Validate stack deployments" in the AWS
CloudFormation User Guide; CreateChangeSet, DescribeEvents.
"""

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from cli.aws_findings.findings import CheckResult, Finding, Severity, Skipped, error
from cli.deployed.stack_update import NO_CHANGES
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

# The permissions needed in addition to reading. Source: the Service Authorization Reference of AWS CloudFormation.
ACTIONS = (
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeEvents",
)
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")
# States of a change set that is still being created.
UNFINISHED = ("CREATE_PENDING", "CREATE_IN_PROGRESS")
MAX_WAIT_SECONDS = 600
PAUSE_SECONDS = 3
MAX_DELETION_ATTEMPTS = 20
PATH = "(change set)"
# The status of a stack that only holds change sets. Source: "Stack status codes".
EMPTY = "REVIEW_IN_PROGRESS"
EVENTS = ("VALIDATION_ERROR", "HOOK_INVOCATION_ERROR")


@dataclass(frozen=True)
class Trial:
    """A change set to try: its stack, its template (as text) and its parameters.

    `kept` are parameters that keep the stack's values. `status` is the stack's; None if the stack does not exist.
    """

    stack: str
    body: str
    parameters: Mapping[str, str]
    kept: tuple[str, ...] = ()
    status: str | None = None

    @property
    def creates(self) -> bool:
        """Whether the stack has no resources yet."""
        return self.status in (None, EMPTY)


def validation(
    client: "CloudFormationClient", trial: Trial, wait: Callable[[float], Any] = time.sleep
) -> list[CheckResult]:
    """Return CloudFormation's findings before a deployment. Raises ClientError if the caller may not ask.

    `wait` waits for a number of seconds.
    """
    if len(trial.body.encode()) > MAX_BODY_BYTES:
        return [Skipped(PATH, f"the template has more than the {MAX_BODY_BYTES} bytes that a request allows")]
    name = f"check-{uuid4()}"
    parameters: list[Any] = [{"ParameterKey": key, "ParameterValue": value} for key, value in trial.parameters.items()]
    parameters += [{"ParameterKey": key, "UsePreviousValue": True} for key in trial.kept]
    with _interruptible():
        try:
            client.create_change_set(
                StackName=trial.stack,
                ChangeSetName=name,
                ChangeSetType="CREATE" if trial.creates else "UPDATE",
                TemplateBody=trial.body,
                Parameters=parameters,
                Capabilities=list(CAPABILITIES),  # type: ignore[arg-type]
            )
            return list(_findings(client, trial, name, wait))
        finally:
            _delete(client, trial, name, wait)


def _findings(
    client: "CloudFormationClient", trial: Trial, name: str, wait: Callable[[float], Any]
) -> Iterator[CheckResult]:
    """Wait for a change set, and yield what its validation found, or why CloudFormation refused it."""
    waited = 0
    while True:
        answer = client.describe_change_set(StackName=trial.stack, ChangeSetName=name)
        if answer["Status"] not in UNFINISHED:
            break
        if waited >= MAX_WAIT_SECONDS:
            yield Skipped(PATH, f"the change set was not created within {MAX_WAIT_SECONDS} seconds")
            return
        wait(PAUSE_SECONDS)
        waited += PAUSE_SECONDS
    found = [
        _finding(event) for event in _events(client, str(answer["ChangeSetId"])) if event.get("EventType") in EVENTS
    ]
    yield from found
    reason = str(answer.get("StatusReason", ""))
    if answer["Status"] == "FAILED" and not any(each in reason for each in NO_CHANGES) and not found:
        yield error(PATH, f"CloudFormation refuses the change set: {reason}", "correct what the message names")


def _events(client: "CloudFormationClient", change_set: str) -> Iterator[Mapping[str, Any]]:
    for page in client.get_paginator("describe_events").paginate(ChangeSetName=change_set):
        yield from page.get("OperationEvents", [])


def _finding(event: Mapping[str, Any]) -> Finding:
    """Return an event as a finding: an error if the deployment would fail, else a warning."""
    is_hook = event.get("EventType") == "HOOK_INVOCATION_ERROR"
    mode = event.get("HookFailureMode" if is_hook else "ValidationFailureMode", "FAIL")
    reason = event.get("HookStatusReason" if is_hook else "ValidationStatusReason") or event.get("ResourceStatusReason")
    said_by = event.get("HookType", "a Hook") if is_hook else event.get("ValidationName", "CloudFormation")
    where = f"{event.get('LogicalResourceId', '')}{event.get('ValidationPath', '')}" or PATH
    severity = Severity.ERROR if mode == "FAIL" else Severity.WARNING
    found = f"{said_by}: {reason or 'no reason is given'}"
    return Finding(f"Resources.{where}" if where != PATH else PATH, found, "correct it before the deployment", severity)


def _delete(client: "CloudFormationClient", trial: Trial, name: str, wait: Callable[[float], Any]) -> None:
    """Delete the change set, and the empty stack that CloudFormation created for it."""
    for _ in range(MAX_DELETION_ATTEMPTS):
        try:
            client.delete_change_set(StackName=trial.stack, ChangeSetName=name)
            break
        except ClientError as refused:
            code = refused.response["Error"].get("Code")
            if code != "InvalidChangeSetStatus":
                break
            wait(PAUSE_SECONDS)
    if trial.status is not None:
        return
    try:
        (stack,) = client.describe_stacks(StackName=trial.stack)["Stacks"]
        if stack["StackStatus"] == EMPTY:
            client.delete_stack(StackName=str(stack["StackId"]))
    except ClientError as gone:
        if gone.response["Error"].get("Code") != "ValidationError":
            raise


@contextmanager
def _interruptible() -> Iterator[None]:
    """Turn SIGTERM into KeyboardInterrupt, so that the change set is deleted, as with Ctrl-C."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
