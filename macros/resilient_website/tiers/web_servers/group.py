"""The Auto Scaling group: sizes, instance types, zones, and replacement of servers."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, GetAtt, Join, Ref, autoscaling, policies

from resilient_website.cloudformation.troposphere_patches import UpdatePolicy
from resilient_website.context import Context
from resilient_website.tiers.web_servers.result import Dependencies
from resilient_website.tiers.web_servers.spec import WebServersSpec, sizes

GROUP = "AutoScalingGroup"
HOOK_NAME = "drain"
# The tag with the number of servers that the group has at least while its half of a site with a copy is active: a
# standby half's group is smaller.
ACTIVE_SIZE = "resilient-website:active-size"

# The warm-up time until a new server handles its share of the load, for scaling.
WARMUP_SECONDS = 120
# An instance refresh launches before it terminates, a tenth at a time.
MAX_HEALTHY_PERCENT = 110

# Processes suspended during a rolling update. Source: "UpdatePolicy attribute", AutoScalingRollingUpdate.
SUSPENDED_WHILE_ROLLING = ["HealthCheck", "ReplaceUnhealthy", "AZRebalance", "AlarmNotification", "ScheduledActions"]


class Part(NamedTuple):
    """Which of the site's servers: the logical ids of their group and launch template, and the end of their name."""

    group: str
    launch_template: str
    name: str


SITE = Part(GROUP, "WebLaunchTemplate", "web")
# Not called an Auto Scaling group: commands find a stack's sites by that end of a logical id.
CANARY = Part("CanaryGroup", "CanaryLaunchTemplate", "canary")


def build(
    context: Context,
    spec: WebServersSpec,
    deps: Dependencies,
    waits_for: list[str],
    part: Part = SITE,
    target_group_arn: AWSHelperFn | None = None,
) -> autoscaling.AutoScalingGroup:
    """Return the group, which depends on `waits_for`. The canary's has a target group of its own."""
    least, most = sizes(spec, deps.network.zone_count)
    desired = {"DesiredCapacity": str(spec.desired_capacity)} if spec.desired_capacity is not None else {}
    return autoscaling.AutoScalingGroup(
        context.id(part.group),
        DependsOn=waits_for,
        **_creation_policy(spec, spec.desired_capacity or least),
        UpdatePolicy=_update_policy(spec, least),
        VPCZoneIdentifier=list(deps.network.web_subnets),
        MinSize=str(least),
        MaxSize=str(most),
        **desired,
        **_launched_from(context.id(part.launch_template), spec, least),
        TargetGroupARNs=[target_group_arn or deps.load_balancer.target_group_arn],
        HealthCheckType="ELB",
        HealthCheckGracePeriod=spec.grace_seconds,
        DefaultInstanceWarmup=WARMUP_SECONDS,
        AvailabilityZoneDistribution=autoscaling.AvailabilityZoneDistribution(
            CapacityDistributionStrategy="balanced-best-effort"
        ),
        AvailabilityZoneImpairmentPolicy=autoscaling.AvailabilityZoneImpairmentPolicy(
            ZonalShiftEnabled=True, ImpairedZoneHealthCheckBehavior=spec.impaired_zone
        ),
        MetricsCollection=[autoscaling.MetricsCollection(Granularity="1Minute")],
        Tags=_tags(context, spec.active_size, part.name),
        **({"MaxInstanceLifetime": spec.max_instance_lifetime} if spec.max_instance_lifetime is not None else {}),
        **({"LifecycleHookSpecificationList": [_hook(spec.drain.heartbeat_timeout)]} if spec.drain else {}),
    )


def _tags(context: Context, active_size: int | None, name: str) -> autoscaling.Tags:
    """Return the group's tags: the servers' name, and the size to which a switch scales a standby."""
    more = {} if active_size is None else {ACTIVE_SIZE: (str(active_size), False)}
    return autoscaling.Tags(Name=(Join(" ", [Ref("AWS::StackName"), context.site, name]), True), **more)


def _creation_policy(spec: WebServersSpec, count: int) -> dict[str, Any]:
    """Return the wait for the first servers' signals; nothing without servers, as in a standby half."""
    signals = policies.ResourceSignal(Count=count, Timeout=spec.startup_timeout)
    return {"CreationPolicy": policies.CreationPolicy(ResourceSignal=signals)} if count else {}


def _update_policy(spec: WebServersSpec, least: int) -> policies.UpdatePolicy:
    """Return how CloudFormation replaces the servers; `least`: the group's MinSize."""
    scheduled = policies.AutoScalingScheduledAction(IgnoreUnmodifiedGroupSizeProperties=True)
    if spec.update_strategy == "InstanceRefresh":
        preferences = {
            "MinHealthyPercentage": 100,
            "MaxHealthyPercentage": MAX_HEALTHY_PERCENT,
            "InstanceWarmup": WARMUP_SECONDS,
            "SkipMatching": True,
        }
        refresh = {"Strategy": "Rolling", "Preferences": preferences}
        return UpdatePolicy(AutoScalingInstanceRefresh=refresh, AutoScalingScheduledAction=scheduled)
    rolling = policies.AutoScalingRollingUpdate(
        MinInstancesInService=least,
        MaxBatchSize=1,
        PauseTime=spec.startup_timeout,
        WaitOnResourceSignals=True,
        SuspendProcesses=SUSPENDED_WHILE_ROLLING,
    )
    return policies.UpdatePolicy(AutoScalingRollingUpdate=rolling, AutoScalingScheduledAction=scheduled)


def _launched_from(launch_template: str, spec: WebServersSpec, least: int) -> dict[str, Any]:
    """Return the group's launch template, or the instance types and Spot share of a mixed group."""
    template = autoscaling.LaunchTemplateSpecification(
        LaunchTemplateId=Ref(launch_template),
        Version=GetAtt(launch_template, "LatestVersionNumber"),
    )
    if not spec.is_mixed:
        return {"LaunchTemplate": template}
    base = least if spec.on_demand_base_capacity is None else spec.on_demand_base_capacity
    policy = autoscaling.MixedInstancesPolicy(
        LaunchTemplate=autoscaling.LaunchTemplate(
            LaunchTemplateSpecification=template,
            Overrides=[autoscaling.LaunchTemplateOverrides(InstanceType=kind) for kind in spec.all_types],
        ),
        InstancesDistribution=autoscaling.InstancesDistribution(
            OnDemandAllocationStrategy="prioritized",
            OnDemandBaseCapacity=base,
            OnDemandPercentageAboveBaseCapacity=spec.on_demand_percentage,
            SpotAllocationStrategy="price-capacity-optimized",
        ),
    )
    # A Spot server at risk of interruption is replaced in advance.
    return {"MixedInstancesPolicy": policy, "CapacityRebalance": spec.on_demand_percentage < 100}


def _hook(heartbeat_timeout: int) -> autoscaling.LifecycleHookSpecification:
    return autoscaling.LifecycleHookSpecification(
        LifecycleHookName=HOOK_NAME,
        LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
        HeartbeatTimeout=heartbeat_timeout,
        DefaultResult="CONTINUE",
    )
