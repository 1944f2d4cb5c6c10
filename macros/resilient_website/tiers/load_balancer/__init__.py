"""The load balancer: an Application Load Balancer in all zones, which routes only to healthy servers.

Behind CloudFront, it serves only CloudFront: its security groups admit only CloudFront's addresses, and a listener rule
requires a secret header that only CloudFront knows. As the front door, it serves everyone with TLS.

CloudFront can reach both web ports, whichever the listener uses: a site that gets a domain changes the port, and
CloudFront takes minutes to follow. One rule with its addresses nearly fills a security group, so there are two.
"""

from collections.abc import Mapping
from typing import Any

from troposphere import GetAtt, Ref, ec2
from troposphere import elasticloadbalancingv2 as elb

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.prefix_lists import CLOUDFRONT_PREFIX_LISTS
from resilient_website.tiers.load_balancer import canary, listeners, origin_secret, target_group
from resilient_website.tiers.load_balancer.canary import CanaryShare, CanaryTargets
from resilient_website.tiers.load_balancer.result import LoadBalancer
from resilient_website.tiers.load_balancer.spec import NONE, Exposure, LoadBalancerSpec, check
from resilient_website.tiers.logs import LOAD_BALANCER_PREFIX, Logs
from resilient_website.tiers.network import Network
from resilient_website.tiers.security_groups import closed_group

__all__ = ["CanaryShare", "CanaryTargets", "Exposure", "LoadBalancer", "LoadBalancerSpec", "build", "check"]


# The maximum duration of a client connection. A visitor resolves DNS again only after the connection is closed, and
# failover uses DNS: 60 s is the minimum. CloudFront has other means of failover; 3,600 s is AWS's default. Source:
# "Edit attributes for your Application Load Balancer", HTTP client keepalive duration.
VISITORS_KEEP_ALIVE = 60
CLOUDFRONTS_KEEP_ALIVE = 3600


def build(
    context: Context,
    spec: LoadBalancerSpec,
    exposure: Exposure,
    network: Network,
    logs: Logs | None,
    port: Value,
    health_check_path: str,
    overrides: Mapping[str, Any],
    share: CanaryShare | None = None,
) -> LoadBalancer:
    """Return the load balancer, its listeners and its target group; with a canary's `share`, also the canary's.

    `port` and path are the web servers'; `overrides` are those of the load balancer.
    """
    groups = _security_groups(context, spec, network, exposure)
    own_secret = exposure.behind_cloudfront and exposure.replica is None
    secret = origin_secret.secret(context, exposure.copied_to) if own_secret else None
    balancer = _balancer(context, spec, exposure, network, logs, groups)
    targets = target_group.build(
        context.id(target_group.suffix(spec, overrides)), spec, network, port, health_check_path
    )
    tried = canary.targets(context, spec, share, network, port, health_check_path, overrides) if share else None
    ways_in = listeners.build(context, spec, exposure, listeners.Targets(targets, tried, share))
    return LoadBalancer(
        resources=(*groups, *([secret] if secret else []), balancer, targets, *([tried] if tried else []), *ways_in),
        spec=spec,
        arn=Ref(balancer),
        dns_name=GetAtt(balancer, "DNSName"),
        hosted_zone_id=GetAtt(balancer, "CanonicalHostedZoneID"),
        full_name=GetAtt(balancer, "LoadBalancerFullName"),
        target_group_arn=Ref(targets),
        target_group_full_name=GetAtt(targets, "TargetGroupFullName"),
        security_group_id=GetAtt(groups[0], "GroupId"),
        origin_secret=secret.title if secret else None,
        exposure=exposure,
        dual_stack=_dual_stack(spec, network),
        ready=tuple(listener.title for listener in ways_in),
        canary=CanaryTargets(Ref(tried), GetAtt(tried, "TargetGroupFullName")) if tried else None,
    )


def _dual_stack(spec: LoadBalancerSpec, network: Network) -> bool:
    """Tell whether the load balancer has IPv6. Behind a VPC origin, only CloudFront uses its addresses."""
    return network.dual_stack and not spec.internal


def _balancer(
    context: Context,
    spec: LoadBalancerSpec,
    exposure: Exposure,
    network: Network,
    logs: Logs | None,
    groups: list[ec2.SecurityGroup],
) -> elb.LoadBalancer:
    attributes: dict[str, Value] = {
        "routing.http.drop_invalid_header_fields.enabled": True,
        "routing.http.desync_mitigation_mode": "defensive",
        "idle_timeout.timeout_seconds": spec.idle_timeout,
        "client_keep_alive.seconds": VISITORS_KEEP_ALIVE if exposure.to_everybody else CLOUDFRONTS_KEEP_ALIVE,
        "zonal_shift.config.enabled": True,
        "deletion_protection.enabled": spec.deletion_protection,
        # Set even if off: an omitted attribute keeps its previous value.
        "access_logs.s3.enabled": logs is not None,
    }
    if logs:
        attributes |= {"access_logs.s3.bucket": Ref(logs.bucket), "access_logs.s3.prefix": LOAD_BALANCER_PREFIX}
    # The VPC origin of an internal one needs the internet gateway too. Source: "Restrict access with VPC origins".
    waits_for = [*network.internet_ready, *([logs.ready] if logs else [])]
    return elb.LoadBalancer(
        context.id("LoadBalancer"),
        **({"DependsOn": waits_for} if waits_for else {}),
        Type="application",
        Scheme=spec.scheme,
        IpAddressType="dualstack" if _dual_stack(spec, network) else "ipv4",
        Subnets=list(network.web_subnets if spec.internal else network.public_subnets),
        SecurityGroups=[GetAtt(group, "GroupId") for group in groups],
        LoadBalancerAttributes=[
            elb.LoadBalancerAttributes(Key=key, Value=target_group.as_text(value)) for key, value in attributes.items()
        ],
    )


def _security_groups(
    context: Context, spec: LoadBalancerSpec, network: Network, exposure: Exposure
) -> list[ec2.SecurityGroup]:
    """Return the load balancer's security groups; the web servers refer to the first."""
    if exposure.to_everybody:
        return [_group(context, network, "LoadBalancerSecurityGroup", (443, 80), _anybody(spec, network))]
    prefix_list = CLOUDFRONT_PREFIX_LISTS.get(context.region) if spec.prefix_list is None else spec.prefix_list
    sources = _anybody(spec, network) if prefix_list in (None, NONE) else [{"SourcePrefixListId": prefix_list}]
    return [
        _group(context, network, "LoadBalancerSecurityGroup", (443,), sources),
        _group(context, network, "LoadBalancerHttpSecurityGroup", (80,), sources),
    ]


def _group(
    context: Context, network: Network, suffix: str, ports: tuple[int, ...], sources: list[dict[str, Value]]
) -> ec2.SecurityGroup:
    who = "CloudFront only" if "SourcePrefixListId" in sources[0] else "anywhere"
    group = closed_group(context, suffix, "Load balancer: the web ports", network.vpc_id)
    group.SecurityGroupIngress = [
        ec2.SecurityGroupRule(IpProtocol="tcp", FromPort=port, ToPort=port, Description=f"Web from {who}", **source)
        for port in ports
        for source in sources
    ]
    return group


def _anybody(spec: LoadBalancerSpec, network: Network) -> list[dict[str, Value]]:
    ranges: list[dict[str, Value]] = [{"CidrIp": "0.0.0.0/0"}]
    return [*ranges, {"CidrIpv6": "::/0"}] if _dual_stack(spec, network) else ranges
