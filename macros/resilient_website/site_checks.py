"""Checks for invalid combinations of properties, within a tier and between tiers."""

import re
from collections.abc import Mapping
from typing import Any

from resilient_website import site_addresses
from resilient_website.cloudformation.intrinsics import is_intrinsic
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from resilient_website.facts.region_types import REGIONS_WITHOUT
from resilient_website.facts.regions import OF_OTHER_PARTITIONS
from resilient_website.reading.reader import Reader
from resilient_website.regional_values import regional_values
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers import (
    cache,
    database,
    domain,
    files,
    firewall,
    load_balancer,
    monitoring,
    network,
    tags,
    teardown,
    web_servers,
)
from resilient_website.tiers.delivery import checks as delivery
from resilient_website.tiers.fallback.spec import check as check_fallback
from resilient_website.tiers.monitoring import MonitoringSpec
from resilient_website.tiers.secondary_region import checks as secondary_checks
from resilient_website.tiers.store_types import check_offered

# Characters not allowed in a path pattern, and the asterisk, which is a wildcard. Source: "Cache behavior settings" in
# the Amazon CloudFront guide, Path pattern.
NOT_IN_PATTERNS = re.compile(r"""[^A-Za-z0-9_.$/~"'@:+&-]""")


def check(site: SiteSpec, path: str, reader: Reader) -> None:
    """Note every invalid combination of properties."""
    if reader.region.startswith(OF_OTHER_PARTITIONS):
        # CloudFront is always either the front door or the SECONDARY.
        found = f"found a site in {reader.region}, whose partition lacks services that a site needs (CloudFront)"
        reader.problem(path, found, "deploy it in a Region of the aws partition, such as us-east-1")
        return
    elsewhere = site.secondary_api_region
    domain.check(
        site.domain,
        path,
        reader,
        behind_cloudfront=site.behind_cloudfront,
        certificate_region=None if elsewhere == CLOUDFRONT_REGION else elsewhere,
    )
    needs_private = site.database is not None or site.cache is not None
    network.check(site.network, f"{path}.Network", reader, needs_private_subnets=needs_private)
    _check_load_balancer(site, path, reader)
    servers, zones = site.web_servers, site.network.zone_count
    web_servers.check(servers, zones, f"{path}.WebServers", reader, closed=site.network.closed)
    site_addresses.check(site, path, reader)
    _check_stores(site, path, reader)
    _check_copy(site, path, reader)
    check_fallback(
        site.fallback,
        f"{path}.Fallback",
        reader,
        has_domain=_has_domain(site, path, reader),
        behind_cloudfront=site.behind_cloudfront,
    )
    if not (site.is_secondary_half and site.behind_cloudfront):
        # CloudFront's web ACL belongs to the primary half.
        firewall.check(site.security, f"{path}.Security", reader, behind_cloudfront=site.behind_cloudfront)
    delivery.check(
        site.delivery,
        f"{path}.Delivery",
        reader,
        behind_cloudfront=site.behind_cloudfront,
        has_domain=site.domain.domain_name is not None,
        idle_timeout=site.load_balancer.idle_timeout,
        has_distribution=not site.is_secondary_half,
    )
    monitoring.check(site.monitoring, f"{path}.Monitoring", reader, has_budget=not site.is_secondary_half)
    _check_latency(site, path, reader)
    tags.check(site.tags, f"{path}.Tags", reader)
    _check_front_door(site, path, reader)
    _check_health_check(site, path, reader)
    _check_drills(site, path, reader)


def check_as_written(site: SiteSpec, written: Any, path: str, reader: Reader) -> None:
    """Note what must not be literal, in a specification whose parameters are not replaced by their values.

    `written` are the properties in the template: a list that a function gives has literals in the specification.
    """
    if site.secondary is None:
        return
    literal = {name: value for name, value in regional_values(site).items() if not _is_computed(written, name)}
    secondary_checks.check_literals(literal, path, reader)


def _is_computed(written: Any, name: str) -> bool:
    """Tell whether a function gives the property with this path, or a group that it is in."""
    for key in name.split("."):
        if is_intrinsic(written) or not isinstance(written, Mapping):
            break
        written = written.get(key)
    return is_intrinsic(written)


def _check_stores(site: SiteSpec, path: str, reader: Reader) -> None:
    regions = (reader.region, site.secondary.region if site.secondary else None)
    if site.database:
        for name, kind in (
            ("DBInstanceClass", site.database.instance_class),
            ("ReplicaDBInstanceClass", site.database.replica_class),
        ):
            check_offered("RDS", kind, regions, f"{path}.Database.{name}", reader)
        database.check(site.database, f"{path}.Database", reader)
        if site.secondary is None:
            # With a copy, the same template is deployed in two Regions.
            database.check_snapshot_region(site.database, f"{path}.Database", reader)
        overridden = (site.overrides or {}).get("Database")
        overridden = overridden if isinstance(overridden, Mapping) else {}
        database.check_log_exports(site.database, overridden, f"{path}.Database", reader)
    if site.cache:
        check_offered("ElastiCache", site.cache.node_type, regions, f"{path}.Cache.CacheNodeType", reader)
        cache.check(site.cache, f"{path}.Cache", reader)
        teardown.check(site.teardown, f"{path}.Teardown", reader, snapshots=not site.cache.is_memcached)
    if site.files:
        files.check(site.files, f"{path}.Files", reader, copied=site.secondary is not None)


def _check_copy(site: SiteSpec, path: str, reader: Reader) -> None:
    """Check what a copy in another Region needs of the other tiers."""
    if site.secondary is None:
        return
    if site.web_servers.canary is not None:
        found = "found with a copy in another Region, whose standby half has no visitors that a canary could serve"
        fix = "leave Canary out, or Secondary"
        reader.problem(f"{path}.WebServers.Canary", found, fix, rests_on=[f"{path}.Secondary"])
    secondary_checks.check(
        site.secondary,
        path,
        reader,
        domain=site.domain,
        network=site.network,
        fallback=site.fallback,
        servers=web_servers.sizes(site.web_servers, site.network.zone_count)[0],
        internal=site.load_balancer.internal,
    )


def _has_domain(site: SiteSpec, path: str, reader: Reader) -> bool:
    """Tell whether the site has a domain, including one that could not be read."""
    return site.domain.domain_name is not None or any(known.path == f"{path}.DomainName" for known in reader.problems)


def _check_load_balancer(site: SiteSpec, path: str, reader: Reader) -> None:
    load_balancer.check(
        site.load_balancer,
        f"{path}.LoadBalancer",
        reader,
        behind_cloudfront=site.behind_cloudfront,
        has_domain=_has_domain(site, path, reader),
        private_subnets=site.network.web_subnets == "Private" or bool(site.network.web_subnet_ids),
        copied_to=site.copied_to,
    )


def _check_latency(site: SiteSpec, path: str, reader: Reader) -> None:
    """Note an alarm threshold that can't be reached, since CloudFront or the load balancer times out earlier.

    Source: "CloudWatch metrics for your Application Load Balancer", TargetResponseTime: until the target answers.
    """
    limit, name = site.load_balancer.idle_timeout, "LoadBalancer.IdleTimeout"
    if site.behind_cloudfront:
        limit, name = site.delivery.origin_read_timeout, "Delivery.OriginReadTimeout"
    seconds = site.monitoring.latency_seconds
    own = seconds != MonitoringSpec().latency_seconds
    if own and isinstance(limit, int) and isinstance(seconds, int) and seconds >= limit:
        found = f"found {seconds}, but {name} ({limit}) ends requests earlier: the alarm would never start"
        where, fix = f"{path}.Monitoring.LatencySeconds", f"write at most {limit - 1}, or a longer {name}"
        reader.problem(where, found, fix if limit > 1 else f"write a longer {name}", rests_on=[f"{path}.{name}"])


def _check_front_door(site: SiteSpec, path: str, reader: Reader) -> None:
    if not site.behind_cloudfront and not _has_domain(site, path, reader):
        reader.problem(
            f"{path}.FrontDoor",
            "found LoadBalancer without DomainName: a load balancer can't have a certificate for its default DNS name",
            "write DomainName and HostedZoneId, or FrontDoor: CloudFront",
        )


def _check_health_check(site: SiteSpec, path: str, reader: Reader) -> None:
    """Note a health check path that CloudFront can't request from the servers."""
    if not site.behind_cloudfront:
        return
    own = site.health_check.path is not None
    asked = site.health_check.path if own else site.health_check_path
    where = f"{path}.HealthCheck.ResourcePath" if own else f"{path}.WebServers.HealthCheckPath"
    if not isinstance(asked, str):
        return
    if site.delivery.caching != "Disabled":
        # The path has its own cache behavior, so that it is never cached.
        odd = sorted(set(NOT_IN_PATTERNS.findall(asked.partition("?")[0])))
        if odd:
            reader.problem(
                where,
                f"found {asked}; with {' '.join(odd)} it can't be the path pattern of a CloudFront cache behavior",
                "write a path with only letters, digits and _ - . ~ /, or Delivery: {Caching: Disabled}",
            )
    elif site.domain.domain_name is not None and asked.startswith(site.assets.path):
        reader.problem(
            where,
            f"found {asked}, which CloudFront requests from the assets' bucket (Assets.PathPattern: "
            f"{site.assets.path_pattern}): the Route 53 health check would always fail",
            "write a path that the web servers answer, as in /health",
        )


def _check_drills(site: SiteSpec, path: str, reader: Reader) -> None:
    if not site.drills:
        return
    if not site.network.is_own:
        reader.problem(
            f"{path}.Drills",
            "found with an existing VPC, and the zones of its subnets are not known to the macro",
            "leave it out, and define the experiments for your zones yourself",
        )
    for region in (reader.region, site.copied_to):
        if region in REGIONS_WITHOUT["AWS::FIS::ExperimentTemplate"]:
            found = f"CloudFormation doesn't support experiment templates in {region}"
            reader.problem(f"{path}.Drills", found, "leave it out")
