"""How a failed transform shows: as on AWS, where transforms run after the request was accepted.

A change set becomes FAILED, a stack rolls back before it created anything; ministack refuses the request instead.
"""

import html
import json
import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region, new_uuid, now_iso  # type: ignore[import-not-found]
from ministack.services import cloudformation  # type: ignore[import-not-found]
from ministack.services.cloudformation import changesets, handlers, helpers, stacks  # type: ignore[import-not-found]

from tools.emulator import transforms

Json = dict[str, Any]
Response = tuple[int, Any, Any]

# A template that is always right, for the record of a change set whose own template has no processed form.
_STAND_IN = {"Resources": {"None": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}


def register() -> None:
    """Wrap the three actions that apply transforms."""
    # ministack checks capabilities only with AUTH, together with IAM; CloudFormation always does.
    handlers._capabilities_enforced = lambda: True
    for action, show, needs_capability in (
        ("CreateStack", _failed_create, True),
        ("UpdateStack", _failed_update, True),
        ("CreateChangeSet", _failed_change_set, False),
    ):
        handlers._ACTION_HANDLERS[action] = _showing(handlers._ACTION_HANDLERS[action], show, needs_capability)


def _showing(
    own_action: Callable[[Json], Response], show: Callable[[Json, str], Response], needs_capability: bool
) -> Callable[[Json], Response]:
    def action(params: Json) -> Response:
        capabilities = helpers._extract_string_members(params, "Capabilities")
        may_expand = not needs_capability or "CAPABILITY_AUTO_EXPAND" in capabilities
        with transforms.watched(may_expand=may_expand) as run:
            answer = own_action(params)
        reason = _error_message(answer)
        return show(params, reason) if run.ran and reason and reason != "No updates are to be performed." else answer

    return action


def _error_message(answer: Response) -> str:
    if answer[0] < 400:
        return ""
    text = answer[2].decode() if isinstance(answer[2], bytes) else str(answer[2])
    found = re.search("<Message>(.*?)</Message>", text, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def _failed_change_set(params: Json, reason: str) -> Response:
    kept = {
        key: value for key, value in params.items() if not key.startswith(("Template", "UsePrevious", "Parameters"))
    }
    answer: Response = changesets._create_change_set({**kept, "TemplateBody": [json.dumps(_STAND_IN)]})
    if answer[0] >= 400:
        return answer
    _, record = changesets._find_change_set(helpers._p(params, "ChangeSetName"), helpers._p(params, "StackName"))
    record.update(
        Status="FAILED",
        ExecutionStatus="UNAVAILABLE",
        StatusReason=reason,
        Changes=[],
        _template={},
        _template_body=helpers._resolve_template(params)[0] or "{}",
    )
    return answer


def _failed_create(params: Json, reason: str) -> Response:
    name = helpers._p(params, "StackName")
    stack_id = f"arn:aws:cloudformation:{get_region()}:{get_account_id()}:stack/{name}/{new_uuid()}"
    cloudformation._stacks[name] = {
        "StackName": name,
        "StackId": stack_id,
        "CreationTime": now_iso(),
        "Tags": helpers._extract_members(params, "Tags"),
        "_region": get_region(),
        "_resources": {},
        "_template": {},
        "_template_body": helpers._resolve_template(params)[0] or "{}",
        "_resolved_params": {},
        "_conditions": {},
    }
    _roll_back(
        cloudformation._stacks[name], ("CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "ROLLBACK_COMPLETE"), reason
    )
    return _accepted("CreateStack", stack_id)


def _failed_update(params: Json, reason: str) -> Response:
    stack = handlers._resolve_stack(helpers._p(params, "StackName"))
    statuses = ("UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE")
    _roll_back(stack, statuses, reason)
    return _accepted("UpdateStack", stack["StackId"])


def _roll_back(stack: Json, statuses: tuple[str, str, str], reason: str) -> None:
    """Take a stack through an operation that did nothing."""
    stack.update(StackStatus=statuses[-1], StackStatusReason=reason, LastUpdatedTime=now_iso())
    for status, reported in zip(statuses, ("User Initiated", reason, ""), strict=True):
        name, stack_id = stack["StackName"], stack["StackId"]
        stacks._add_event(stack_id, name, name, "AWS::CloudFormation::Stack", status, reported, stack_id)


def _accepted(action: str, stack_id: str) -> Response:
    body = f"<{action}Result><StackId>{stack_id}</StackId></{action}Result>"
    answer: Response = helpers._xml(200, f"{action}Response", body)
    return answer
