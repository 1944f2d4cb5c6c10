"""The load balancer: an Application Load Balancer over all zones, which sends requests to healthy servers only.

Behind CloudFront it answers nobody else: its security group admits CloudFront's addresses only, and a listener rule
asks for a secret header that CloudFront alone knows. As the front door itself, it speaks TLS with everybody.
"""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub, ec2, secretsmanager
from troposphere import elasticloadbalancingv2 as elb

from resilient_website.context import Context
from resilient_website.intrinsics import Value
from resilient_website.security_groups import closed_group, egress_to
from resilient_website.tiers.network import Network

# TLS 1.3 and 1.2 with post-quantum key exchange: what AWS recommends. Route 53's health checkers still want 1.2.
# Source: "Security policies for your Application Load Balancer".
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

SECRET_HEADER = "X-Origin-Verify"  # noqa: S105 (the header's name)

# How long a server that leaves may finish its requests. Longer than a page takes, shorter than a deployer's patience.
DRAIN_SECONDS = 30

HEALTH_INTERVAL_SECONDS = 10
HEALTHY_AFTER_CHECKS = 2
UNHEALTHY_AFTER_CHECKS = 3

# CloudFront's origin-facing addresses, a managed prefix list; its id is the same in every account of a Region. One rule
# with it uses 55 of a security group's 60. Source: "AWS-managed prefix lists" in the Amazon VPC guide.
CLOUDFRONT_PREFIX_LISTS = {
    "ap-northeast-1": "pl-58a04531",
    "ap-northeast-2": "pl-22a6434b",
    "ap-northeast-3": "pl-31a14458",
    "ap-south-1": "pl-9aa247f3",
    "ap-southeast-1": "pl-31a34658",
    "ap-southeast-2": "pl-b8a742d1",
    "ca-central-1": "pl-38a64351",
    "eu-central-1": "pl-a3a144ca",
    "eu-north-1": "pl-fab65393",
    "eu-west-1": "pl-4fa04526",
    "eu-west-2": "pl-93a247fa",
    "eu-west-3": "pl-75b1541c",
    "sa-east-1": "pl-5da64334",
    "us-east-1": "pl-3b927c52",
    "us-east-2": "pl-b6a144df",
    "us-west-1": "pl-4ea04527",
    "us-west-2": "pl-82a045eb",
}


@dataclass(frozen=True)
class Exposure:
    """Who the load balancer answers: CloudFront only or everybody, with which certificate (None: plain HTTP)."""

    behind_cloudfront: bool
    certificate: Value | None

    @property
    def port(self) -> int:
        """The listener's port."""
        return 443 if self.certificate is not None else 80


@dataclass(frozen=True)
class LoadBalancer:
    """What later tiers use of the load balancer."""

    resources: tuple[AWSObject, ...]
    dns_name: AWSHelperFn
    hosted_zone_id: AWSHelperFn
    full_name: AWSHelperFn
    target_group_arn: AWSHelperFn
    target_group_full_name: AWSHelperFn
    security_group_id: AWSHelperFn
    secret_header: AWSHelperFn | None
    exposure: Exposure
    dual_stack: bool
    ready: tuple[str, ...]

    @property
    def attributes(self) -> dict[str, Any]:
        """The site's attributes that come from here."""
        return {"LoadBalancerDNSName": self.dns_name}

    def reach(self, context: Context, web_security_group_id: AWSHelperFn, port: Value) -> AWSObject:
        """Return the joint with the web servers: the load balancer opens connections to their port, and to no other."""
        title = context.id("LoadBalancerEgress")
        return egress_to(title, self.security_group_id, web_security_group_id, port, "Requests and health checks")


def build(context: Context, network: Network, exposure: Exposure, port: Value, health_check_path: str) -> LoadBalancer:
    """Return the load balancer, its listeners and its target group. `port` and path are the web servers'."""
    group = _security_group(context, network, exposure)
    balancer = elb.LoadBalancer(
        context.id("LoadBalancer"),
        DependsOn=list(network.internet_ready),
        Type="application",
        Scheme="internet-facing",
        IpAddressType="dualstack" if network.dual_stack else "ipv4",
        Subnets=list(network.public_subnets),
        SecurityGroups=[GetAtt(group, "GroupId")],
        LoadBalancerAttributes=[
            elb.LoadBalancerAttributes(Key="routing.http.drop_invalid_header_fields.enabled", Value="true"),
            elb.LoadBalancerAttributes(Key="idle_timeout.timeout_seconds", Value="60"),
            elb.LoadBalancerAttributes(Key="zonal_shift.config.enabled", Value="true"),
        ],
    )
    targets = _target_group(context, network, port, health_check_path)
    secret = _secret(context) if exposure.behind_cloudfront else None
    listeners = _listeners(context, exposure)
    return LoadBalancer(
        resources=(group, balancer, targets, *([secret] if secret else []), *listeners),
        dns_name=GetAtt(balancer, "DNSName"),
        hosted_zone_id=GetAtt(balancer, "CanonicalHostedZoneID"),
        full_name=GetAtt(balancer, "LoadBalancerFullName"),
        target_group_arn=Ref(targets),
        target_group_full_name=GetAtt(targets, "TargetGroupFullName"),
        security_group_id=GetAtt(group, "GroupId"),
        secret_header=_secret_value(context) if exposure.behind_cloudfront else None,
        exposure=exposure,
        dual_stack=network.dual_stack,
        ready=tuple(listener.title for listener in listeners),
    )


def _security_group(context: Context, network: Network, exposure: Exposure) -> ec2.SecurityGroup:
    who = "CloudFront only" if exposure.behind_cloudfront else "the internet"
    group = closed_group(context, "LoadBalancerSecurityGroup", f"Load balancer: web from {who}", network.vpc_id)
    group.SecurityGroupIngress = [
        ec2.SecurityGroupRule(IpProtocol="tcp", FromPort=port, ToPort=port, Description=f"Web from {who}", **source)
        for port in ([exposure.port] if exposure.behind_cloudfront else [443, 80])
        for source in _sources(context, network, exposure)
    ]
    return group


def _sources(context: Context, network: Network, exposure: Exposure) -> list[dict[str, str]]:
    """Return the sources that may connect.

    In a Region whose prefix list is not known here, the secret header alone keeps strangers out.
    """
    prefix_list = CLOUDFRONT_PREFIX_LISTS.get(context.region)
    if exposure.behind_cloudfront and prefix_list:
        return [{"SourcePrefixListId": prefix_list}]
    return [{"CidrIp": "0.0.0.0/0"}, *([{"CidrIpv6": "::/0"}] if network.dual_stack else [])]


def _target_group(context: Context, network: Network, port: Value, health_check_path: str) -> elb.TargetGroup:
    return elb.TargetGroup(
        context.id("TargetGroup"),
        VpcId=network.vpc_id,
        Protocol="HTTP",
        Port=port,
        TargetType="instance",
        HealthCheckPath=health_check_path,
        HealthCheckIntervalSeconds=HEALTH_INTERVAL_SECONDS,
        HealthCheckTimeoutSeconds=5,
        HealthyThresholdCount=HEALTHY_AFTER_CHECKS,
        UnhealthyThresholdCount=UNHEALTHY_AFTER_CHECKS,
        Matcher=elb.Matcher(HttpCode="200-399"),
        TargetGroupAttributes=[
            elb.TargetGroupAttribute(Key="deregistration_delay.timeout_seconds", Value=str(DRAIN_SECONDS)),
        ],
    )


def _secret(context: Context) -> secretsmanager.Secret:
    return secretsmanager.Secret(
        context.id("OriginSecret"),
        Description=context.title("secret header between CloudFront and the load balancer"),
        GenerateSecretString=secretsmanager.GenerateSecretString(ExcludePunctuation=True, PasswordLength=48),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
    )


def _secret_value(context: Context) -> AWSHelperFn:
    return Sub(f"{{{{resolve:secretsmanager:${{{context.id('OriginSecret')}}}:SecretString}}}}")


def _listeners(context: Context, exposure: Exposure) -> tuple[AWSObject, ...]:
    forward = {"Type": "forward", "TargetGroupArn": Ref(context.id("TargetGroup"))}
    if not exposure.behind_cloudfront:
        return _listener(context, exposure, elb.Action(**forward)), _redirect_to_https(context)
    refusal = elb.FixedResponseConfig(StatusCode="403", ContentType="text/plain", MessageBody="Not this way.")
    listener = _listener(context, exposure, elb.Action(Type="fixed-response", FixedResponseConfig=refusal))
    header = elb.HttpHeaderConfig(HttpHeaderName=SECRET_HEADER, Values=[_secret_value(context)])
    rule = elb.ListenerRule(
        context.id("CloudFrontOnly"),
        ListenerArn=Ref(listener),
        Priority=1,
        Conditions=[elb.Condition(Field="http-header", HttpHeaderConfig=header)],
        Actions=[elb.ListenerRuleAction(**forward)],
    )
    return listener, rule


def _listener(context: Context, exposure: Exposure, action: elb.Action) -> elb.Listener:
    tls: dict[str, Any] = (
        {"SslPolicy": TLS_POLICY, "Certificates": [elb.Certificate(CertificateArn=exposure.certificate)]}
        if exposure.certificate is not None
        else {}
    )
    return elb.Listener(
        context.id("Listener" + ("Https" if tls else "Http")),
        LoadBalancerArn=Ref(context.id("LoadBalancer")),
        Port=exposure.port,
        Protocol="HTTPS" if tls else "HTTP",
        DefaultActions=[action],
        **tls,
    )


def _redirect_to_https(context: Context) -> elb.Listener:
    redirect = elb.RedirectConfig(Protocol="HTTPS", Port="443", StatusCode="HTTP_301")
    return elb.Listener(
        context.id("ListenerHttpRedirect"),
        LoadBalancerArn=Ref(context.id("LoadBalancer")),
        Port=80,
        Protocol="HTTP",
        DefaultActions=[elb.Action(Type="redirect", RedirectConfig=redirect)],
    )
