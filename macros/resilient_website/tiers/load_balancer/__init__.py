"""The load balancer: an Application Load Balancer over all zones, which sends requests to healthy servers only.

Behind CloudFront it answers nobody else: its security group admits CloudFront's addresses only, and a listener rule
asks for a secret header that CloudFront alone knows. As the front door itself, it speaks TLS with everybody.
"""

from troposphere import GetAtt, Ref, ec2
from troposphere import elasticloadbalancingv2 as elb

from resilient_website.context import Context
from resilient_website.intrinsics import Value
from resilient_website.security_groups import closed_group
from resilient_website.tiers.load_balancer import listeners, origin_secret, target_group
from resilient_website.tiers.load_balancer.prefix_lists import CLOUDFRONT_PREFIX_LISTS
from resilient_website.tiers.load_balancer.result import LoadBalancer
from resilient_website.tiers.load_balancer.spec import Exposure, LoadBalancerSpec, check
from resilient_website.tiers.logs import LOAD_BALANCER_PREFIX, Logs
from resilient_website.tiers.network import Network

__all__ = ["Exposure", "LoadBalancer", "LoadBalancerSpec", "build", "check"]


def build(
    context: Context,
    spec: LoadBalancerSpec,
    exposure: Exposure,
    network: Network,
    logs: Logs | None,
    port: Value,
    health_check_path: str,
) -> LoadBalancer:
    """Return the load balancer, its listeners and its target group. `port` and path are the web servers'."""
    group = _security_group(context, spec, network, exposure)
    secret = origin_secret.secret(context) if exposure.behind_cloudfront else None
    balancer = _balancer(context, spec, network, logs, secret.title if secret else None)
    targets = target_group.build(context, spec, network, port, health_check_path)
    ways_in = listeners.build(context, spec, exposure)
    return LoadBalancer(
        resources=(group, *([secret] if secret else []), balancer, targets, *ways_in),
        spec=spec,
        arn=Ref(balancer),
        dns_name=GetAtt(balancer, "DNSName"),
        hosted_zone_id=GetAtt(balancer, "CanonicalHostedZoneID"),
        full_name=GetAtt(balancer, "LoadBalancerFullName"),
        target_group_arn=Ref(targets),
        target_group_full_name=GetAtt(targets, "TargetGroupFullName"),
        security_group_id=GetAtt(group, "GroupId"),
        origin_secret=secret.title if secret else None,
        exposure=exposure,
        dual_stack=_dual_stack(spec, network),
        ready=tuple(listener.title for listener in ways_in),
    )


def _dual_stack(spec: LoadBalancerSpec, network: Network) -> bool:
    """Tell whether the load balancer has IPv6. Behind a VPC origin nobody but CloudFront sees its addresses."""
    return network.dual_stack and not spec.internal


def _balancer(
    context: Context, spec: LoadBalancerSpec, network: Network, logs: Logs | None, secret: str | None
) -> elb.LoadBalancer:
    attributes: dict[str, Value] = {
        "routing.http.drop_invalid_header_fields.enabled": True,
        "routing.http.desync_mitigation_mode": "defensive",
        "idle_timeout.timeout_seconds": spec.idle_timeout,
        "zonal_shift.config.enabled": True,
        "deletion_protection.enabled": spec.deletion_protection,
        # Stated even where it is off: an attribute that is left out keeps the value that it had.
        "access_logs.s3.enabled": logs is not None,
    }
    if logs:
        attributes |= {"access_logs.s3.bucket": Ref(logs.bucket), "access_logs.s3.prefix": LOAD_BALANCER_PREFIX}
    waits_for = [*(network.web_ready if spec.internal else network.internet_ready), *([logs.ready] if logs else [])]
    return elb.LoadBalancer(
        context.id("LoadBalancer"),
        **({"DependsOn": waits_for} if waits_for else {}),
        Type="application",
        Scheme=spec.scheme,
        IpAddressType="dualstack" if _dual_stack(spec, network) else "ipv4",
        Subnets=list(network.web_subnets if spec.internal else network.public_subnets),
        SecurityGroups=[GetAtt(context.id("LoadBalancerSecurityGroup"), "GroupId")],
        LoadBalancerAttributes=[
            elb.LoadBalancerAttributes(Key=key, Value=target_group.as_text(value)) for key, value in attributes.items()
        ],
        **({"Tags": origin_secret.tag(context, secret)} if secret else {}),
    )


def _security_group(
    context: Context, spec: LoadBalancerSpec, network: Network, exposure: Exposure
) -> ec2.SecurityGroup:
    who = "CloudFront only" if exposure.behind_cloudfront else "the internet"
    group = closed_group(context, "LoadBalancerSecurityGroup", "Load balancer: the web ports", network.vpc_id)
    group.SecurityGroupIngress = [
        ec2.SecurityGroupRule(IpProtocol="tcp", FromPort=port, ToPort=port, Description=f"Web from {who}", **source)
        for port in ([exposure.port] if exposure.behind_cloudfront else [443, 80])
        for source in _sources(context, spec, network, exposure)
    ]
    return group


def _sources(context: Context, spec: LoadBalancerSpec, network: Network, exposure: Exposure) -> list[dict[str, str]]:
    """Return the sources that may connect.

    In a Region whose prefix list is not known here, the secret header alone keeps strangers out.
    """
    prefix_list = CLOUDFRONT_PREFIX_LISTS.get(context.region)
    if exposure.behind_cloudfront and prefix_list:
        return [{"SourcePrefixListId": prefix_list}]
    return [{"CidrIp": "0.0.0.0/0"}, *([{"CidrIpv6": "::/0"}] if _dual_stack(spec, network) else [])]
