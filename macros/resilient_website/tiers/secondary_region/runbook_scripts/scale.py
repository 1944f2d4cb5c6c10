"""Starts the servers, and waits until they are healthy."""

import time
from typing import Any

import boto3


def handler(events: dict[str, Any], context: Any) -> dict[str, str]:
    """Give `Group` at least `Size` servers, healthy in `TargetGroup`. Raises TimeoutError after nine minutes."""
    del context
    groups, balancers, name, size = (
        boto3.client("autoscaling"),
        boto3.client("elbv2"),
        events["Group"],
        int(events["Size"]),
    )
    (group,) = groups.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    groups.resume_processes(AutoScalingGroupName=name, ScalingProcesses=["Launch"])
    if group["MinSize"] < size:
        sizes = {"DesiredCapacity": max(size, group["DesiredCapacity"]), "MaxSize": max(size, group["MaxSize"])}
        groups.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=size, **sizes)
    end, healthy = time.monotonic() + 540, 0
    while time.monotonic() < end:
        targets = balancers.describe_target_health(TargetGroupArn=events["TargetGroup"])["TargetHealthDescriptions"]
        healthy = [target["TargetHealth"]["State"] for target in targets].count("healthy")
        if healthy >= size:
            return {"Servers": f"{healthy} are healthy"}
        time.sleep(10)
    raise TimeoutError(f"{healthy} of {size} servers are healthy: the step is tried again")
