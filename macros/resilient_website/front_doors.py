"""The two ways in: CloudFront before the load balancer, or the load balancer itself. Each with its SECONDARY."""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, Join

from resilient_website.behaviors import CLOUDFRONT_HOSTED_ZONE_ID
from resilient_website.buckets import distribution_reads
from resilient_website.context import Context
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import (
    asset_delivery,
    assets,
    certificates,
    delivery,
    dns,
    fallback,
    load_balancer,
    secondary_api,
    secondary_distribution,
)


@dataclass(frozen=True)
class Door:
    """The way in: what serves the assets, who reads the fallback bucket, and the names if there is a domain."""

    resources: tuple[AWSObject, ...]
    assets: delivery.Delivery
    assets_url: Any
    fallback_readers: tuple[dict[str, Any], ...]
    names: dns.Dns | None

    @property
    def attributes(self) -> dict[str, Any]:
        """The site's attributes that come from here."""
        return self.assets.attributes | (self.names.attributes if self.names else {})


def build(
    context: Context,
    spec: SiteSpec,
    certs: certificates.Certificates | None,
    balancer: load_balancer.LoadBalancer,
    static: assets.Assets,
    fallback_site: fallback.Fallback,
) -> Door:
    """Return the way in that the site asks for."""
    chosen = behind_cloudfront if spec.front_door == "CloudFront" else behind_load_balancer
    return chosen(context, spec, certs, balancer, static, fallback_site)


def behind_cloudfront(
    context: Context,
    spec: SiteSpec,
    certs: certificates.Certificates | None,
    balancer: load_balancer.LoadBalancer,
    static: assets.Assets,
    fallback_site: fallback.Fallback,
) -> Door:
    """Return CloudFront as the way in, with a regional API as the SECONDARY if there is a domain."""
    edge = certs.edge if certs else None
    distribution = delivery.build(context, spec.domain, edge, balancer, static, fallback_site)
    readers = (distribution_reads(fallback_site.bucket, distribution.distribution),)
    if certs is None:
        return Door(distribution.resources, distribution, static.spec.path, readers, None)
    api = secondary_api.build(context, spec.domain, certs.regional, fallback_site)
    origin = dns.build_origin(context, spec.domain, balancer)
    front_door = dns.FrontDoor(
        distribution.domain_name, CLOUDFRONT_HOSTED_ZONE_ID, evaluate_target_health=False, ipv6=True
    )
    records = dns.build(context, spec.health_check, spec.domain, front_door, api.endpoints, spec.health_check_path)
    made = (*distribution.resources, *api.resources, *origin, *records.resources)
    return Door(made, distribution, static.spec.path, readers, records)


def behind_load_balancer(
    context: Context,
    spec: SiteSpec,
    certs: certificates.Certificates | None,
    balancer: load_balancer.LoadBalancer,
    static: assets.Assets,
    fallback_site: fallback.Fallback,
) -> Door:
    """Return the load balancer as the way in, with a distribution as the SECONDARY. Needs a domain."""
    if certs is None:
        raise ValueError("the load balancer as the front door needs a domain: site_spec.check refuses it")
    own = asset_delivery.build(context, static)
    secondary = secondary_distribution.build(context, spec.domain, certs.edge, fallback_site)
    endpoint = secondary_api.Endpoint(secondary.domain_name, CLOUDFRONT_HOSTED_ZONE_ID)
    front_door = dns.FrontDoor(
        balancer.dns_name, balancer.hosted_zone_id, evaluate_target_health=True, ipv6=balancer.dual_stack
    )
    endpoints = dict.fromkeys(spec.domain.names, endpoint)
    records = dns.build(context, spec.health_check, spec.domain, front_door, endpoints, spec.health_check_path)
    made = (*own.resources, *secondary.resources, *records.resources)
    url = Join("", ["https://", own.domain_name, static.spec.path])
    readers = (distribution_reads(fallback_site.bucket, secondary.distribution),)
    return Door(made, own, url, readers, records)
