"""The load balancer's properties and defaults, and who can reach it."""

from typing import NamedTuple

from resilient_website.cloudformation.intrinsics import Value, is_literal
from resilient_website.facts.cloudfront import REGIONS_WITHOUT_VPC_ORIGINS
from resilient_website.facts.prefix_lists import CLOUDFRONT_PREFIX_LISTS, looked_up
from resilient_website.facts.regions import REGIONS
from resilient_website.facts.tls_policies import TLS_POLICIES, TLS_POLICY
from resilient_website.frozen import frozen
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Boolean, Choice, Integer, Text
from resilient_website.reading.reader import Reader

# The property value for "none".
NONE = "None"


@frozen
class LoadBalancerSpec(PropertyGroup):
    """The load balancer's properties and defaults."""

    scheme: str = prop(
        "Scheme",
        Choice(("internet-facing", "internal")),
        "internet-facing",
        known_at_expansion=True,
        needs=(Need("Network.WebSubnets", values=("Private",), when=("internal",)),),
        maps_to="AWS::ElasticLoadBalancingV2::LoadBalancer.Scheme, AWS::CloudFront::VpcOrigin",
        reason="internal: reachable only through a CloudFront VPC origin, without WebSockets and gRPC; needs "
        "private subnets. Some zones (use1-az3, usw1-az2, apne1-az3, cac1-az3) and Regions (ap-southeast-6) have no "
        "VPC origins. A change replaces the load balancer",
    )
    prefix_list: Value | None = prop(
        "CloudFrontPrefixListId",
        Text(
            "the id of CloudFront's prefix list in this Region, as in pl-3b927c52, or None", r"pl-[0-9a-f]{8,17}|None"
        ),
        None,
        presence_decides=True,
        examples=("pl-3b927c52", "None"),
        maps_to="AWS::EC2::SecurityGroup.SecurityGroupIngress.SourcePrefixListId",
        reason="the Region's list, where the macro knows it. Required in other Regions (most opt-in Regions), so "
        "that the load balancer admits only CloudFront's addresses. None: it admits every address, and only the "
        "secret header identifies CloudFront",
    )
    direct_access: bool = prop(
        "DirectAccess",
        Boolean(),
        False,
        known_at_expansion=True,
        needs=(Need("DomainName", when=(True,)),),
        maps_to="AWS::ElasticLoadBalancingV2::Listener.DefaultActions, AWS::EC2::SecurityGroup.SecurityGroupIngress",
        reason="off: only CloudFront's requests are answered. Turn it on for one update to move a site from "
        "FrontDoor: LoadBalancer to CloudFront while visitors still use both; needs a domain",
    )
    ssl_policy: Value = prop(
        "SslPolicy",
        Text("the name of a security policy, as in ELBSecurityPolicy-TLS13-1-2-2021-06", TLS_POLICIES),
        TLS_POLICY,
        examples=("ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06"),
        needs=(Need("DomainName"),),
        maps_to="AWS::ElasticLoadBalancingV2::Listener.SslPolicy",
        reason="TLS 1.3 and 1.2 with post-quantum key exchange; used where there is a certificate",
    )
    access_logs: bool = prop(
        "AccessLogs",
        Boolean(),
        True,
        known_at_expansion=True,
        maps_to="AWS::ElasticLoadBalancingV2::LoadBalancer.LoadBalancerAttributes.Value",
        reason="needed first after an incident; costs its storage in S3",
    )
    deletion_protection: Value = prop(
        "DeletionProtection",
        Boolean(),
        False,
        maps_to="AWS::ElasticLoadBalancingV2::LoadBalancer.LoadBalancerAttributes.Value",
        reason="off, so that a failed stack creation can roll back; the load balancer holds no data",
    )
    idle_timeout: Value = prop(
        "IdleTimeout",
        Integer(1, 4000, unit="seconds"),
        60,
        maps_to="AWS::ElasticLoadBalancingV2::LoadBalancer.LoadBalancerAttributes.Value",
        reason="seconds; AWS's default. The application's keep-alive timeout must be longer",
    )
    deregistration_delay: Value = prop(
        "DeregistrationDelay",
        Integer(0, 3600, unit="seconds"),
        30,
        maps_to="AWS::ElasticLoadBalancingV2::TargetGroup.TargetGroupAttributes.Value",
        reason="seconds for a draining server to finish its requests: longer than a page takes",
    )
    slow_start: int | None = prop(
        "SlowStart",
        Integer(30, 900, unit="seconds"),
        None,
        known_at_expansion=True,
        maps_to="AWS::ElasticLoadBalancingV2::TargetGroup.TargetGroupAttributes.Value",
        reason="seconds over which a new server's share of requests grows; off when absent, as most applications "
        "need no warm-up",
    )
    stickiness: int | None = prop(
        "StickinessSeconds",
        Integer(1, 604800, unit="seconds"),
        None,
        known_at_expansion=True,
        maps_to="AWS::ElasticLoadBalancingV2::TargetGroup.TargetGroupAttributes.Value",
        reason="off when absent: a session stored on one server is lost with it",
    )
    algorithm: str = prop(
        "Algorithm",
        Choice(("round_robin", "least_outstanding_requests", "weighted_random")),
        "least_outstanding_requests",
        known_at_expansion=True,
        maps_to="AWS::ElasticLoadBalancingV2::TargetGroup.TargetGroupAttributes.Value",
        reason="a slow or stuck server gets fewer requests; round_robin when SlowStart is set",
    )

    @property
    def internal(self) -> bool:
        """Whether the load balancer has only private addresses."""
        return self.scheme == "internal"

    @property
    def balancing(self) -> str:
        """The routing algorithm, compatible with slow start. Source: "Target group attributes"."""
        return "round_robin" if self.slow_start is not None and "Algorithm" not in self.given else self.algorithm


class Exposure(NamedTuple):
    """Whom the load balancer serves, with which certificate (None: plain HTTP), and the site's main name, if any.

    Behind CloudFront, it serves other clients only with `direct_access`. Of a site with a copy in another Region,
    `active_name` is the name of the active half's load balancer; `copied_to` is the Region of the secret header's
    replica, and `replica` is what Fn::Sub calls that replica in the copy.
    """

    behind_cloudfront: bool
    certificate: Value | None
    direct_access: bool = False
    site_name: str | None = None
    active_name: str | None = None
    copied_to: str | None = None
    replica: str | None = None

    @property
    def to_everybody(self) -> bool:
        """Whether visitors can reach the load balancer directly."""
        return self.direct_access or not self.behind_cloudfront

    @property
    def port(self) -> int:
        """The listener's port."""
        return 443 if self.certificate is not None else 80


def check(
    spec: LoadBalancerSpec,
    path: str,
    reader: Reader,
    *,
    behind_cloudfront: bool,
    has_domain: bool,
    private_subnets: bool,
    copied_to: str | None,
) -> None:
    """Note an unreachable scheme, a scheme without subnets, and mutually exclusive attributes.

    `copied_to`: the Region of the site's copy; None in the copy, and without one.
    """
    if spec.direct_access:
        _check_direct_access(spec, f"{path}.DirectAccess", reader, behind_cloudfront, has_domain)
    if spec.internal and not behind_cloudfront:
        reader.problem(
            f"{path}.Scheme",
            "found internal, but with FrontDoor: LoadBalancer visitors could not reach it",
            "write Scheme: internet-facing, or FrontDoor: CloudFront",
        )
    elif spec.internal and not private_subnets:
        reader.problem(
            f"{path}.Scheme",
            "found internal, but the site has only public subnets",
            "write Network: {WebSubnets: Private}, or with VpcId: WebSubnetIds",
        )
    if spec.internal and reader.region in REGIONS_WITHOUT_VPC_ORIGINS:
        reader.problem(
            f"{path}.Scheme",
            f"found internal, but CloudFront has no VPC origins in {reader.region}",
            "write Scheme: internet-facing, or deploy in another Region",
        )
    lists = f"{path}.CloudFrontPrefixListId"
    _check_prefix_list(spec, lists, reader, admits_cloudfront=behind_cloudfront, copied_to=copied_to)
    if spec.slow_start is not None and spec.algorithm == "weighted_random":
        reader.problem(
            f"{path}.SlowStart",
            "found with Algorithm: weighted_random, which has no slow start",
            "write Algorithm: round_robin, or leave SlowStart out",
        )
    if is_literal(spec.ssl_policy) and "TLS13-1-3-" in str(spec.ssl_policy) and not behind_cloudfront:
        reader.problem(
            f"{path}.SslPolicy",
            f"found {spec.ssl_policy}, which allows only TLS 1.3: Route 53's health checkers could not connect",
            f"write one that includes TLS 1.2, as in {TLS_POLICY}",
        )


def _check_prefix_list(
    spec: LoadBalancerSpec, path: str, reader: Reader, *, admits_cloudfront: bool, copied_to: str | None
) -> None:
    """Note a missing prefix list for a Region, or for that of the copy, and an unused one."""
    if admits_cloudfront and not spec.direct_access:
        if spec.prefix_list is None and reader.region not in CLOUDFRONT_PREFIX_LISTS:
            found = f"missing, and the macro doesn't know the id of CloudFront's prefix list in {reader.region}"
            fix = f"write the output of: {looked_up(reader.region)}; or None, to admit every address"
            reader.problem(path, found, fix)
        elif spec.prefix_list is None and copied_to in REGIONS and copied_to not in CLOUDFRONT_PREFIX_LISTS:
            found = (
                f"missing, and the macro doesn't know the id of CloudFront's prefix list in {copied_to}, for the copy"
            )
            fix = (
                f"write a parameter (!Ref), whose value here is {CLOUDFRONT_PREFIX_LISTS[reader.region]}, and there "
                f"the output of: {looked_up(copied_to)}; or None, to admit every address"
            )
            reader.problem(path, found, fix)
    elif spec.prefix_list is not None:
        reader.problem(path, "found, but the load balancer admits every address", "leave it out")


def _check_direct_access(
    spec: LoadBalancerSpec, path: str, reader: Reader, behind_cloudfront: bool, has_domain: bool
) -> None:
    """Note a direct access that is impossible or already the case."""
    if not behind_cloudfront:
        reader.problem(
            path, "found true, but with FrontDoor: LoadBalancer it already admits every address", "leave it out"
        )
    elif spec.internal:
        reader.problem(path, "found true with Scheme: internal, which visitors can't reach", "leave it out")
    elif not has_domain:
        reader.problem(
            path,
            "found true without DomainName: without a certificate, visitors' connections would be unencrypted",
            "leave it out, or write DomainName and HostedZoneId",
        )
