"""Updates the stack of a half by a change set, which is read before it is executed: no data store may be lost by it.

With `revert_drift`, the change set compares with the real resources instead of the last template. So a database that
was promoted outside the stack is what the template wants, and nothing is done to it, where an ordinary update would
promote it again and fail. Source: "Using drift-aware change sets" in the CloudFormation User Guide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.exceptions import ClientError

from cli.capabilities import capabilities
from cli.switch.compact import original
from cli.switch.half import Half
from cli.switch.tools import AGAIN, Tools
from resilient_website.facts.stores import STORES
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.database.instances import PRIMARY

# A macro runs for seconds; a change set of a few hundred resources, with their drift, takes minutes.
CREATION = timedelta(minutes=30)

# The making of a replica in another Region takes as long as the copy of its data.
UPDATE = timedelta(hours=6)

# Texts of a change set without changes. Source: "Create change sets" in the CloudFormation User Guide.
NO_CHANGES = ("didn't contain changes", "No updates are to be performed")

# Their data would be lost, or left behind; but a standby half may have no cache and no backups of its own.
LASTING = {type_name for type_name, kind in STORES.items() if kind.noun not in ("cache", "backup vault", "secret")}

# The end of the status of a stack that can be updated.
IDLE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_FAILED", "IMPORT_COMPLETE")
GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


@dataclass(frozen=True)
class Update:
    """An update: the template's body, how drift is handled, and whether the database may be replaced by a replica."""

    body: str
    revert_drift: bool
    may_rebuild: bool = False


def stack_status(client: Any, half: Half) -> str:
    """Return the status of the half's stack."""
    return str(_described(client, half)["StackStatus"])


def _described(client: Any, half: Half) -> dict[str, Any]:
    found = client("cloudformation", half.region).describe_stacks(StackName=half.stack)["Stacks"][0]
    return dict(found)


def wait_until_idle(tools: Tools, half: Half) -> str:
    """Wait until no update of the stack runs, and return its status. Raises InvalidTemplateError if it takes none."""
    advice = f"look at the stack's events in {half.region}; then {AGAIN}"
    tools.wait(half.name, lambda: not _running(stack_status(tools.client, half)), UPDATE, advice)
    status = stack_status(tools.client, half)
    if status not in IDLE:
        advice = f"continue or repair the update in CloudFormation (the stack's events say why); then {AGAIN}"
        raise InvalidTemplateError([Problem(half.name, f"the stack is {status}, and takes no update", advice)])
    return status


def _running(status: str) -> bool:
    return status.endswith("_IN_PROGRESS")


def run_update(tools: Tools, half: Half, update: Update) -> None:
    """Update the stack and wait until it is done. Raises InvalidTemplateError with the first reason if it fails."""
    wait_until_idle(tools, half)
    name = f"switch-{tools.now():%Y%m%d%H%M%S}"
    cloudformation = tools.client("cloudformation", half.region)
    cloudformation.create_change_set(**_request(tools.client, half, update, name))
    if not wait_for_change_set(tools, half, name):
        tools.say(f"  the stack in {half.region} already has all of it")
        return
    changes = list(_changes(cloudformation, half, name))
    _refuse_losses(half, changes, update)
    # Without replacements, a failed update stays where it is. A rollback would make the promoted database a replica
    # again, which no update can. Source: "Choose how to handle failures when provisioning resources", CloudFormation.
    stays = all(change.get("Replacement", "False") == "False" for change in changes)
    cloudformation.execute_change_set(ChangeSetName=name, StackName=half.stack, DisableRollback=stays)
    if wait_until_idle(tools, half) not in GOOD:
        raise InvalidTemplateError([failure(cloudformation, half)])


def _request(client: Any, half: Half, update: Update, name: str) -> dict[str, Any]:
    """Return the arguments of CreateChangeSet: the stack's own parameters, tags and role are kept."""
    described = _described(client, half)
    kept = [
        {"ParameterKey": each["ParameterKey"], "UsePreviousValue": True} for each in described.get("Parameters", [])
    ]
    granted = {*described.get("Capabilities", []), *capabilities(original(client, half))}
    request: dict[str, Any] = {
        "StackName": half.stack,
        "ChangeSetName": name,
        "ChangeSetType": "UPDATE",
        "Description": "Written by `switch`: the active Region",
        "TemplateBody": update.body,
        "Parameters": kept,
        "Capabilities": sorted(granted),
    }
    if update.revert_drift:
        request["DeploymentMode"] = "REVERT_DRIFT"
    if "RoleARN" in described:
        request["RoleARN"] = described["RoleARN"]
    return request


def wait_for_change_set(tools: Tools, half: Half, name: str) -> bool:
    """Wait for a change set, and return whether it has changes. Raises InvalidTemplateError if it can't be made."""
    cloudformation = tools.client("cloudformation", half.region)

    def described() -> dict[str, Any]:
        return dict(cloudformation.describe_change_set(ChangeSetName=name, StackName=half.stack))

    advice = f"look at the change set {name} in {half.region}; then {AGAIN}"
    tools.wait(half.name, lambda: described()["Status"] in ("CREATE_COMPLETE", "FAILED"), CREATION, advice)
    found = described()
    if found["Status"] == "CREATE_COMPLETE":
        return True
    reason = str(found.get("StatusReason", ""))
    if any(text in reason for text in NO_CHANGES):
        return False
    advice = f"correct what it names in the file, deploy it to {half.region}, and {AGAIN}"
    raise InvalidTemplateError([Problem(half.name, f"CloudFormation refuses the update: {reason}", advice)])


def _changes(cloudformation: Any, half: Half, name: str) -> Iterator[dict[str, Any]]:
    """Return the resource changes of a change set, from all pages."""
    arguments = {"ChangeSetName": name, "StackName": half.stack}
    while True:
        page = cloudformation.describe_change_set(**arguments)
        yield from (change["ResourceChange"] for change in page.get("Changes", []) if "ResourceChange" in change)
        if not page.get("NextToken"):
            return
        arguments["NextToken"] = page["NextToken"]


def _refuse_losses(half: Half, changes: list[dict[str, Any]], update: Update) -> None:
    """Raise InvalidTemplateError if the change set deletes or replaces a data store."""
    allowed = {half.site + PRIMARY} if update.may_rebuild else set()
    lost = [
        change["LogicalResourceId"]
        for change in changes
        if change.get("ResourceType") in LASTING
        and (change["Action"] == "Remove" or change.get("Replacement") == "True")
        and change["LogicalResourceId"] not in allowed
    ]
    if lost:
        advice = "nothing was changed. See what differs with `diff`, deploy the file yourself, and run `switch` again"
        found = f"the update would replace or delete {', '.join(sorted(lost))}"
        raise InvalidTemplateError([Problem(half.name, found, advice)])


def failure(cloudformation: Any, half: Half, what: str = "update") -> Problem:
    """Return the reason of a failed creation or update: that of the first resource that failed in it.

    `what` is what failed, for the message.
    """
    reason = "see the stack's events"
    try:
        # Newest first, up to the beginning of this update.
        for event in cloudformation.describe_stack_events(StackName=half.stack)["StackEvents"]:
            status, own = event.get("ResourceStatus", ""), event["PhysicalResourceId"] == event["StackId"]
            if own and status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"):
                break
            if status.endswith("_FAILED") and event.get("ResourceStatusReason"):
                reason = f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
    except ClientError as error:
        reason = f"its events can't be read: {error.response['Error'].get('Code')}"
    advice = f"correct the reason; then {AGAIN}"
    return Problem(half.name, f"the {what} of the stack failed ({reason})", advice)
