"""Updates the stack of a half by a change set, which is read before it is executed: no data store may be lost by it.

With `revert_drift`, the change set compares with the real resources instead of the last template. So a database that
was promoted outside the stack is what the template wants, and nothing is done to it, where an ordinary update would
promote it again and fail. Source: "Using drift-aware change sets" in the CloudFormation User Guide.
"""

from dataclasses import dataclass
from typing import Any

from cli.deployed.stack_update import GOOD, Request, StackUpdate
from cli.deployed.tools import AGAIN, Tools
from cli.switch.half import Half
from resilient_website.facts.stores import STORES
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.database.instances import PRIMARY

# Their data would be lost, or left behind; but a standby half may have no cache and no backups of its own.
LASTING = {type_name for type_name, kind in STORES.items() if kind.noun not in ("cache", "backup vault", "secret")}


@dataclass(frozen=True)
class Update:
    """An update: the template's body, how drift is handled, and whether the database may be replaced by a replica."""

    body: str
    revert_drift: bool
    may_rebuild: bool = False


def wait_until_idle(tools: Tools, half: Half) -> str:
    """Wait until no update of the stack runs, and return its status. Raises InvalidTemplateError if it takes none."""
    return updates(tools, half).wait_until_idle()


def run_update(tools: Tools, half: Half, update: Update) -> None:
    """Update the stack and wait until it is done. Raises InvalidTemplateError with the first reason if it fails."""
    stack = updates(tools, half)
    stack.wait_until_idle()
    name = f"switch-{tools.now():%Y%m%d%H%M%S}"
    more = {"DeploymentMode": "REVERT_DRIFT"} if update.revert_drift else {}
    if not stack.create(name, Request("Written by `switch`: the active Region", update.body, more=more)):
        tools.say(f"  the stack in {half.region} already has all of it")
        return
    changes = list(stack.changes(name))
    _refuse_losses(half, changes, update)
    # Without replacements, a failed update stays where it is. A rollback would make the promoted database a replica
    # again, which no update can. Source: "Choose how to handle failures when provisioning resources", CloudFormation.
    stays = all(change.get("Replacement", "False") == "False" for change in changes)
    stack.execute(name, DisableRollback=stays)
    if stack.wait_until_idle() not in GOOD:
        raise InvalidTemplateError([stack.failure()])


def updates(tools: Tools, half: Half) -> StackUpdate:
    """Return what updates the half's stack."""
    return StackUpdate(tools, half.region, half.stack, half.name, AGAIN)


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
