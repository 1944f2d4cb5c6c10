"""The servers of a deployed site: the members of its group, and the state of its targets."""

from collections.abc import Callable, Mapping
from typing import Any

from cli.deployed.site import TARGET_GROUP, DeployedSite
from resilient_website.tiers.web_servers.group import GROUP

HEALTHY = "healthy"


def members(client: Callable[[str, str], Any], site: DeployedSite) -> tuple[Mapping[str, Any], ...]:
    """Return the instances of the site's group, as DescribeAutoScalingGroups lists them."""
    name = str(site.find(GROUP))
    found = client("autoscaling", site.region).describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    return tuple(each for group in found["AutoScalingGroups"] for each in group.get("Instances", []))


def healthy_targets(
    client: Callable[[str, str], Any], site: DeployedSite, target_group: str = TARGET_GROUP
) -> frozenset[str]:
    """Return the instances that the load balancer sends requests to, of the site's target group or a canary's."""
    found = client("elbv2", site.region).describe_target_health(TargetGroupArn=str(site.find(target_group)))
    return frozenset(
        each["Target"]["Id"] for each in found["TargetHealthDescriptions"] if each["TargetHealth"]["State"] == HEALTHY
    )
