"""The name of the active half's load balancer: failover records, of which each half makes its own."""

from troposphere import AWSHelperFn, AWSObject, route53

from resilient_website.context import Context
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.load_balancer import LoadBalancer

# The logical ids of the records: the site's, this, and the type.
ACTIVE = "Active"


def primary_records(
    context: Context, domain: DomainSpec, balancer: LoadBalancer, signal_id: AWSHelperFn
) -> tuple[AWSObject, ...]:
    """Return the PRIMARY records, which DNS leaves while the switch signal is set."""
    return _records(context, domain, balancer, "primary", HealthCheckId=signal_id)


def secondary_records(context: Context, domain: DomainSpec, balancer: LoadBalancer) -> tuple[AWSObject, ...]:
    """Return the SECONDARY records."""
    return _records(context, domain, balancer, "secondary")


def _records(
    context: Context, domain: DomainSpec, balancer: LoadBalancer, which: str, **more: AWSHelperFn
) -> tuple[AWSObject, ...]:
    """Return one half's failover records of the active name. `which`: primary or secondary."""
    # CloudFront asks for IPv4; visitors also for IPv6, where the load balancer is the front door.
    types = ("A", "AAAA") if balancer.dual_stack and not balancer.exposure.behind_cloudfront else ("A",)
    return tuple(
        route53.RecordSetType(
            context.id(f"{ACTIVE}{record_type.title()}"),
            DependsOn=list(balancer.ready),
            HostedZoneId=domain.hosted_zone_id,
            Name=domain.active_name,
            Type=record_type,
            SetIdentifier=which,
            Failover=which.upper(),
            AliasTarget=route53.AliasTarget(
                DNSName=balancer.dns_name, HostedZoneId=balancer.hosted_zone_id, EvaluateTargetHealth=False
            ),
            **more,
        )
        for record_type in types
    )
