"""Builds a site: its tiers in order, each with what it needs from earlier ones.

A site with a copy in another Region has two halves: the primary one is a whole site, which also makes what the copy
needs; the copy has the tiers that serve visitors, but nothing that they reach it by.
"""

from typing import Any

from troposphere import AWSObject, GetAtt, Ref

from resilient_website import entry_points, site_copy, site_with_copy
from resilient_website.built_site import Site, addresses, build_load_balancer, build_logs, exposure
from resilient_website.cloudformation import construction
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
    files,
    monitoring,
    network,
    web_servers,
)
from resilient_website.tiers.database.instances import Source
from resilient_website.tiers.saved_site import saving
from resilient_website.tiers.secondary_region import primary_half, primary_part

__all__ = ["Site", "build"]

# A site is made of hundreds of objects.
construction.make_quickly()


def build(context: Context, spec: SiteSpec) -> Site:
    """Return the resources and attributes of a site whose specification has been checked."""
    return (site_copy.build if spec.is_secondary_half else _whole)(context, spec)


def _whole(context: Context, spec: SiteSpec) -> Site:
    """Return a whole site, which is also the primary half of one with a copy in another Region."""
    left = spec.teardown
    log_bucket = build_logs(context, spec)
    net = network.build(context, spec.network)
    flow_logs = network.flow_logs(context, spec.network, net, log_bucket)
    there = site_with_copy.read_of_copy(context, spec)
    fallback_site = fallback.build(
        context, spec.fallback, with_copy=spec.copied_to is not None, copy_answers=spec.copy_answers
    )
    copy = site_with_copy.in_region_of_copy(context, spec, fallback_site)
    db = _database(context, spec, net, site_with_copy.source_of_data(spec, there), copy)
    query_cache = cache.build(context, spec.cache, net, left.cache) if spec.cache else None
    shared = files.build(context, spec.files, net, left.files) if spec.files else None
    copied = (copy.replication, copy.target_domain_name) if copy else ()
    static = assets.build(context, spec.assets, left.assets, *copied)
    certs = _certificates(context, spec)
    balancer = build_load_balancer(context, spec, exposure(spec, certs.regional if certs else None), net, log_bucket)
    copys_origin = site_with_copy.vpc_origin_of_copy(spec, there)
    behind = entry_points.Dependencies(certs, balancer, static, fallback_site, log_bucket, copy, copys_origin)
    entry_point = entry_points.build(context, spec, behind)
    awaited = tuple(part.title for part in there) if spec.awaits_copy else ()
    deps = web_servers.Dependencies(
        net,
        balancer,
        db,
        query_cache,
        entry_point.assets_url,
        spec.monitoring.log_retention_days,
        awaited,
        shared,
    )
    servers = web_servers.build(context, spec.web_servers, deps)
    replicated = site_with_copy.replicated_assets(static, copy)
    monitored = _monitored(context, spec, entry_point, deps, servers, certs, replicated)
    watched = monitoring.build(context, spec.monitoring, monitored)
    tried = _drills(context, spec, deps, watched, static)
    page = fallback.publish(context, spec.fallback, fallback_site, entry_point.fallback_readers)
    saved = _saved(context, spec, fallback_site, entry_point, servers)
    stores = (db, query_cache, shared, static)
    tiers = (net, log_bucket, *stores, fallback_site, certs, balancer, entry_point, servers, watched)
    built = [tier for tier in (*tiers, copy) if tier is not None]
    handed_over = site_with_copy.published_for_copy(context, spec, copy, deps, entry_point, fallback_site, static)
    ends = [servers.group, *(part.title for part in (*entry_point.resources, *page, *handed_over))]
    guard = primary_half.guard(context, db, ends) if copy and db else ()
    others = (*flow_logs, *tried, *page, *saved, *handed_over, *there, *guard)
    return Site(
        resources=(*(part for tier in built for part in tier.resources), *others),
        attributes=_attributes(spec, entry_point, [tier.attributes for tier in built if hasattr(tier, "attributes")]),
    )


def _database(
    context: Context,
    spec: SiteSpec,
    net: network.Network,
    source: Source | None,
    copy: primary_part.PrimaryPart | None,
) -> database.Database | None:
    """Return the database, if the site has one."""
    if spec.database is None:
        return None
    return database.build(
        context, spec.database, net, spec.teardown.database, spec.copied_to, source, copy.backups if copy else None
    )


def _drills(
    context: Context,
    spec: SiteSpec,
    deps: web_servers.Dependencies,
    watched: monitoring.Monitoring,
    static: assets.Assets,
) -> tuple[AWSObject, ...]:
    """Return the drills, if the site has them."""
    if not spec.drills:
        return ()
    paused = drills.ReplicatedBucket(static.bucket, spec.copied_to) if spec.copied_to else None
    zones, alarms = deps.network.zones, watched.visitors_alarms
    return drills.build(context, drills.Targets(zones, deps.database, deps.cache, alarms, paused))


def _certificates(context: Context, spec: SiteSpec) -> certificates.Certificates | None:
    """Return the certificates; None without a domain."""
    if not spec.domain.names:
        return None
    by_name = spec.half is not None and not spec.behind_vpc_origins
    return certificates.build(context, spec.domain, spec.secondary_api_region, with_copy=by_name)


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
    spec: SiteSpec,
    entry_point: entry_points.EntryPoint,
    deps: web_servers.Dependencies,
    servers: web_servers.WebServers,
    certs: certificates.Certificates | None,
    replicated: monitoring.ReplicatedAssets | None,
) -> monitoring.Monitored:
    """Return what the alarms and the dashboard of a whole site watch."""
    return monitoring.Monitored(
        region=context.region,
        zones=deps.network.zones,
        distribution_id=Ref(entry_point.assets.distribution),
        load_balancer=deps.load_balancer,
        web_servers=servers,
        database=deps.database,
        cache=deps.cache,
        files=deps.files,
        health_check_id=entry_point.names.health_check_id if entry_point.names else None,
        certificate_arns=certs.watched(context.region) if certs else (),
        edge_certificate_arn=certs.edge if certs and context.region != CLOUDFRONT_REGION else None,
        standby_servers=spec.standby_servers,
        replicated_assets=replicated,
        canary_latency_percent=spec.web_servers.canary.latency_percent if spec.web_servers.canary else 0,
    )


def _attributes(spec: SiteSpec, entry_point: entry_points.EntryPoint, tiers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return all attributes; `Url` and `DomainName` are those of the domain, or of the distribution."""
    name = spec.domain.domain_name or entry_point.assets.domain_name
    merged = addresses(name)
    if spec.fallback.source is not None:
        merged["SavedSiteRoleArn"] = GetAtt(saving.FUNCTION.role, "Arn")
    for attributes in tiers:
        merged |= attributes
    return merged
