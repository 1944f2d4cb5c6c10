"""RDS: whether the MySQL release still has standard support, and if not, the effect of Extended Support."""

from collections.abc import Iterator
from datetime import datetime

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error, warning
from cli.check.database import ENGINE
from cli.check.site import Site
from resilient_website.facts.rds import EXTENDED_SUPPORT
from resilient_website.tiers.database.instances import PRIMARY

STANDARD = "open-source-rds-standard-support"


def standard_support(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of paid support or an upgrade by RDS; report a database that RDS would not create.

    Source: DescribeDBMajorEngineVersions; "CreateDBInstance", EngineLifecycleSupport, in the Amazon RDS API Reference.
    """
    database = site.spec.database
    if database is None:
        return
    release = ".".join(database.engine_version.split(".")[:2])
    ended = _end(aws, release)
    if ended is None or ended > aws.now:
        return
    path = site.at("Database.EngineVersion")
    found = f"the standard support of MySQL {release} ended on {ended:%Y-%m-%d}"
    if database.lifecycle_support == EXTENDED_SUPPORT:
        advice = "upgrade to a later release; otherwise RDS charges for Extended Support, per vCPU-hour"
        yield warning(path, found, f"{advice}, of the standby too")
    elif database.snapshot is None and not site.is_deployed(aws, PRIMARY):
        advice = f"use a later release; or EngineLifecycleSupport: {EXTENDED_SUPPORT}, which RDS charges for"
        yield error(path, f"{found}, and RDS does not create such a database without Extended Support", advice)
    else:
        yield warning(path, f"{found}, and RDS upgrades the database without Extended Support", "use a later release")


def _end(aws: Aws, release: str) -> datetime | None:
    """Return when a release's standard support ends; None if RDS does not say."""
    answer = aws.ask("rds", "describe_db_major_engine_versions", Engine=ENGINE, MajorEngineVersion=release)
    lives = [
        life for each in answer.get("DBMajorEngineVersions", []) for life in each.get("SupportedEngineLifecycles", [])
    ]
    ends = [life["LifecycleSupportEndDate"] for life in lives if life.get("LifecycleSupportName") == STANDARD]
    return ends[0] if ends else None
