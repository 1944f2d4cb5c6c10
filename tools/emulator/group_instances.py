"""Auto Scaling groups that replace an instance which is terminated, or all of them for an instance refresh.

ministack's groups list instances, all in one zone where the group has subnets, and have neither
TerminateInstanceInAutoScalingGroup nor a refresh that changes them.
Nothing runs behind the instances: a test that follows the list starts and ends processes.
"""

from typing import Any

from ministack.services import autoscaling, ec2  # type: ignore[import-not-found]

Json = dict[str, Any]


def register() -> None:
    """Add the termination, let a refresh replace what the group lists, and spread instances over the subnets' zones."""
    actions = autoscaling._ACTION_MAP
    own_reconcile = autoscaling._reconcile_instances

    def reconcile(group: Json) -> None:
        group["AvailabilityZones"] = _zones(group) or group["AvailabilityZones"]
        own_reconcile(group)

    autoscaling._reconcile_instances = reconcile
    own_refresh = actions["StartInstanceRefresh"]

    def refresh(params: Json) -> Any:
        answer = own_refresh(params)
        group = autoscaling._asgs.get(autoscaling._p(params, "AutoScalingGroupName"))
        if group is not None:
            for instance in list(group["Instances"]):
                _replace(group, instance["InstanceId"])
        return answer

    actions.update(StartInstanceRefresh=refresh, TerminateInstanceInAutoScalingGroup=_terminate)


def _zones(group: Json) -> list[str]:
    """Return the names of the zones of a group's subnets."""
    subnets = [ec2._subnets.get(name.strip()) for name in str(group.get("VPCZoneIdentifier") or "").split(",")]
    return [subnet["AvailabilityZone"] for subnet in subnets if subnet]


def _replace(group: Json, instance_id: str) -> None:
    """Take an instance out of its group, and put a new one in the same zone into its place."""
    place = next(number for number, each in enumerate(group["Instances"]) if each["InstanceId"] == instance_id)
    gone = group["Instances"].pop(place)
    autoscaling._reconcile_instances(group)
    if len(group["Instances"]) > place:
        new = group["Instances"].pop()
        group["Instances"].insert(place, {**new, "AvailabilityZone": gone["AvailabilityZone"]})


def _terminate(params: Json) -> Any:
    """End an instance. Without ShouldDecrementDesiredCapacity, the group launches another one."""
    instance_id = autoscaling._p(params, "InstanceId")
    groups = [
        group
        for group in autoscaling._asgs.values()
        if instance_id in [each["InstanceId"] for each in group["Instances"]]
    ]
    if not groups:
        return autoscaling._error(
            "ValidationError", f"Instance Id not found - No managed instance found: {instance_id}"
        )
    (group,) = groups
    if autoscaling._p(params, "ShouldDecrementDesiredCapacity") == "true":
        group["DesiredCapacity"] -= 1
        group["Instances"] = [each for each in group["Instances"] if each["InstanceId"] != instance_id]
    else:
        _replace(group, instance_id)
    action = "TerminateInstanceInAutoScalingGroup"
    activity = f"<Activity><ActivityId>{autoscaling.new_uuid()}</ActivityId>"
    activity += f"<AutoScalingGroupName>{group['AutoScalingGroupName']}</AutoScalingGroupName>"
    activity += f"<StatusCode>InProgress</StatusCode><Cause>Terminating {instance_id}</Cause></Activity>"
    return autoscaling._xml(200, f"{action}Response", f"<{action}Result>{activity}</{action}Result>")
