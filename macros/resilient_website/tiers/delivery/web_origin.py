"""The load balancer as CloudFront's origin: over the internet with a secret header, or inside the VPC."""

from collections.abc import Mapping
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, cloudfront

from resilient_website.context import Context
from resilient_website.facts.origin_shield import ORIGIN_SHIELD_REGIONS
from resilient_website.tiers.delivery.spec import DeliverySpec
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.load_balancer import LoadBalancer, origin_secret

WEB_ORIGIN = "web"
# The load balancer of the copy in another Region.
COPYS_ORIGIN = "web-secondary"

# The beginning of the logical ids of VPC origins, after the site's own.
VPC_ORIGIN = "VpcOrigin"

# The connection timeout: half of CloudFront's default, since a working load balancer answers within milliseconds.
CONNECTION_TIMEOUT_SECONDS = 5
KEEPALIVE_SECONDS = 30


def vpc_origin(context: Context, load_balancer: LoadBalancer) -> cloudfront.VpcOrigin:
    """Return the VPC origin for an internal load balancer.

    CloudFront rejects changes of a VPC origin in use. So another protocol creates another VPC origin, and VPC origins
    don't have the site's tags. Source: "Restrict access with VPC origins".
    """
    return cloudfront.VpcOrigin(
        _vpc_origin_id(context, load_balancer),
        DependsOn=list(load_balancer.ready),
        VpcOriginEndpointConfig=cloudfront.VpcOriginEndpointConfig(
            Name=context.unique_name(f"{WEB_ORIGIN}-{_protocol(load_balancer)}"),
            Arn=load_balancer.arn,
            HTTPPort=80,
            HTTPSPort=443,
            OriginProtocolPolicy=_protocol(load_balancer),
            OriginSSLProtocols=["TLSv1.2"],
        ),
    )


def web_origin(
    context: Context, spec: DeliverySpec, domain: DomainSpec, load_balancer: LoadBalancer
) -> cloudfront.Origin:
    """Return the origin."""
    way = _way(context, spec, load_balancer)
    return _origin(context, spec, domain, load_balancer, way, WEB_ORIGIN, context.region)


def copys_origin(
    context: Context,
    spec: DeliverySpec,
    domain: DomainSpec,
    load_balancer: LoadBalancer,
    vpc_origin_id: AWSHelperFn,
    region: str,
) -> cloudfront.Origin:
    """Return the origin of the copy in `region` by its VPC origin: all but that is as in the origin of this half."""
    return _origin(context, spec, domain, load_balancer, _inside(spec, vpc_origin_id), COPYS_ORIGIN, region)


def _origin(
    context: Context,
    spec: DeliverySpec,
    domain: DomainSpec,
    load_balancer: LoadBalancer,
    way: Mapping[str, Any],
    origin_id: str,
    region: str,
) -> cloudfront.Origin:
    """Return an origin; with HTTPS if the load balancer has a certificate, by a name that it covers.

    The certificate must match the origin's name or the Host header; the health check sends CloudFront's default name as
    Host, so it must match the origin's name. Source: "Require HTTPS for communication between CloudFront and your
    custom origin".
    """
    tls = load_balancer.exposure.certificate is not None
    header = cloudfront.OriginCustomHeader(HeaderName=origin_secret.HEADER, HeaderValue=origin_secret.value(context))
    return cloudfront.Origin(
        Id=origin_id,
        DomainName=(load_balancer.exposure.active_name or domain.origin_name) if tls else load_balancer.dns_name,
        ConnectionAttempts=spec.connection_attempts,
        ConnectionTimeout=CONNECTION_TIMEOUT_SECONDS,
        OriginCustomHeaders=[header],
        **way,
        **_shield(spec, region),
    )


def parts(context: Context, load_balancer: LoadBalancer) -> tuple[AWSObject, ...]:
    """Return the resources that the origin needs besides the load balancer."""
    return (vpc_origin(context, load_balancer),) if load_balancer.spec.internal else ()


def vpc_origin_id(context: Context, load_balancer: LoadBalancer) -> str | None:
    """Return the logical id of the VPC origin; None for an internet-facing load balancer."""
    return _vpc_origin_id(context, load_balancer) if load_balancer.spec.internal else None


def _way(context: Context, spec: DeliverySpec, load_balancer: LoadBalancer) -> dict[str, Any]:
    if load_balancer.spec.internal:
        return _inside(spec, GetAtt(_vpc_origin_id(context, load_balancer), "Id"))
    config = cloudfront.CustomOriginConfig(
        OriginProtocolPolicy=_protocol(load_balancer), OriginSSLProtocols=["TLSv1.2"], **_timeouts(spec)
    )
    return {"CustomOriginConfig": config}


def _inside(spec: DeliverySpec, vpc_origin_id: AWSHelperFn) -> dict[str, Any]:
    return {"VpcOriginConfig": cloudfront.VpcOriginConfig(VpcOriginId=vpc_origin_id, **_timeouts(spec))}


def _timeouts(spec: DeliverySpec) -> dict[str, Any]:
    return {"OriginReadTimeout": spec.origin_read_timeout, "OriginKeepaliveTimeout": KEEPALIVE_SECONDS}


def _shield(spec: DeliverySpec, region: str) -> dict[str, Any]:
    near = ORIGIN_SHIELD_REGIONS.get(region)
    if not spec.origin_shield or near is None:
        return {}
    return {"OriginShield": cloudfront.OriginShield(Enabled=True, OriginShieldRegion=near)}


def _protocol(load_balancer: LoadBalancer) -> str:
    return "http-only" if load_balancer.exposure.certificate is None else "https-only"


def _vpc_origin_id(context: Context, load_balancer: LoadBalancer) -> str:
    return context.id(VPC_ORIGIN + ("Http" if _protocol(load_balancer) == "http-only" else "Https"))
