"""The canary's target group, and actions that divide the requests between it and the site's by weights."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, Ref, Tags
from troposphere import elasticloadbalancingv2 as elb

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.load_balancer import target_group
from resilient_website.tiers.load_balancer.spec import LoadBalancerSpec
from resilient_website.tiers.network import Network

WHOLE = 100

# A target group without a healthy target takes its zones' addresses out of the load balancer's DNS name, which a canary
# must not. Source: "Target group health" in the Application Load Balancer guide.
DNS_FAILOVER = "target_group_health.dns_failover.minimum_healthy_targets.count"

# The tags of the target group: what a canary gets while it runs, and for how many minutes.
PERCENT = "resilient-website:canary-percent"
BAKE_TIME = "resilient-website:canary-bake-time-in-minutes"


class CanaryShare(NamedTuple):
    """The percentage of the requests that canaries get, and their bake time in minutes.

    `ready` has the logical ids that the percentage waits for: the canary's servers; empty while none runs.
    """

    percent: int
    bake_minutes: int
    ready: tuple[str, ...]

    @property
    def weight(self) -> int:
        """The weight of the canary's target group now."""
        return self.percent if self.ready else 0


class CanaryTargets(NamedTuple):
    """The canary's target group."""

    arn: AWSHelperFn
    full_name: AWSHelperFn


def targets(
    context: Context,
    spec: LoadBalancerSpec,
    share: CanaryShare,
    network: Network,
    port: Value,
    health_check_path: str,
    overrides: Mapping[str, Any],
) -> elb.TargetGroup:
    """Return the target group, which is as the site's own. It exists also while no canary runs."""
    title = context.id("Canary" + target_group.suffix(spec, overrides))
    made = target_group.build(title, spec, network, port, health_check_path)
    made.TargetGroupAttributes.append(elb.TargetGroupAttribute(Key=DNS_FAILOVER, Value="off"))
    made.Tags = Tags({PERCENT: str(share.percent), BAKE_TIME: str(share.bake_minutes)})
    return made


def forward(
    spec: LoadBalancerSpec, own: elb.TargetGroup, canary: elb.TargetGroup, share: CanaryShare
) -> dict[str, Any]:
    """Return an action that forwards to both target groups; both have health checks, whatever their weights are.

    With sticky sessions, visitors keep their target group too. Source: "Sticky sessions for your Application Load
    Balancer": an action with several target groups, of which one has them, must enable it.
    """
    weights = ((own, WHOLE - share.weight), (canary, share.weight))
    groups = [elb.TargetGroupTuple(TargetGroupArn=Ref(group), Weight=weight) for group, weight in weights]
    config = elb.ForwardConfig(TargetGroups=groups)
    if spec.stickiness is not None:
        config.TargetGroupStickinessConfig = elb.TargetGroupStickinessConfig(
            Enabled=True, DurationSeconds=spec.stickiness
        )
    return {"Type": "forward", "ForwardConfig": config}
