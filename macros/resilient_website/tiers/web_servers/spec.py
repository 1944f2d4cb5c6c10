"""The web servers' properties and defaults, and checks for invalid combinations."""

from dataclasses import field
from typing import Any

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.auto_scaling import MAX_LIFETIME_SECONDS, MAX_PAUSE_SECONDS, MIN_LIFETIME_SECONDS
from resilient_website.frozen import frozen
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.durations import Duration, seconds
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.reading.property_types import Boolean, Choice, Integer, Text
from resilient_website.tiers.web_servers.application import ArtifactSpec, DrainSpec
from resilient_website.tiers.web_servers.canary import CanarySpec
from resilient_website.tiers.web_servers.container import USER_DATA, ContainerSpec
from resilient_website.tiers.web_servers.environment import EnvironmentSpec
from resilient_website.tiers.web_servers.schedule import ScheduledActionSpec

# Of a health check. Source: "HealthCheckConfig", ResourcePath, in the Amazon Route 53 API Reference: 255 characters.
PATH = Text("a path, as in /health", r"/[!-~]{0,254}")

INSTANCE_TYPE = Text("an instance type, as in m7g.large", r"[a-z][a-z0-9-]*\.[a-z0-9-]+", longest=255)
LOG_FILES = ("/var/log/website/*.log", "/var/log/cloud-init-output.log")

# Where an Artifact may write logs: LOGS_DIRECTORY.
ARTIFACT_LOGS = "/var/log/website/app/*.log"

MIN_STARTUP_SECONDS = 300  # a server's time to boot, and to report why it fails


@frozen
class WebServersSpec(PropertyGroup):
    """The web servers' properties and defaults."""

    instance_type: str = prop(
        "InstanceType",
        INSTANCE_TYPE,
        "t4g.small",
        known_at_expansion=True,
        examples=("m7g.large", "c7g.2xlarge"),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.InstanceType",
        reason="Graviton: a fifth cheaper than x86 for the same work; 2 GiB of memory is enough for most applications",
    )
    instance_types: tuple[str, ...] = prop(
        "InstanceTypes",
        ListOf(INSTANCE_TYPE, 0, 39),
        (),
        known_at_expansion=True,
        examples=(["m7g.large"], ["c7g.large", "c7g.xlarge"]),
        maps_to="AWS::AutoScaling::AutoScalingGroup.MixedInstancesPolicy.LaunchTemplate.Overrides.InstanceType",
        reason="further types of the same architecture, for when InstanceType is not available (for Spot: the more "
        "types, the fewer interruptions)",
    )
    on_demand_base_capacity: int | None = prop(
        "OnDemandBaseCapacity",
        Integer(0, 1000),
        None,
        known_at_expansion=True,
        needs=(Need("WebServers.InstanceTypes", or_else=("WebServers.OnDemandPercentageAboveBaseCapacity",)),),
        maps_to="AWS::AutoScaling::AutoScalingGroup.MixedInstancesPolicy.InstancesDistribution.OnDemandBaseCapacity",
        reason="MinSize when absent: the minimum capacity never uses Spot",
    )
    on_demand_percentage: int = prop(
        "OnDemandPercentageAboveBaseCapacity",
        Integer(0, 100, unit="percent"),
        100,
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.MixedInstancesPolicy.InstancesDistribution.OnDemandPercentageAboveBaseCapacity",
        reason="no Spot; 0 uses Spot for all servers above the base, at about a third of the price and with two "
        "minutes' notice",
    )
    image_id: Value | None = prop(
        "ImageId",
        Text(
            "the id of an AMI, as in ami-0123456789abcdef0, or {{resolve:ssm:a parameter}}",
            r"ami-([0-9a-f]{8}|[0-9a-f]{17})|\{\{resolve:ssm:[^}]+\}\}",
        ),
        None,
        presence_decides=True,
        examples=("ami-0123456789abcdef0",),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.ImageId",
        reason="the newest Amazon Linux 2023 for the instance type's architecture when absent. Your own image that "
        "starts the application needs no UserData, Artifact or Container. It must include what the first boot uses: "
        "`dnf` or `/opt/aws/bin/cfn-signal`, `curl`, the AWS CLI, `python3`, systemd, `/dev/xvda` as its root volume",
    )
    min_size: int | None = prop(
        "MinSize",
        Integer(2, 500),
        None,
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.MinSize",
        reason="one server per zone when absent, which is also the minimum",
    )
    max_size: int | None = prop(
        "MaxSize",
        Integer(3, 1000),
        None,
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.MaxSize",
        reason="three times MinSize when absent: capacity for a traffic peak and a lost zone, with a limit on costs",
    )
    desired_capacity: int | None = prop(
        "DesiredCapacity",
        Integer(2, 1000),
        None,
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.DesiredCapacity",
        reason="absent, so that a stack update does not undo scaling",
    )
    port: int = prop(
        "Port",
        Integer(1, 65535),
        80,
        known_at_expansion=True,
        maps_to="AWS::ElasticLoadBalancingV2::TargetGroup.Port",
        reason="the port of the web servers; a change replaces the target group",
    )
    health_check_path: str = prop(
        "HealthCheckPath",
        PATH,
        "/",
        known_at_expansion=True,
        examples=("/health", "/status"),
        maps_to="AWS::ElasticLoadBalancingV2::TargetGroup.HealthCheckPath",
        reason="every application answers it. A dedicated page that needs no database is better: otherwise a "
        "database outage of more than 35 seconds, or a failover, makes every server unhealthy, and Auto Scaling "
        "replaces it. The load balancer sends the server's IP address as Host. CloudFront never caches this path",
    )
    user_data: Value | None = prop(
        "UserData",
        Text("a script; it runs once, as root, on the first boot"),
        None,
        presence_decides=True,
        examples=("#!/bin/sh\n/opt/shop/start\n",),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="a sample application when Artifact, Container and ImageId are also absent: it shows that all tiers are "
        "connected",
    )
    artifact: ArtifactSpec | None = prop(
        "Artifact",
        OptionalGroup(ArtifactSpec, has_defaults=False),
        None,
        known_at_expansion=True,
        needs=(
            Need("WebServers.Artifact.Bucket"),
            Need("WebServers.Artifact.Key"),
            Need("WebServers.Artifact.Command"),
        ),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="absent: UserData, a Container, your own image or the sample application is used",
    )
    container: ContainerSpec | None = prop(
        "Container",
        OptionalGroup(ContainerSpec, has_defaults=False),
        None,
        known_at_expansion=True,
        needs=(Need("WebServers.Container.Image"),),
        maps_to=f"{USER_DATA}, AWS::IAM::Role.Policies",
        reason="absent: UserData, an Artifact, your own image or the sample application is used. A container runs with "
        "Docker, and has the server's network, role and environment",
    )
    canary: CanarySpec | None = prop(
        "Canary",
        OptionalGroup(CanarySpec),
        None,
        known_at_expansion=True,
        maps_to="AWS::ElasticLoadBalancingV2::TargetGroup, AWS::ElasticLoadBalancingV2::Listener.DefaultActions, "
        "AWS::ElasticLoadBalancingV2::ListenerRule.Actions",
        reason="off: a release replaces the servers one by one. With it, a few new servers answer a share of the "
        "requests first, and CloudFormation rolls back if they fail (docs/operations.md)",
    )
    environment: EnvironmentSpec = prop(
        "Environment",
        Group(EnvironmentSpec),
        EnvironmentSpec(),
        reason="what the site provides: docs/reference/environment.md lists it",
    )
    cpu_target: Value = prop(
        "CpuUtilizationTarget",
        Integer(10, 90, unit="percent"),
        50,
        maps_to="AWS::AutoScaling::ScalingPolicy.TargetTrackingConfiguration.TargetValue",
        reason="percent; with three zones, losing one leaves the others at 75, which is still sustainable",
    )
    request_target: Value | None = prop(
        "RequestCountPerTarget",
        Integer(1, 1_000_000_000),
        None,
        presence_decides=True,
        maps_to="AWS::AutoScaling::ScalingPolicy",
        reason="requests per minute per server; absent, since only a load test shows the right number",
    )
    scheduled_actions: tuple[ScheduledActionSpec, ...] = prop(
        "ScheduledActions",
        ListOf(Group(ScheduledActionSpec), 0, 20),
        (),
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::ScheduledAction",
        reason="none: scaling follows the load; use it for traffic peaks that you know in advance",
    )
    max_instance_lifetime: Value | None = prop(
        "MaxInstanceLifetime",
        Integer(MIN_LIFETIME_SECONDS, MAX_LIFETIME_SECONDS, unit="seconds"),
        None,
        presence_decides=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.MaxInstanceLifetime",
        reason="seconds, at least a day; absent: servers run until an update replaces them with the newest image",
    )
    update_strategy: str = prop(
        "UpdateStrategy",
        Choice(("RollingUpdate", "InstanceRefresh")),
        "RollingUpdate",
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.UpdatePolicy",
        reason="waits for each server's signal that it is healthy, and rolls back the stack without one; an "
        "instance refresh relies on health checks and is faster for many servers",
    )
    drain: DrainSpec | None = prop(
        "Drain",
        OptionalGroup(DrainSpec),
        None,
        known_at_expansion=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.LifecycleHookSpecificationList, AWS::IAM::Role.Policies",
        reason="off: the load balancer already waits for requests to finish; for servers with other work (such as "
        "queues)",
    )
    impaired_zone: str = prop(
        "ImpairedZoneHealthCheckBehavior",
        Choice(("ReplaceUnhealthy", "IgnoreUnhealthy")),
        "ReplaceUnhealthy",
        maps_to="AWS::AutoScaling::AutoScalingGroup.AvailabilityZoneImpairmentPolicy.ImpairedZoneHealthCheckBehavior",
        reason="while traffic is shifted away from a zone, its servers are replaced in the other zones; "
        "IgnoreUnhealthy is for sites that always have capacity for the loss of a zone",
    )
    startup_timeout: str = prop(
        "StartupTimeout",
        Duration(MIN_STARTUP_SECONDS, MAX_PAUSE_SECONDS),
        "PT15M",
        known_at_expansion=True,
        examples=("PT15M", "PT30M"),
        maps_to="AWS::AutoScaling::AutoScalingGroup.CreationPolicy, AWS::AutoScaling::AutoScalingGroup.UpdatePolicy, "
        "AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="how long a new server may take to boot, install and answer its health check before the deployment "
        "is rolled back. Raise it for a large installation; a failing deployment is then detected later",
    )
    grace_period: Value | None = prop(
        "HealthCheckGracePeriod",
        Integer(0, 7200, unit="seconds"),
        None,
        presence_decides=True,
        maps_to="AWS::AutoScaling::AutoScalingGroup.HealthCheckGracePeriod",
        reason="seconds during which a new server's health checks are ignored; StartupTimeout when absent, so that "
        "no server is replaced while it is still starting",
    )
    volume_size: Value = prop(
        "VolumeSize",
        Integer(8, 16384, unit="GiB"),
        8,
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.BlockDeviceMappings.Ebs.VolumeSize",
        reason="GiB; what Amazon Linux needs, since servers store no data. A large container image needs more",
    )
    cloudwatch_agent: bool = prop(
        "CloudWatchAgent",
        Boolean(),
        True,
        known_at_expansion=True,
        maps_to="AWS::Logs::LogGroup, AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="memory and disk metrics and logs outlast the server; needs dnf, or an image with the agent",
    )
    log_files: tuple[Any, ...] = prop(
        "LogFiles",
        ListOf(Text("a path, * allowed, as in /var/log/nginx/*.log", r"/[!-~]+"), 1, 20),
        LOG_FILES,
        known_at_expansion=True,
        examples=(["/var/log/nginx/*.log"], ["/var/log/shop.log"]),
        maps_to="AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData",
        reason="the logs of the sample application, an Artifact and the boot. The files that an Artifact writes to "
        "LOGS_DIRECTORY (/var/log/website/app/*.log) are always included",
    )

    # In a half of a site with a copy in another Region: how many servers it has while it is the active one.
    active_size: int | None = field(default=None, kw_only=True)

    @property
    def has_application(self) -> bool:
        """Whether the servers run an application of the user's, not the sample."""
        return any(each is not None for each in (self.artifact, self.container, self.user_data, self.image_id))

    @property
    def images(self) -> tuple[Value, ...]:
        """The container images that servers pull: the site's, and a canary's."""
        of_canary = self.canary.image if self.canary else None
        return tuple(each for each in (self.container and self.container.image, of_canary) if each is not None)

    @property
    def every_log_file(self) -> tuple[Any, ...]:
        """The log files that are sent to CloudWatch; an Artifact's own always are."""
        own = (ARTIFACT_LOGS,) if self.artifact is not None else ()
        return tuple(dict.fromkeys((*self.log_files, *own)))

    @property
    def all_types(self) -> tuple[str, ...]:
        """All instance types, the preferred one first."""
        return tuple(dict.fromkeys((self.instance_type, *self.instance_types)))

    @property
    def grace_seconds(self) -> Value:
        """How long a new server's health checks are ignored."""
        return seconds(self.startup_timeout) if self.grace_period is None else self.grace_period

    @property
    def is_mixed(self) -> bool:
        """Whether the group uses several instance types or Spot."""
        return len(self.all_types) > 1 or self.on_demand_percentage < 100


def sizes(spec: WebServersSpec, zone_count: int) -> tuple[int, int]:
    """Return the group's minimum and maximum size."""
    least = zone_count if spec.min_size is None else spec.min_size
    return least, spec.max_size or 3 * least
