"""Scaling policies: target tracking by CPU and, optionally, by requests per server."""

from typing import Any

from troposphere import AWSObject, Join, Ref, autoscaling

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.load_balancer import LoadBalancer
from resilient_website.tiers.web_servers.spec import WebServersSpec


def build(context: Context, spec: WebServersSpec, group: str, load_balancer: LoadBalancer) -> tuple[AWSObject, ...]:
    """Return the policies; with two, the one that requires more servers applies."""
    cpu = _policy(context, "CpuScaling", group, spec.cpu_target, PredefinedMetricType="ASGAverageCPUUtilization")
    if spec.request_target is None:
        return (cpu,)
    requests = _policy(
        context,
        "RequestScaling",
        group,
        spec.request_target,
        PredefinedMetricType="ALBRequestCountPerTarget",
        ResourceLabel=Join("/", [load_balancer.full_name, load_balancer.target_group_full_name]),
    )
    return cpu, requests


def _policy(context: Context, suffix: str, group: str, target: Value, **metric: Any) -> autoscaling.ScalingPolicy:
    return autoscaling.ScalingPolicy(
        context.id(suffix),
        AutoScalingGroupName=Ref(group),
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration=autoscaling.TargetTrackingConfiguration(
            PredefinedMetricSpecification=autoscaling.PredefinedMetricSpecification(**metric),
            TargetValue=target,
        ),
    )
