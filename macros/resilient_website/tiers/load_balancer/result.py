"""The results of the load balancer for later tiers."""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.tiers.load_balancer.canary import CanaryTargets
from resilient_website.tiers.load_balancer.spec import Exposure, LoadBalancerSpec
from resilient_website.tiers.security_groups import egress_to


class LoadBalancer(NamedTuple):
    """The load balancer's resources and names, and its security group rules for the web servers.

    `origin_secret` is the logical id of the secret that CloudFront has to send, None where there is none.
    """

    resources: tuple[AWSObject, ...]
    spec: LoadBalancerSpec
    arn: AWSHelperFn
    dns_name: AWSHelperFn
    hosted_zone_id: AWSHelperFn
    full_name: AWSHelperFn
    target_group_arn: AWSHelperFn
    target_group_full_name: AWSHelperFn
    security_group_id: AWSHelperFn
    origin_secret: str | None
    exposure: Exposure
    dual_stack: bool
    ready: tuple[str, ...]
    canary: CanaryTargets | None = None

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {"LoadBalancerDNSName": self.dns_name}

    def reach(self, context: Context, web_security_group_id: AWSHelperFn, port: Value) -> AWSObject:
        """Return the security group rules that let the load balancer reach only the web servers' port."""
        title = context.id("LoadBalancerEgress")
        return egress_to(title, self.security_group_id, web_security_group_id, port, "Requests and health checks")
