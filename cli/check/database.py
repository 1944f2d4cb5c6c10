"""RDS: the version and the classes are to be had where the database will stand, with what the site asks of them."""

from collections.abc import Iterator
from typing import Any

from cli.check import zones
from cli.check.aws import Aws
from cli.check.findings import CheckResult, error
from cli.check.site import Site
from resilient_website.tiers.database import DatabaseSpec
from resilient_website.tiers.database.classes import has_insights

ENGINE = "mysql"
STORAGE = "gp3"
# A standby stands in another zone than its primary.
ZONES_OF_MULTI_AZ = 2

Option = dict[str, Any]


def engine_version(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Tell of a version that RDS does not offer (any more). Source: DescribeDBEngineVersions."""
    database = site.spec.database
    if database is None:
        return
    offered = versions(aws)
    if not any(is_of(version, database.engine_version) for version in offered):
        found = f"RDS offers no MySQL {database.engine_version} in {site.region}"
        yield error(site.at("Database.EngineVersion"), found, f"the ones it offers: {', '.join(offered) or 'none'}")


def instance_classes(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Tell of classes that can't be had with this version, in the zones, or with what is asked of them.

    Source: DescribeOrderableDBInstanceOptions.
    """
    database = site.spec.database
    if database is None or not any(is_of(version, database.engine_version) for version in versions(aws)):
        return
    stands_in = zones.of_database(site, aws)
    primary = site.known("Database.DBInstanceClass", database.instance_class)
    options = _options(aws, primary, database.engine_version)
    yield from _of_class(site, "Database.DBInstanceClass", primary, options, database)
    if options:
        yield from _of_primary(site, primary, options, stands_in)
    if database.read_replicas:
        yield from _of_replicas(site, aws, primary, stands_in)


def versions(aws: Aws) -> list[str]:
    """Return the versions of MySQL that RDS offers in the Region, the oldest first."""
    told = aws.ask("rds", "describe_db_engine_versions", Engine=ENGINE).get("DBEngineVersions", [])
    return sorted((entry["EngineVersion"] for entry in told if entry.get("Status") != "deprecated"), key=numbers)


def is_of(version: str, wanted: str) -> bool:
    """Tell whether a version is the wanted one, or one of the wanted release (8.4.8 is of 8.4)."""
    return version == wanted or version.startswith(f"{wanted}.")


def numbers(version: str) -> list[int]:
    """Return what versions are sorted by."""
    return [int(part) for part in version.replace("-", ".").split(".") if part.isdecimal()]


def _options(aws: Aws, instance_class: str, version: str) -> list[Option]:
    told = aws.ask(
        "rds", "describe_orderable_db_instance_options", Engine=ENGINE, DBInstanceClass=instance_class, Vpc=True
    )
    entries: list[Option] = told.get("OrderableDBInstanceOptions", [])
    return [
        entry for entry in entries if is_of(entry["EngineVersion"], version) and entry.get("StorageType") == STORAGE
    ]


def _of_class(
    site: Site, name: str, instance_class: str, options: list[Option], database: DatabaseSpec
) -> Iterator[CheckResult]:
    """Tell what is wrong with a class, whoever uses it."""
    if not options:
        found = f"RDS offers no {instance_class} with MySQL {database.engine_version} and {STORAGE} in {site.region}"
        yield error(site.at(name), found, "write another class, or another EngineVersion")
        return
    wants_insights = database.insights_mode != "off" and has_insights(instance_class)
    if wants_insights and not any(option.get("SupportsPerformanceInsights", True) for option in options):
        found = f"{instance_class} has no insights with MySQL {database.engine_version} in {site.region}"
        yield error(site.at("Database.DatabaseInsightsMode"), found, "write DatabaseInsightsMode: 'off'")


def _of_primary(site: Site, instance_class: str, options: list[Option], stands_in: list[str]) -> Iterator[CheckResult]:
    database = site.spec.database
    if database is None:
        return
    least = min(option.get("MinStorageSize", 0) for option in options)
    most = max(option.get("MaxStorageSize", database.allocated_storage) for option in options)
    if not least <= database.allocated_storage <= most:
        found = f"found {database.allocated_storage} GiB, but {instance_class} takes {least} to {most}"
        yield error(site.at("Database.AllocatedStorage"), found, "write a number within these bounds")
    if database.multi_az and not any(option.get("MultiAZCapable", True) for option in options):
        found = f"RDS offers {instance_class} without a standby only in {site.region}"
        yield error(site.at("Database.MultiAZ"), found, "write another class")
    common = sorted(_zones(options) & set(stands_in))
    if len(common) < (ZONES_OF_MULTI_AZ if database.multi_az else 1):
        there = ", ".join(common) or "none of them"
        found = f"of the site's zones ({', '.join(stands_in)}), {instance_class} is to be had in {there}"
        yield error(site.at("Database.DBInstanceClass"), found, f"write another class, or zones of {_named(options)}")


def _of_replicas(site: Site, aws: Aws, primary: str, stands_in: list[str]) -> Iterator[CheckResult]:
    """Check the replicas, which take turns in the site's zones."""
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
    turns = stands_in[: database.read_replicas] if site.spec.network.is_own else []
    without = [zone for zone in turns if zone not in _zones(options)]
    if options and without:
        found = f"replicas would stand in {', '.join(without)}, where {instance_class} is not to be had"
        yield error(site.at(name), found, f"write another class, or zones of {_named(options)}")


def _zones(options: list[Option]) -> set[str]:
    return {zone["Name"] for option in options for zone in option.get("AvailabilityZones", [])}


def _named(options: list[Option]) -> str:
    return ", ".join(sorted(_zones(options)))
