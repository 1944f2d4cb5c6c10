"""The target group: which servers are asked, how their health is told, and how they leave.

A target group belongs to one load balancer, and CloudFormation makes a new load balancer while the old one is there. So
what replaces the load balancer makes a new target group as well: it is part of the logical id. Source:
TargetGroupAssociationLimit of CreateListener in the Elastic Load Balancing API Reference.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from troposphere import elasticloadbalancingv2 as elb

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.tiers.load_balancer.spec import LoadBalancerSpec
from resilient_website.tiers.network import Network

HEALTH_INTERVAL_SECONDS = 10
HEALTH_TIMEOUT_SECONDS = 5
HEALTHY_AFTER_CHECKS = 2
UNHEALTHY_AFTER_CHECKS = 3

# What a load balancer can't change in place. Source: the resource schema of AWS::ElasticLoadBalancingV2::LoadBalancer.
REPLACING = ("Name", "Scheme", "Type")


def suffix(spec: LoadBalancerSpec, overrides: Mapping[str, Any]) -> str:
    """Return the end of the logical id: another one for each load balancer that takes the place of another.

    `overrides` are those of the load balancer's own properties.
    """
    given = {name: overrides[name] for name in REPLACING if name in overrides}
    scheme = "Internal" if spec.internal else ""
    marked = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:4] if given else ""
    return f"TargetGroup{scheme}{marked}"


def build(title: str, spec: LoadBalancerSpec, network: Network, port: Value, health_check_path: str) -> elb.TargetGroup:
    """Return the target group; port and path are the web servers'."""
    attributes = {
        "deregistration_delay.timeout_seconds": spec.deregistration_delay,
        "load_balancing.algorithm.type": spec.balancing,
        # Stated even where it is off: an attribute that is left out keeps the value that it had.
        "slow_start.duration_seconds": spec.slow_start or 0,
        "stickiness.enabled": spec.stickiness is not None,
        "stickiness.type": "lb_cookie",
    }
    if spec.stickiness is not None:
        attributes["stickiness.lb_cookie.duration_seconds"] = spec.stickiness
    return elb.TargetGroup(
        title,
        VpcId=network.vpc_id,
        Protocol="HTTP",
        Port=port,
        TargetType="instance",
        HealthCheckPath=health_check_path,
        HealthCheckIntervalSeconds=HEALTH_INTERVAL_SECONDS,
        HealthCheckTimeoutSeconds=HEALTH_TIMEOUT_SECONDS,
        HealthyThresholdCount=HEALTHY_AFTER_CHECKS,
        UnhealthyThresholdCount=UNHEALTHY_AFTER_CHECKS,
        Matcher=elb.Matcher(HttpCode="200-399"),
        TargetGroupAttributes=[
            elb.TargetGroupAttribute(Key=key, Value=as_text(value)) for key, value in attributes.items()
        ],
    )


def as_text(value: Value) -> Value:
    """Return an attribute's value as the API takes it: text, or an intrinsic as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value
