"""Warnings that follow from the template alone, without asking AWS."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, warning
from cli.check.site import Site
from resilient_website.cloudformation.intrinsics import Value, is_literal
from resilient_website.facts.rds import LARGE_GP3_GIB
from resilient_website.tiers.database.instances import PRIMARY
from resilient_website.tiers.web_servers.spec import sizes

BURSTABLE = ("t2.", "t3.", "t3a.", "t4g.")

# With so many servers per zone at minimum load, the load is constant, and burstable types (credits earned below a
# baseline) do not fit. Source: "Key concepts for burstable performance instances".
MANY_PER_ZONE = 3
# One replica may serve reports; more of them mean a constant read load.
MANY_REPLICAS = 2


def burstable_servers(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of burstable web servers in numbers that imply a constant load."""
    del aws
    servers, zone_count = site.spec.web_servers, site.spec.network.zone_count
    least = sizes(servers, zone_count)[0]
    if _is_burstable(servers.instance_type) and least >= MANY_PER_ZONE * zone_count:
        found = f"found {servers.instance_type}, a burstable type, with at least {least} servers"
        yield warning(site.at("WebServers.InstanceType"), found, "use fewer servers of an m or c type")


def burstable_database(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a burstable database whose replicas or storage imply a heavy load."""
    del aws
    database = site.spec.database
    if database is None or not _is_burstable(database.instance_class, "db."):
        return
    # No burstable class can sustain the IOPS of large gp3 storage. Source: "DB instance class types" in the Amazon RDS
    # User Guide.
    reasons = [f"ReadReplicas: {database.read_replicas}"] if database.read_replicas >= MANY_REPLICAS else []
    reasons += [f"AllocatedStorage: {database.allocated_storage}"] * (database.allocated_storage >= LARGE_GP3_GIB)
    if reasons:
        found = f"found {database.instance_class}, a burstable class, with {' and '.join(reasons)}"
        yield warning(site.at("Database.DBInstanceClass"), found, "use an m or r class, which has more capacity")


def burstable_cache(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of burstable nodes in a cache with shards, or with more nodes than zones."""
    del aws
    cache = site.spec.cache
    if cache is None or not _is_burstable(cache.node_type, "cache."):
        return
    many_nodes = (cache.num_cache_nodes or 0) > site.spec.network.zone_count
    if (cache.num_node_groups or 0) > 1 or cache.replica_count > MANY_REPLICAS or many_nodes:
        found = f"found {cache.node_type}, a burstable type, for a cache with many nodes"
        yield warning(site.at("Cache.CacheNodeType"), found, "use fewer nodes of an m or r type")


def no_standby(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a database in one zone. Source: "Multi-AZ DB instance deployments for Amazon RDS"."""
    del aws
    if site.spec.database and not site.spec.database.multi_az:
        found = "found false: if the database's zone or server fails, the site is down until the database is restored"
        yield warning(site.at("Database.MultiAZ"), found, "leave it out for a production site")


def no_protection(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a deployed database without deletion protection, for a site with a domain."""
    database = site.spec.database
    if database is None or not site.spec.domain.names or not is_literal(database.deletion_protection):
        return
    if not database.deletion_protection and site.is_deployed(aws, PRIMARY):
        found = "found false, for a deployed database of a site with a domain"
        yield warning(site.at("Database.DeletionProtection"), found, "write true, as the site is live")


def _is_burstable(kind: Value, prefix: str = "") -> bool:
    return str(kind).startswith(tuple(f"{prefix}{family}" for family in BURSTABLE))
