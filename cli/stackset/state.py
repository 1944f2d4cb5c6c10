"""The state of a stack set in AWS: its definition, its stacks and its operations."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.aws_pages import pages
from cli.stackset.aws import Aws
from cli.stackset.request import AccountRegion

CURRENT = "CURRENT"
INOPERABLE = "INOPERABLE"
UNFINISHED = ("QUEUED", "RUNNING", "STOPPING")
SUCCEEDED = "SUCCEEDED"


@dataclass(frozen=True)
class Instance:
    """A stack of the set: CURRENT, OUTDATED or INOPERABLE, the result of its last operation, and the reason."""

    place: AccountRegion
    status: str
    last: str
    reason: str
    unit: str | None

    @property
    def good(self) -> bool:
        """Whether the stack matches the stack set."""
        return self.status == CURRENT and self.last in (SUCCEEDED, "")


@dataclass(frozen=True)
class Result:
    """The state of an operation in one account and Region."""

    place: AccountRegion
    status: str
    reason: str


@dataclass(frozen=True)
class Operation:
    """An operation on a stack set, with its results so far."""

    id: str
    action: str
    status: str
    reason: str
    results: tuple[Result, ...]


@dataclass(frozen=True)
class StackSetState:
    """An existing stack set."""

    definition: dict[str, Any]
    instances: tuple[Instance, ...]

    def parameters(self) -> dict[str, str]:
        """Return the stack set's parameter values."""
        return {entry["ParameterKey"]: entry["ParameterValue"] for entry in self.definition.get("Parameters", [])}


def existing(aws: Aws, name: str, call_as: str) -> StackSetState | None:
    """Return the stack set of this name, or None if it does not exist."""
    try:
        definition = aws.cloudformation.describe_stack_set(StackSetName=name, CallAs=call_as)["StackSet"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "StackSetNotFoundException":
            return None
        raise
    if definition.get("Status") == "DELETED":
        return None
    found = pages(aws.cloudformation, "list_stack_instances", "Summaries", StackSetName=name, CallAs=call_as)
    return StackSetState(definition, tuple(map(_instance, found)))


def _instance(summary: dict[str, Any]) -> Instance:
    return Instance(
        AccountRegion(summary["Account"], summary["Region"]),
        summary["Status"],
        summary.get("StackInstanceStatus", {}).get("DetailedStatus", ""),
        summary.get("StatusReason", ""),
        summary.get("OrganizationalUnitId"),
    )


def running(aws: Aws, name: str, call_as: str) -> list[str]:
    """Return the ids of running and queued operations, oldest first."""
    found = pages(aws.cloudformation, "list_stack_set_operations", "Summaries", StackSetName=name, CallAs=call_as)
    return [entry["OperationId"] for entry in reversed(found) if entry["Status"] in UNFINISHED]


def operation(aws: Aws, name: str, operation_id: str, call_as: str) -> Operation:
    """Return an operation's current state."""
    which = {"StackSetName": name, "OperationId": operation_id, "CallAs": call_as}
    described = aws.cloudformation.describe_stack_set_operation(**which)["StackSetOperation"]
    results = pages(aws.cloudformation, "list_stack_set_operation_results", "Summaries", **which)
    return Operation(
        operation_id,
        described["Action"],
        described["Status"],
        described.get("StatusReason", ""),
        tuple(map(_result, results)),
    )


def _result(summary: dict[str, Any]) -> Result:
    gate = summary.get("AccountGateResult", {})
    # An account gate is a function with which an account may refuse roll-outs; most have none, which is no failure.
    refusal = gate.get("StatusReason", "") if gate.get("Status") == "FAILED" else ""
    reason = summary.get("StatusReason") or refusal
    return Result(AccountRegion(summary["Account"], summary["Region"]), summary["Status"], reason)
