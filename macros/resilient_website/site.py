"""Builds a site: its tiers in order, each with what it needs from earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, GetAtt, Join, Ref

from resilient_website import entry_points
from resilient_website.cloudformation.encoding import encoded
from resilient_website.context import Context
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import (
    assets,
    cache,
    certificates,
    database,
    drills,
    fallback,
    load_balancer,
    logs,
    monitoring,
    network,
    web_servers,
)
from resilient_website.tiers.saved_site import saving


@dataclass(frozen=True)
class Site:
    """The expansion of a compact resource: its resources, and the attributes that references can use."""

    resources: tuple[AWSObject, ...]
    attributes: Mapping[str, Any]


def build(context: Context, spec: SiteSpec) -> Site:
    """Return the resources and attributes of a site whose specification has been checked."""
    left = spec.teardown
    log_bucket = logs.build(context, spec.monitoring.log_retention_days, left.logs) if spec.needs_logs else None
    net = network.build(context, spec.network)
    flow_logs = network.flow_logs(context, spec.network, net, log_bucket)
    db = database.build(context, spec.database, net, left.database) if spec.database else None
    query_cache = cache.build(context, spec.cache, net, left.cache) if spec.cache else None
    static = assets.build(context, spec.assets, left.assets)
    fallback_site = fallback.build(context, spec.fallback)
    certs = certificates.build(context, spec.domain, spec.secondary_api_region) if spec.domain.names else None
    balancer = _load_balancer(context, spec, certs, net, log_bucket)
    entry_point = entry_points.build(
        context, spec, entry_points.Dependencies(certs, balancer, static, fallback_site, log_bucket)
    )
    deps = web_servers.Dependencies(
        net, balancer, db, query_cache, entry_point.assets_url, spec.monitoring.log_retention_days
    )
    servers = web_servers.build(context, spec.web_servers, deps)
    watched = monitoring.build(context, spec.monitoring, _monitored(context, net, entry_point, deps, servers, certs))
    tried = (
        drills.build(context, drills.Site(net.zones, db, query_cache, watched.visitors_alarms)) if spec.drills else ()
    )
    published = fallback.publish(context, spec.fallback, fallback_site, entry_point.fallback_readers)
    saved = _saved(context, spec, fallback_site, entry_point, servers)
    tiers = (net, log_bucket, db, query_cache, static, fallback_site, certs, balancer, entry_point, servers, watched)
    built = [tier for tier in tiers if tier is not None]
    return Site(
        resources=(*(part for tier in built for part in tier.resources), *flow_logs, *tried, *published, *saved),
        attributes=_attributes(spec, entry_point, [tier.attributes for tier in built if hasattr(tier, "attributes")]),
    )


def _load_balancer(
    context: Context,
    spec: SiteSpec,
    certs: certificates.Certificates | None,
    net: network.Network,
    log_bucket: logs.Logs | None,
) -> load_balancer.LoadBalancer:
    exposure = load_balancer.Exposure(
        behind_cloudfront=spec.behind_cloudfront,
        certificate=certs.regional if certs else None,
        direct_access=spec.load_balancer.direct_access,
        site_name=spec.domain.domain_name,
    )
    access_logs = log_bucket if spec.load_balancer.access_logs else None
    port, path = spec.web_servers.port, spec.health_check_path
    overridden = (spec.overrides or {}).get("LoadBalancer")
    overrides = encoded(dict(overridden)) if isinstance(overridden, Mapping) else {}
    return load_balancer.build(context, spec.load_balancer, exposure, net, access_logs, port, path, overrides)


def _saved(
    context: Context,
    spec: SiteSpec,
    fallback_site: fallback.Fallback,
    entry_point: entry_points.EntryPoint,
    servers: web_servers.WebServers,
) -> tuple[AWSObject, ...]:
    """Return the resources that save the site, which depend on the whole site and the write permission."""
    if spec.fallback.source is None or spec.domain.domain_name is None or entry_point.names is None:
        return ()
    names = [part.title for part in entry_point.names.resources]
    waits_for = [servers.group, entry_point.assets.distribution, *names, context.id("FallbackBucketPolicy")]
    return saving.build(context, spec.fallback.source, spec.domain.domain_name, fallback_site, waits_for)


def _monitored(
    context: Context,
    net: network.Network,
    entry_point: entry_points.EntryPoint,
    deps: web_servers.Dependencies,
    servers: web_servers.WebServers,
    certs: certificates.Certificates | None,
) -> monitoring.Monitored:
    return monitoring.Monitored(
        region=context.region,
        zones=net.zones,
        distribution_id=Ref(entry_point.assets.distribution),
        load_balancer=deps.load_balancer,
        web_servers=servers,
        database=deps.database,
        cache=deps.cache,
        health_check_id=entry_point.names.health_check_id if entry_point.names else None,
        certificate_arns=certs.watched(context.region) if certs else (),
        edge_certificate_arn=certs.edge if certs and context.region != CLOUDFRONT_REGION else None,
    )


def _attributes(spec: SiteSpec, entry_point: entry_points.EntryPoint, tiers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return all attributes; `Url` and `DomainName` are those of the domain, or of the distribution."""
    name = spec.domain.domain_name or entry_point.assets.domain_name
    url = f"https://{name}" if isinstance(name, str) else Join("", ["https://", name])
    merged: dict[str, Any] = {"Url": url, "DomainName": name}
    if spec.fallback.source is not None:
        merged["SavedSiteRoleArn"] = GetAtt(saving.FUNCTION.role, "Arn")
    for attributes in tiers:
        merged |= attributes
    return merged
