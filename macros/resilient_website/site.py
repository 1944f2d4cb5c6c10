"""A site, on one screen: its properties, and its tiers in order, each with what it needs from the ones before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, Join

from resilient_website.behaviors import CLOUDFRONT_HOSTED_ZONE_ID
from resilient_website.buckets import bucket_policy, distribution_reads
from resilient_website.context import Context
from resilient_website.domain import DomainSpec
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import (
    asset_delivery,
    assets,
    cache,
    certificates,
    database,
    delivery,
    dns,
    fallback,
    load_balancer,
    network,
    secondary_api,
    secondary_distribution,
    web_servers,
)


@dataclass(frozen=True)
class Site:
    """What a compact resource becomes: resources, and the attributes that references to it may name."""

    resources: tuple[AWSObject, ...]
    attributes: Mapping[str, Any]


def build(context: Context, spec: SiteSpec) -> Site:
    """Return the resources and attributes of a site whose specification has been checked."""
    net = network.build(context, spec.network)
    db = database.build(context, spec.database, net) if spec.database else None
    query_cache = cache.build(context, spec.cache, net) if spec.cache else None
    static = assets.build(context, spec.assets)
    fallback_site = fallback.build(context)
    certs = certificates.build(context, spec.domain) if spec.domain.names else None
    balancer = load_balancer.build(context, net, _exposure(spec, certs), spec.web_servers.port, spec.health_check_path)
    front = _behind_cloudfront if spec.front_door == "CloudFront" else _behind_load_balancer
    door = front(context, spec, certs, balancer, static, fallback_site)
    servers = web_servers.build(
        context, spec.web_servers, web_servers.Surroundings(net, balancer, db, query_cache, door.assets_url)
    )
    policy = bucket_policy(
        context.id("AssetsBucketPolicy"), static.bucket, [distribution_reads(static.bucket, door.assets.distribution)]
    )
    published = fallback.publish(context, spec.fallback, fallback_site, door.fallback_readers)
    tiers = (net, db, query_cache, static, fallback_site, certs, balancer, door, servers)
    built = [tier for tier in tiers if tier is not None]
    return Site(
        resources=(*(part for tier in built for part in tier.resources), policy, *published),
        attributes=_attributes(spec.domain, door, [tier.attributes for tier in built if hasattr(tier, "attributes")]),
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


def _exposure(spec: SiteSpec, certs: certificates.Certificates | None) -> load_balancer.Exposure:
    return load_balancer.Exposure(
        behind_cloudfront=spec.front_door == "CloudFront", certificate=certs.regional if certs else None
    )


def _behind_cloudfront(
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


def _behind_load_balancer(
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


def _attributes(domain: DomainSpec, door: Door, tiers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return all attributes; `Url` and `DomainName` are the domain's, or CloudFront's own name."""
    name = domain.domain_name or door.assets.domain_name
    url = f"https://{name}" if isinstance(name, str) else Join("", ["https://", name])
    merged: dict[str, Any] = {"Url": url, "DomainName": name}
    for attributes in tiers:
        merged |= attributes
    return merged
