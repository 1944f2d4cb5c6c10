"""DNS: Route 53 routes visitors to the front door while it is healthy, and otherwise to the SECONDARY.

The health check tests the whole request path, through the front door to a server, and counts the friendly page's 503 as
a failure. The records' logical ids are derived from the names, so that adding or removing a name doesn't affect other
records.
"""

from typing import Any, NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Tags, route53

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.frozen import frozen
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Integer, IntegerChoice, Text
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.load_balancer import LoadBalancer
from resilient_website.tiers.secondary_api import Endpoint
from resilient_website.tiers.web_servers.spec import PATH

# The end of the logical id of the load balancer's record.
ORIGIN_RECORD = "OriginRecord"


@frozen
class HealthCheckSpec(PropertyGroup):
    """The health check's properties and defaults."""

    path: Value | None = prop(
        "ResourcePath",
        PATH,
        None,
        examples=("/health", "/status"),
        maps_to="AWS::Route53::HealthCheck.HealthCheckConfig.ResourcePath",
        reason="WebServers.HealthCheckPath when absent. Requests go through the front door, with DomainName as Host",
    )
    interval: int = prop(
        "RequestInterval",
        IntegerChoice((10, 30)),
        30,
        known_at_expansion=True,
        needs=(Need("DomainName"),),
        maps_to="AWS::Route53::HealthCheck.HealthCheckConfig.RequestInterval",
        reason="seconds; 10 detects a failure sooner, at a higher price. A change replaces the health check",
    )
    threshold: Value = prop(
        "FailureThreshold",
        Integer(1, 10),
        3,
        needs=(Need("DomainName"),),
        maps_to="AWS::Route53::HealthCheck.HealthCheckConfig.FailureThreshold",
        reason="AWS's default: one lost packet is not a failure",
    )
    search_string: Value | None = prop(
        "SearchString",
        Text("text of at most 255 characters, without control characters", r"[^\x00-\x08\x0b\x0c\x0e-\x1f]{1,255}"),
        None,
        presence_decides=True,
        examples=("It works",),
        needs=(Need("DomainName"),),
        maps_to="AWS::Route53::HealthCheck.HealthCheckConfig.SearchString, "
        "AWS::Route53::HealthCheck.HealthCheckConfig.Type",
        reason="absent: only the status code counts. When set, the first 5,120 bytes of the page must contain this "
        "text",
    )


class FrontDoor(NamedTuple):
    """The targets of the health check and the PRIMARY records, which depend on `ready`."""

    dns_name: Value
    hosted_zone_id: Value
    evaluate_target_health: bool
    ipv6: bool
    ready: tuple[str, ...] = ()

    @property
    def record_types(self) -> tuple[str, ...]:
        """The record types that point to it."""
        return ("A", "AAAA") if self.ipv6 else ("A",)


class Dns(NamedTuple):
    """The results of DNS for the site's attributes."""

    resources: tuple[AWSObject, ...]
    health_check_id: AWSHelperFn

    @property
    def attributes(self) -> dict[str, Any]:
        """The site attributes that this result provides."""
        return {"HealthCheckId": self.health_check_id}


def build_origin(context: Context, domain: DomainSpec, load_balancer: LoadBalancer) -> tuple[AWSObject, ...]:
    """Return the record of the origin name, which CloudFront uses to reach the load balancer by HTTPS."""
    return (
        route53.RecordSetType(
            context.id(ORIGIN_RECORD),
            HostedZoneId=domain.hosted_zone_id,
            Name=domain.origin_name,
            Type="A",
            AliasTarget=_alias(load_balancer.dns_name, load_balancer.hosted_zone_id, evaluate=False),
        ),
    )


def primary_records(context: Context, domain: DomainSpec, front_door: FrontDoor) -> list[str]:
    """Return the logical ids of the PRIMARY records."""
    return [_primary(context, name, each) for name in domain.names for each in front_door.record_types]


def build(
    context: Context,
    spec: HealthCheckSpec,
    domain: DomainSpec,
    front_door: FrontDoor,
    secondary: dict[str, Endpoint],
    default_path: Value,
) -> Dns:
    """Return the health check and, for every name, the PRIMARY and SECONDARY records, A and AAAA."""
    check = _health_check(context, spec, front_door, default_path)
    records: list[AWSObject] = []
    for name in domain.names:
        for record_type in front_door.record_types:
            common = {"HostedZoneId": domain.hosted_zone_id, "Name": name, "Type": record_type}
            records += [
                route53.RecordSetType(
                    _primary(context, name, record_type),
                    **_after(front_door),
                    SetIdentifier="primary",
                    Failover="PRIMARY",
                    HealthCheckId=Ref(check),
                    AliasTarget=_alias(
                        front_door.dns_name, front_door.hosted_zone_id, evaluate=front_door.evaluate_target_health
                    ),
                    **common,
                ),
                route53.RecordSetType(
                    context.id_of_name(f"Secondary{record_type.title()}", name),
                    SetIdentifier="secondary",
                    Failover="SECONDARY",
                    AliasTarget=_alias(secondary[name].dns_name, secondary[name].hosted_zone_id, evaluate=False),
                    **common,
                ),
            ]
    return Dns((check, *records), GetAtt(check, "HealthCheckId"))


def _primary(context: Context, name: str, record_type: str) -> str:
    return context.id_of_name(f"Primary{record_type.title()}", name)


def _health_check(
    context: Context, spec: HealthCheckSpec, front_door: FrontDoor, default_path: Value
) -> route53.HealthCheck:
    """Return the health check of the front door's default name: failover records could lead to the SECONDARY."""
    search: dict[str, Any] = {"SearchString": spec.search_string} if spec.search_string is not None else {}
    return route53.HealthCheck(
        context.id("HealthCheck"),
        **_after(front_door),
        HealthCheckConfig=route53.HealthCheckConfig(
            Type="HTTPS_STR_MATCH" if search else "HTTPS",
            FullyQualifiedDomainName=front_door.dns_name,
            Port=443,
            ResourcePath=default_path if spec.path is None else spec.path,
            RequestInterval=spec.interval,
            FailureThreshold=spec.threshold,
            EnableSNI=True,
            **search,
        ),
        HealthCheckTags=Tags(Name=context.title("front door")),
    )


def _after(front_door: FrontDoor) -> dict[str, list[str]]:
    return {"DependsOn": list(front_door.ready)} if front_door.ready else {}


def _alias(dns_name: Value, zone_id: Value, *, evaluate: bool) -> route53.AliasTarget:
    return route53.AliasTarget(DNSName=dns_name, HostedZoneId=zone_id, EvaluateTargetHealth=evaluate)
