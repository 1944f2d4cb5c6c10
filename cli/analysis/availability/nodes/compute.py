"""Auto Scaling groups and their launch templates."""

from dataclasses import dataclass
from typing import Any

from cli.analysis.availability import documented_timings
from cli.analysis.availability.references import referenced_id, referenced_ids
from cli.analysis.availability.resources import Properties, Resource, Resources
from resilient_website.instance.scripts import sample_applications


@dataclass(frozen=True)
class LaunchTemplate:
    """A launch template: its security groups, and the logical ids that its configuration refers to."""

    logical_id: str
    groups: tuple[str, ...]
    referenced_ids: frozenset[str]
    text: str

    @property
    def sample_application(self) -> bool:
        """Whether the servers run the macro's sample application."""
        return any(script in self.text for script in sample_applications())


@dataclass(frozen=True)
class ServerGroup:
    """An Auto Scaling group: the subnets or zones of its servers, and their minimum number.

    `elb_checked`: it replaces a server that fails the load balancer's health check.
    """

    logical_id: str
    subnets: tuple[str, ...]
    zones: tuple[str, ...]
    least: int
    target_groups: tuple[str, ...]
    launch_template: str
    start_seconds: int
    elb_checked: bool


def launch_templates(resources: Resources) -> dict[str, LaunchTemplate]:
    """Return the launch templates by logical id; launch configurations are included."""
    return {
        made.logical_id: _launch_template(made)
        for made in resources.of_type("AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration")
    }


def server_groups(resources: Resources) -> dict[str, ServerGroup]:
    """Return the Auto Scaling groups by logical id."""
    return {made.logical_id: _group(made) for made in resources.of_type("AWS::AutoScaling::AutoScalingGroup")}


def _launch_template(made: Resource) -> LaunchTemplate:
    data = made.properties.inner("LaunchTemplateData")
    data = data if data.held else made.properties
    interfaces = tuple(group for interface in data.each("NetworkInterfaces") for group in interface.texts("Groups"))
    groups = data.texts("SecurityGroupIds") or data.texts("SecurityGroups") or interfaces
    return LaunchTemplate(made.logical_id, groups, referenced_ids(dict(data.held)), _strings(data.held))


def _strings(value: Any) -> str:
    """Return all texts in a value, to search for names."""
    if isinstance(value, dict):
        return "\n".join(map(_strings, value.values()))
    return "\n".join(map(_strings, value)) if isinstance(value, list) else str(value)


def _group(made: Resource) -> ServerGroup:
    held = made.properties
    least = held.number("MinSize", 0)
    return ServerGroup(
        logical_id=made.logical_id,
        subnets=held.texts("VPCZoneIdentifier"),
        zones=held.texts("AvailabilityZones"),
        least=max(least, held.number("DesiredCapacity", least)),
        target_groups=held.texts("TargetGroupARNs"),
        launch_template=_launched_from(held),
        start_seconds=held.number("DefaultInstanceWarmup", documented_timings.DEFAULT_INSTANCE_WARMUP.seconds.high),
        elb_checked="ELB" in held.text("HealthCheckType"),
    )


def _launched_from(held: Properties) -> str:
    """Return the launch template's logical id; empty if it is not in the template."""
    mixed = held.inner("MixedInstancesPolicy").inner("LaunchTemplate").inner("LaunchTemplateSpecification")
    given = (
        held.inner("LaunchTemplate").text("LaunchTemplateId"),
        mixed.text("LaunchTemplateId"),
        held.text("LaunchConfigurationName"),
    )
    return next((name for name in map(referenced_id, given) if name), "")
