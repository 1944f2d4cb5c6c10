"""Rollback triggers of updates by change set, which ministack does not know: an alarm rolls the update back.

The alarms are watched after the update has changed all resources, for a second instead of each minute. Resources that
an update replaced or removed are gone by then, which on AWS they are not: this is for updates that do neither.

Source: "Roll back your CloudFormation stack on alarm breach with rollback triggers" in the AWS CloudFormation User
Guide.
"""

import asyncio
import re
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict  # type: ignore[import-not-found]
from ministack.services import cloudformation, cloudwatch  # type: ignore[import-not-found]
from ministack.services.cloudformation import changesets, handlers, stacks  # type: ignore[import-not-found]

Json = dict[str, Any]

SECONDS_OF_A_MINUTE = 1
PAUSE_SECONDS = 0.1

_FIELD = "RollbackConfiguration"
_STACK_ID = re.compile(rb"<StackId>([^<]*)</StackId>")

# By stack and change set.
_requested = AccountRegionScopedDict()


def register() -> None:
    """Wrap the actions that take and show the configuration, and what runs an update."""
    actions = handlers._ACTION_HANDLERS
    own_create, own_execute = actions["CreateChangeSet"], actions["ExecuteChangeSet"]
    own_describe, own_deploy = actions["DescribeStacks"], changesets._deploy_stack_async

    def create(params: Json) -> Any:
        if f"{_FIELD}.MonitoringTimeInMinutes" in params:
            _requested[_key(params)] = _read(params)
        return own_create(params)

    def execute(params: Json) -> Any:
        stack = cloudformation._stacks.get(handlers._p(params, "StackName"))
        if stack and _key(params) in _requested:
            stack[_FIELD] = _requested.pop(_key(params))
        return own_execute(params)

    def describe(params: Json) -> Any:
        status, headers, body = own_describe(params)
        return status, headers, _STACK_ID.sub(lambda found: found[0] + _shown(found[1].decode()), body)

    async def deploy(name: str, stack_id: str, template: Json, values: Json, *more: Any, **options: Any) -> None:
        await own_deploy(name, stack_id, template, values, *more, **options)
        stack = cloudformation._stacks[name]
        if options.get("is_update") and stack["StackStatus"] == "UPDATE_COMPLETE" and stack.get(_FIELD):
            await _watch(name, stack, template, values, options["previous_stack"])

    actions.update(CreateChangeSet=create, ExecuteChangeSet=execute, DescribeStacks=describe)
    changesets._deploy_stack_async = deploy


def _key(params: Json) -> tuple[str, str]:
    return handlers._p(params, "StackName"), handlers._p(params, "ChangeSetName")


def _read(params: Json) -> Json:
    """Return the configuration of a request: the names of the alarms, and the minutes."""
    prefix, alarms = f"{_FIELD}.RollbackTriggers.member", list[str]()
    while arn := handlers._p(params, f"{prefix}.{len(alarms) + 1}.Arn"):
        alarms.append(arn)
    return {"Arns": alarms, "Minutes": int(handlers._p(params, f"{_FIELD}.MonitoringTimeInMinutes"))}


def _shown(stack_id: str) -> bytes:
    stack: Json = next((each for each in cloudformation._stacks.values() if each["StackId"] == stack_id), {})
    found = stack.get(_FIELD)
    if not found:
        return b""
    triggers = "".join(f"<member><Arn>{arn}</Arn><Type>AWS::CloudWatch::Alarm</Type></member>" for arn in found["Arns"])
    minutes = f"<MonitoringTimeInMinutes>{found['Minutes']}</MonitoringTimeInMinutes>"
    return f"<{_FIELD}><RollbackTriggers>{triggers}</RollbackTriggers>{minutes}</{_FIELD}>".encode()


async def _watch(name: str, stack: Json, template: Json, values: Json, previous: Json) -> None:
    """Take the completion back until the monitoring time has passed, or roll the update back."""
    events = cloudformation._stack_events[stack["StackId"]]
    completion = events.pop()
    stack["StackStatus"] = "UPDATE_IN_PROGRESS"
    end = time.monotonic() + stack[_FIELD]["Minutes"] * SECONDS_OF_A_MINUTE
    while not (alarms := [arn for arn in stack[_FIELD]["Arns"] if _starts(arn)]) and time.monotonic() < end:
        await asyncio.sleep(PAUSE_SECONDS)
    if not alarms:
        stack["StackStatus"] = "UPDATE_COMPLETE"
        events.append(completion)
        return
    changed = stacks._topological_sort(template["Resources"], stack["_conditions"])
    tags = stack.get("Tags") or []
    operation = stacks._failed_operation(
        True, previous, changed, None, None, [], False, template, values, False, tags, previous.get("Tags") or []
    )
    reason = f"The following rollback triggers are in ALARM state: {alarms}"
    await stacks._roll_back_operation(name, stack["StackId"], stack, operation, reason)


def _starts(arn: str) -> bool:
    """Tell whether an alarm rolls back: it is in ALARM, or it does not exist."""
    alarm = cloudwatch._alarms.get(arn.split(":alarm:")[1])
    return alarm is None or alarm["StateValue"] == "ALARM"
