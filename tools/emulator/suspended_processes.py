"""Suspended processes of Auto Scaling groups, which ministack does not know: they are said, and Launch starts nothing.

Source: "Suspend and resume Amazon EC2 Auto Scaling processes" in the EC2 Auto Scaling User Guide.
"""

import re
from typing import Any

from ministack.services import autoscaling  # type: ignore[import-not-found]

Json = dict[str, Any]

LAUNCH = "Launch"
PROCESSES = (
    "AddToLoadBalancer",
    "AlarmNotification",
    "AZRebalance",
    "HealthCheck",
    "InstanceRefresh",
    LAUNCH,
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
)
_FIELD = "SuspendedProcesses"
_NAME = re.compile(rb"<AutoScalingGroupName>([^<]*)</AutoScalingGroupName>(?=<AutoScalingGroupARN>)")


def register() -> None:
    """Add both actions, and let groups say what is suspended."""
    actions = autoscaling._ACTION_MAP
    own_describe, own_reconcile = actions["DescribeAutoScalingGroups"], autoscaling._reconcile_instances

    def describe(params: Json) -> Any:
        status, headers, body = own_describe(params)
        return status, headers, _NAME.sub(lambda found: found[0] + _said(found[1].decode()), body)

    def reconcile(group: Json) -> None:
        if LAUNCH not in group.get(_FIELD, []) or group["DesiredCapacity"] <= len(group["Instances"]):
            own_reconcile(group)

    actions.update(DescribeAutoScalingGroups=describe, SuspendProcesses=_suspend, ResumeProcesses=_resume)
    autoscaling._reconcile_instances = reconcile


def _said(name: str) -> bytes:
    entries = autoscaling._asgs[name].get(_FIELD, [])
    members = "".join(f"<member><ProcessName>{entry}</ProcessName></member>" for entry in entries)
    return f"<{_FIELD}>{members}</{_FIELD}>".encode()


def _suspend(params: Json) -> Any:
    return _change(params, "Suspend", lambda now, named: sorted({*now, *named}))


def _resume(params: Json) -> Any:
    return _change(params, "Resume", lambda now, named: sorted({*now} - {*named}))


def _change(params: Json, verb: str, change: Any) -> Any:
    """Change what is suspended in a group; without names, all processes are meant."""
    group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
    named = autoscaling._parse_member_list(params, "ScalingProcesses") or PROCESSES
    if group is None:
        return autoscaling._error("ValidationError", "AutoScalingGroup name not found - null")
    unknown = [name for name in named if name not in PROCESSES]
    if unknown:
        return autoscaling._error("ValidationError", f"{unknown[0]} is not a valid process type.")
    group[_FIELD] = change(group.get(_FIELD, []), named)
    autoscaling._reconcile_instances(group)
    return autoscaling._xml(200, f"{verb}ProcessesResponse", "")
