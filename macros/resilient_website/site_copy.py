"""Builds the copy of a site in its secondary Region: the tiers that serve visitors, in order.

What visitors reach the site by (CloudFront, the site's names, the fallback site) belongs to the primary half.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import AWSObject, GetAtt, Ref

from resilient_website import entry_points
from resilient_website.built_site import Site, addresses, build_load_balancer, build_logs, exposure
from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.stores import STORES
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import (
    cache,
    certificates,
    database,
    drills,
    firewall,
    load_balancer,
    monitoring,
    network,
    web_servers,
)
from resilient_website.tiers.database import copy as database_copy
from resilient_website.tiers.database import restored
from resilient_website.tiers.database.instances import PRIMARY, Backup, Source
from resilient_website.tiers.delivery import web_origin
from resilient_website.tiers.secondary_region import (
    active_name,
    automation,
    backups,
    comparison,
    primary_half,
    published,
    signal,
)


def build(context: Context, spec: SiteSpec) -> Site:
    """Return the resources and attributes of a copy; the specification is the copy's."""
    there = primary_half.primary(context)
    log_bucket = build_logs(context, spec)
    net = network.build(context, spec.network)
    flow_logs = network.flow_logs(context, spec.network, net, log_bucket)
    recovered = _recovered(context, spec, there)
    db = _database(context, spec, net, there, recovered)
    query_cache = cache.build(context, spec.cache, net, spec.teardown.cache) if spec.cache else None
    certificate, certified = certificates.build_regional(
        context, spec.domain, with_active_name=not spec.behind_vpc_origins
    )
    header = f"{there.logical_id}.{published.ORIGIN_SECRET_ARN}"
    balancer = build_load_balancer(context, spec, exposure(spec, certificate, header), net, log_bucket)
    shield = _shield(context, spec, balancer)
    ways_in = _ways_in(context, spec, balancer)
    assets_url = entry_points.assets_url(spec, there.value(published.DISTRIBUTION_DOMAIN_NAME))
    deps = web_servers.Dependencies(net, balancer, db, query_cache, assets_url, spec.monitoring.log_retention_days)
    servers = web_servers.build(context, spec.web_servers, deps)
    monitored = _monitored(context, deps, servers, certificate, spec.standby_servers)
    watched = monitoring.build(context, spec.monitoring, monitored)
    tried = (
        drills.build(context, drills.Targets(net.zones, db, query_cache, watched.visitors_alarms))
        if spec.drills
        else ()
    )
    tiers = (net, log_bucket, db, query_cache, balancer, servers, watched)
    built = [tier for tier in tiers if tier is not None]
    published_here = published.of_copy(context, db, servers.group, web_origin.vpc_origin_id(context, balancer))
    compared = comparison.build(context, there)
    others = (*flow_logs, *tried, *certified, *shield, *ways_in, *published_here, *compared)
    made = [
        *(part for tier in built for part in tier.resources),
        *recovered,
        *others,
        *_runbook(context, spec, there, deps, servers),
    ]
    read = primary_half.reading(context, _needed(spec), made, promoted=_is_promoted(spec))
    # After a switch, the primary half's database can be a replica of this one.
    ends = [servers.group, *(part.title for part in (*ways_in, *published_here))]
    guard = primary_half.guard(context, db, ends) if db else ()
    attributes = [tier.attributes for tier in built if hasattr(tier, "attributes")]
    return Site(resources=(*made, read, *guard), attributes=_attributes(spec, there, attributes))


def _needed(spec: SiteSpec) -> list[str]:
    """Return the names of the values that the copy needs of the primary half."""
    return published.names(
        database=spec.database is not None,
        origin_secret=spec.behind_cloudfront,
        switch_store=spec.selects_origin,
    )


def _ways_in(context: Context, spec: SiteSpec, balancer: load_balancer.LoadBalancer) -> tuple[AWSObject, ...]:
    """Return what leads CloudFront or visitors to this half: records, or a VPC origin for an internal load balancer."""
    if spec.behind_vpc_origins:
        return web_origin.parts(context, balancer)
    return active_name.secondary_records(context, spec.domain, balancer)


def _is_promoted(spec: SiteSpec) -> bool:
    """Return whether the database was a replica, and takes writes now: without data of its own, RDS can't create it."""
    if spec.database is None or spec.half is None or spec.half.is_restored or not spec.half.is_active:
        return False
    overridden = (spec.overrides or {}).get(PRIMARY)
    sources = STORES["AWS::RDS::DBInstance"].sources
    return not (isinstance(overridden, Mapping) and any(name in overridden for name in sources))


def _recovered(context: Context, spec: SiteSpec, there: primary_half.Primary) -> tuple[AWSObject, ...]:
    """Return what finds the replicated backups to restore, last; empty for a database that is a replica."""
    if spec.database is None or spec.half is None or not spec.half.is_restored:
        return ()
    return backups.found(context, there.value(published.DATABASE_ARN))


def _database(
    context: Context,
    spec: SiteSpec,
    net: network.Network,
    there: primary_half.Primary,
    recovered: Sequence[AWSObject],
) -> database.Database | None:
    """Return the copy's database: restored from backups, or a replica until this half is the active one."""
    if spec.database is None or spec.half is None:
        return None
    secret_arn = there.value(published.DATABASE_SECRET_ARN)
    if recovered:
        backup = Backup(GetAtt(recovered[-1], backups.BACKUP_ARN), spec.half.spec.restore_time)
        return restored.build(context, spec.database, net, spec.teardown.database, backup, secret_arn)
    arn = None if spec.half.is_active else there.value(published.DATABASE_ARN)
    source = Source(there.value(published.PRIMARY_REGION), arn)
    return database_copy.build(context, spec.database, net, spec.teardown.database, source, secret_arn)


def _runbook(
    context: Context,
    spec: SiteSpec,
    there: primary_half.Primary,
    deps: web_servers.Dependencies,
    servers: web_servers.WebServers,
) -> tuple[AWSObject, ...]:
    """Return the runbook of a switch to this half; none as long as CloudFront can't lead visitors to it."""
    if spec.behind_vpc_origins and not spec.selects_origin:
        return ()
    target = automation.Target(
        database=Ref(deps.database.primary) if deps.database else None,
        group=Ref(servers.group),
        target_group=servers.target_group_arn,
        size=str(spec.web_servers.active_size),
        turned_by=_turned_by(spec, there),
    )
    return automation.build(context, target)


def _turned_by(spec: SiteSpec, there: primary_half.Primary) -> automation.Signal | automation.Store:
    """Return what the runbook turns visitors to this half by."""
    if spec.selects_origin:
        return automation.Store(there.value(published.SWITCH_STORE_ARN))
    return automation.Signal(there.value(published.FALLBACK_BUCKET), signal.KEY)


def _shield(context: Context, spec: SiteSpec, balancer: load_balancer.LoadBalancer) -> tuple[AWSObject, ...]:
    """Return the web ACL of the load balancer, if it is the front door; CloudFront's is the primary half's."""
    if spec.behind_cloudfront:
        return ()
    return firewall.build(context, spec.security, behind_cloudfront=False, load_balancer_arn=balancer.arn).resources


def _monitored(
    context: Context, deps: web_servers.Dependencies, servers: web_servers.WebServers, certificate: Value, standby: int
) -> monitoring.Monitored:
    """Return what the alarms of the secondary half watch; `standby`: its servers while it is not active."""
    return monitoring.Monitored(
        region=context.region,
        zones=deps.network.zones,
        distribution_id=None,
        load_balancer=deps.load_balancer,
        web_servers=servers,
        database=deps.database,
        cache=deps.cache,
        health_check_id=None,
        certificate_arns=(certificate,),
        edge_certificate_arn=None,
        standby_servers=standby,
        differing_values=comparison.metric_name(context),
    )


def _attributes(spec: SiteSpec, there: primary_half.Primary, tiers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the attributes: the copy's own, and the primary half's of what exists only once."""
    names = (*published.OF_THE_SITE, published.ASSETS_BUCKET)
    merged = addresses(spec.domain.domain_name) | {name: there.value(name) for name in names}
    for attributes in tiers:
        merged |= attributes
    return merged
