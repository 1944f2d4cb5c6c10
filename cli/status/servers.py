"""The servers: which targets answer in each zone, and whether the Auto Scaling group has what it wants."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from cli.aws_findings.aws import Aws
from cli.deployed.servers import HEALTHY
from cli.deployed.site import CANARY_TARGET_GROUP, GROUP_TYPE, TARGET_GROUP_TYPE, DeployedSite
from cli.status.rows import Row, State, good

TIER = "servers"

# States of a target that comes or goes as planned. Source: "Health checks for Application Load Balancer target groups",
# target health status.
INITIAL, DRAINING = "initial", "draining"

# Source: "DescribeInstanceRefreshes" in the Amazon EC2 Auto Scaling API Reference.
REFRESHING = ("Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking")


def targets(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield a row for each zone: how many targets are healthy, and why others are not."""
    for resource in site.of_type(TARGET_GROUP_TYPE):
        answer = aws.ask("elbv2", "describe_target_health", TargetGroupArn=resource.physical_id)
        zones = _zones(site, aws)
        by_zone: dict[str, list[Any]] = defaultdict(list)
        for each in answer.get("TargetHealthDescriptions", []):
            by_zone[zones.get(each["Target"]["Id"], "zone unknown")].append(each)
        is_canary = resource.logical_id.startswith(site.name + CANARY_TARGET_GROUP)
        if not by_zone and not is_canary:
            size = _groups(site, aws)[0].get("DesiredCapacity", 0) if _groups(site, aws) else 0
            found = "no target is registered" + ("" if size else ": the group's desired capacity is 0")
            yield Row(TIER, "targets", State.DOWN if size else State.NOTE, found)
        which = "canary's targets" if is_canary else "targets"
        for zone, described in sorted(by_zone.items()):
            yield _zone(f"{which} in {zone}", described)


def _zone(what: str, described: list[Any]) -> Row:
    states = Counter(each["TargetHealth"]["State"] for each in described)
    counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    reasons = sorted({_reason(each) for each in described if each["TargetHealth"]["State"] != HEALTHY})
    return Row(TIER, what, _state(states), "; ".join((counts, *filter(None, reasons))))


def _state(states: Mapping[str, int]) -> State:
    """Return the state of a zone by those of its targets. Targets that only leave belong to servers that are gone."""
    if set(states) == {DRAINING}:
        return State.NOTE
    failed = set(states) - {HEALTHY, DRAINING, INITIAL}
    if HEALTHY in states:
        return good(not failed)
    return State.DOWN if failed else State.DEGRADED


def _reason(described: Any) -> str:
    health = described["TargetHealth"]
    said = health.get("Description") or health.get("Reason")
    return f"{described['Target']['Id']} is {health['State']} ({said})" if said else ""


def groups(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield the group's size and last activity, and an instance refresh that runs."""
    found = _groups(site, aws)
    names = {group["AutoScalingGroupName"] for group in found}
    for resource in site.of_type(GROUP_TYPE):
        if resource.physical_id not in names:
            yield Row(TIER, "group", State.DOWN, f"{resource.physical_id} does not exist")
    for group in found:
        yield _size(group)
        yield from _activity(group["AutoScalingGroupName"], aws)
        yield from _refresh(group["AutoScalingGroupName"], aws)


def _size(group: Any) -> Row:
    serving = sum(each["LifecycleState"] == "InService" for each in group.get("Instances", []))
    desired = group["DesiredCapacity"]
    suspended = sorted(each["ProcessName"] for each in group.get("SuspendedProcesses", []))
    found = f"{serving} of {desired} in service (from {group['MinSize']} to {group['MaxSize']})"
    found += f"; suspended: {', '.join(suspended)}" if suspended else ""
    state = State.DOWN if desired and not serving else good(serving >= desired and not suspended)
    return Row(TIER, "group", state, found)


def _activity(name: str, aws: Aws) -> Iterator[Row]:
    newest = aws.first_page("autoscaling", "describe_scaling_activities", AutoScalingGroupName=name, MaxRecords=1)
    for each in newest.get("Activities", [])[:1]:
        failed = each["StatusCode"] in ("Failed", "Cancelled")
        said = f"; {each['StatusMessage']}" if each.get("StatusMessage") else ""
        found = f"{each['StartTime']:%Y-%m-%d %H:%M} UTC {each['StatusCode']}: {each.get('Description', '')}{said}"
        # Only a note: if the group lacks servers because of it, the row of the group says so.
        yield Row(TIER, "last activity", State.NOTE if failed else State.OK, found)


def _refresh(name: str, aws: Aws) -> Iterator[Row]:
    answer = aws.first_page("autoscaling", "describe_instance_refreshes", AutoScalingGroupName=name, MaxRecords=1)
    for each in answer.get("InstanceRefreshes", [])[:1]:
        if each["Status"] in REFRESHING:
            found = f"{each['Status']}, {each.get('PercentageComplete', 0)} %"
            yield Row(TIER, "instance refresh", State.NOTE, found)


def _groups(site: DeployedSite, aws: Aws) -> list[Any]:
    names = [resource.physical_id for resource in site.of_type(GROUP_TYPE)]
    answer = aws.ask("autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=names)
    return list(answer.get("AutoScalingGroups", []))


def _zones(site: DeployedSite, aws: Aws) -> dict[str, str]:
    """Return the zone of each instance. A target of an instance has none in Elastic Load Balancing."""
    instances = [each for group in _groups(site, aws) for each in group.get("Instances", [])]
    return {each["InstanceId"]: each["AvailabilityZone"] for each in instances}
