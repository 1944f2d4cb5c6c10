"""The servers of a half: the Auto Scaling group, and which of its servers are healthy in the target group."""

from dataclasses import dataclass
from typing import Any

from cli.deployed.site import TARGET_GROUP
from cli.switch.half import Half
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.web_servers.group import ACTIVE_SIZE, GROUP

# The process that starts servers. Suspended, the group stays empty also if a schedule or a scaling policy changes it.
LAUNCH = "Launch"


@dataclass(frozen=True)
class Servers:
    """A group: its size now, how many servers it has and how many of them are healthy, and its size while active."""

    group: str
    minimum: int
    desired: int
    maximum: int
    instances: int
    healthy: int
    active_size: int
    launches: bool

    @property
    def empty(self) -> bool:
        """Whether no server runs, and none will be started."""
        return not self.launches and self.desired == 0 and self.instances == 0

    @property
    def full(self) -> bool:
        """Whether the group has its size while active, and as many servers are healthy."""
        return self.launches and self.minimum >= self.active_size and self.healthy >= self.active_size


def read_servers(client: Any, half: Half) -> Servers:
    """Return the half's servers. Raises InvalidTemplateError if the group is gone."""
    name = half.physical(GROUP)
    groups = client("autoscaling", half.region).describe_auto_scaling_groups(AutoScalingGroupNames=[name])[
        "AutoScalingGroups"
    ]
    if not groups:
        advice = "deploy the file to this Region again"
        raise InvalidTemplateError([Problem(half.name, f"the Auto Scaling group {name} does not exist", advice)])
    (group,) = groups
    tags = {tag["Key"]: tag["Value"] for tag in group.get("Tags", [])}
    targets = client("elbv2", half.region).describe_target_health(TargetGroupArn=half.physical(TARGET_GROUP))
    states = [target["TargetHealth"]["State"] for target in targets["TargetHealthDescriptions"]]
    return Servers(
        group=name,
        minimum=group["MinSize"],
        desired=group["DesiredCapacity"],
        maximum=group["MaxSize"],
        instances=len(group["Instances"]),
        healthy=states.count("healthy"),
        # A stack from before the tag: the largest size is the safe one.
        active_size=int(tags.get(ACTIVE_SIZE, group["MaxSize"])),
        launches=LAUNCH not in {process["ProcessName"] for process in group.get("SuspendedProcesses", [])},
    )
