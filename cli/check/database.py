"""RDS: the version and the classes are available in the database's zones, with the features that the site needs."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error
from cli.check import zones
from cli.check.site import Site
from resilient_website.tiers.database import DatabaseSpec
from resilient_website.tiers.database.classes import has_insights

ENGINE = "mysql"
STORAGE = "gp3"
# A standby is in another zone than its primary.
ZONES_OF_MULTI_AZ = 2

Option = dict[str, Any]


def engine_version(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a version that RDS does not offer, or no longer. Source: DescribeDBEngineVersions."""
    database = site.spec.database
    if database is None:
        return
    offered = versions(aws)
    if not any(is_of(version, database.engine_version) for version in offered):
        found = f"RDS offers no MySQL {database.engine_version} in {site.region}"
        yield error(
            site.at("Database.EngineVersion"),
            found,
            f"use one of {', '.join(offered)}" if offered else "use another Region",
        )


def instance_classes(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report classes that are not available with this version, in the zones, or with the features needed.

    Source: DescribeOrderableDBInstanceOptions.
    """
    database = site.spec.database
    if database is None or not any(is_of(version, database.engine_version) for version in versions(aws)):
        return
    site_zones = zones.of_database(site, aws)
    primary = site.known("Database.DBInstanceClass", database.instance_class)
    options = _options(aws, primary, database.engine_version)
    yield from _of_class(site, "Database.DBInstanceClass", primary, options, database)
    if options:
        yield from _of_primary(site, primary, options, site_zones)
    if database.read_replicas:
        yield from _of_replicas(site, aws, primary, site_zones)


def versions(aws: Aws) -> list[str]:
    """Return the versions of MySQL that RDS offers in the Region, the oldest first."""
    answer = aws.ask("rds", "describe_db_engine_versions", Engine=ENGINE).get("DBEngineVersions", [])
    return sorted((entry["EngineVersion"] for entry in answer if entry.get("Status") != "deprecated"), key=numbers)


def is_of(version: str, wanted: str) -> bool:
    """Return whether a version is the wanted one, or belongs to the wanted release (8.4.8 to 8.4)."""
    return version == wanted or version.startswith(f"{wanted}.")


def numbers(version: str) -> list[int]:
    """Return the sort key of a version."""
    return [int(part) for part in version.replace("-", ".").split(".") if part.isdecimal()]


def _options(aws: Aws, instance_class: str, version: str) -> list[Option]:
    answer = aws.ask(
        "rds", "describe_orderable_db_instance_options", Engine=ENGINE, DBInstanceClass=instance_class, Vpc=True
    )
    entries: list[Option] = answer.get("OrderableDBInstanceOptions", [])
    return [
        entry for entry in entries if is_of(entry["EngineVersion"], version) and entry.get("StorageType") == STORAGE
    ]


def _of_class(
    site: Site, name: str, instance_class: str, options: list[Option], database: DatabaseSpec
) -> Iterator[CheckResult]:
    """Report problems of a class, for the primary or replicas."""
    if not options:
        found = f"RDS offers no {instance_class} with MySQL {database.engine_version} and {STORAGE} in {site.region}"
        yield error(site.at(name), found, "use another class, or another EngineVersion")
        return
    wants_insights = database.insights_mode != "off" and has_insights(instance_class)
    if wants_insights and not any(option.get("SupportsPerformanceInsights", True) for option in options):
        found = f"{instance_class} has no insights with MySQL {database.engine_version} in {site.region}"
        yield error(site.at("Database.DatabaseInsightsMode"), found, "write DatabaseInsightsMode: 'off'")


def _of_primary(site: Site, instance_class: str, options: list[Option], site_zones: list[str]) -> Iterator[CheckResult]:
    """Yield what RDS does not offer of the primary: its storage, a standby, or its class in the site's zones."""
    database = site.spec.database
    if database is None:
        return
    least = min(option.get("MinStorageSize", 0) for option in options)
    most = max(option.get("MaxStorageSize", database.allocated_storage) for option in options)
    if not least <= database.allocated_storage <= most:
        found = f"found {database.allocated_storage} GiB, but {instance_class} allows {least} to {most}"
        yield error(site.at("Database.AllocatedStorage"), found, "write a number in this range")
    if database.multi_az and not any(option.get("MultiAZCapable", True) for option in options):
        found = f"RDS offers {instance_class} in {site.region} without a standby only"
        yield error(site.at("Database.MultiAZ"), found, "use another class")
    common = sorted(_zones(options) & set(site_zones))
    if len(common) < (ZONES_OF_MULTI_AZ if database.multi_az else 1):
        available = ", ".join(common) or "none"
        found = f"of the site's zones ({', '.join(site_zones)}), {instance_class} is available in {available}"
        yield error(site.at("Database.DBInstanceClass"), found, f"use another class, or zones of {_named(options)}")


def _of_replicas(site: Site, aws: Aws, primary: str, site_zones: list[str]) -> Iterator[CheckResult]:
    """Check the replicas, which are distributed over the site's zones."""
    database = site.spec.database
    if database is None:
        return
    name, instance_class = "Database.DBInstanceClass", primary
    if database.replica_class is not None:
        name = "Database.ReplicaDBInstanceClass"
        instance_class = site.known(name, database.replica_class)
    options = _options(aws, instance_class, database.engine_version)
    if instance_class != primary:
        yield from _of_class(site, name, instance_class, options, database)
    turns = site_zones[: database.read_replicas] if site.spec.network.is_own else []
    without = [zone for zone in turns if zone not in _zones(options)]
    if options and without:
        found = f"replicas would be in {', '.join(without)}, where {instance_class} is not available"
        yield error(site.at(name), found, f"use another class, or zones of {_named(options)}")


def _zones(options: list[Option]) -> set[str]:
    return {zone["Name"] for option in options for zone in option.get("AvailabilityZones", [])}


def _named(options: list[Option]) -> str:
    return ", ".join(sorted(_zones(options)))
