"""The target group: health checks, routing, and draining of the servers.

A target group belongs to one load balancer, and CloudFormation creates a new load balancer before it deletes the old
one. So whatever replaces the load balancer must also create a new target group, and is part of its logical id. Source:
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

# Properties of a load balancer that can't change in place. Source: the resource schema of
# AWS::ElasticLoadBalancingV2::LoadBalancer.
REPLACING = ("Name", "Scheme", "Type")


def suffix(spec: LoadBalancerSpec, overrides: Mapping[str, Any]) -> str:
    """Return the suffix of the logical id, which differs for each replacement of the load balancer.

    `overrides` are those of the load balancer.
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
        # Set even if off: an omitted attribute keeps its previous value.
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
    """Return an attribute's value as a string for the API, or an intrinsic unchanged."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value
