"""The charges of web servers: instances, their disks, public addresses and detailed monitoring."""

from collections.abc import Iterator

from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.resources import Properties, Resource, Resources
from cli.analysis.costs.charge import Amounts, Charge, Tier
from cli.analysis.costs.price_list import PriceList

# Metrics of an instance with detailed monitoring. Source: "List the available CloudWatch metrics for your instances".
DETAILED_METRICS = 7

# The root volume of Amazon Linux 2023, in GiB.
DEFAULT_DISK = 8


def charges(resources: Resources, prices: PriceList) -> Iterator[Charge]:
    """Yield the charges of every Auto Scaling group."""
    for group in resources.of_type("AWS::AutoScaling::AutoScalingGroup"):
        launch = _launch_data(resources, group)
        servers = _sizes(group.properties)
        name = _instance_type(group.properties, launch)

        def charge(what: str, units: Amounts, price: float | None, group: Resource = group) -> Charge:
            return Charge(Tier.WEB_SERVERS, group.logical_id, what, units, price)

        yield charge(f"server {name}, On-Demand", servers, prices.of_class("server", name))
        yield charge("GiB of server disk, gp3", servers.times(_disk(launch)), prices.monthly["server_disk"])
        if launch.inner("Monitoring").flag("Enabled"):
            metrics = servers.times(DETAILED_METRICS)
            yield charge("metric of detailed monitoring", metrics, prices.monthly["metric"])
        if _is_public(resources, group.properties, launch):
            yield charge("public IPv4 address of a server", servers, prices.of_hours("public_address"))


def _sizes(group: Properties) -> Amounts:
    least = group.number("MinSize", 1)
    return Amounts(least, group.number("DesiredCapacity", least), group.number("MaxSize", least))


def _launch_data(resources: Resources, group: Resource) -> Properties:
    specification = group.properties.inner("LaunchTemplate")
    if not specification.held:
        template = group.properties.inner("MixedInstancesPolicy").inner("LaunchTemplate")
        specification = template.inner("LaunchTemplateSpecification")
    found = resources.held.get(referenced_id(specification.any("LaunchTemplateId")) or "")
    return found.properties.inner("LaunchTemplateData") if found else Properties({})


def _instance_type(group: Properties, launch: Properties) -> str:
    """Return the type of the first choice; the others of a mixed group cost about the same."""
    choices = group.inner("MixedInstancesPolicy").inner("LaunchTemplate").each("Overrides")
    return next((each.text("InstanceType") for each in choices), launch.text("InstanceType"))


def _disk(launch: Properties) -> int:
    return sum(device.inner("Ebs").number("VolumeSize", DEFAULT_DISK) for device in launch.each("BlockDeviceMappings"))


def _is_public(resources: Resources, group: Properties, launch: Properties) -> bool:
    if any(each.flag("AssociatePublicIpAddress") for each in launch.each("NetworkInterfaces")):
        return True
    subnets = (resources.held.get(referenced_id(name) or "") for name in group.texts("VPCZoneIdentifier"))
    return any(subnet is not None and subnet.properties.flag("MapPublicIpOnLaunch") for subnet in subnets)
