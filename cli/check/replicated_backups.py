"""Backups that RDS is to replicate to the Region of a site's copy: whether it can, and whether there is room."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, Unavailable, error, warning
from cli.check.site import Site
from resilient_website.facts.replicated_backups import MAX_REPLICATED_BACKUPS

PROPERTY = "Secondary.Region"

REPLICATING = "replicating"


def regions(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a Region to which RDS does not replicate this Region's backups.

    Source: DescribeSourceRegions in the destination Region, SupportsDBInstanceAutomatedBackupsReplication.
    """
    there = site.spec.copied_to
    if there is None or not site.spec.replicates_backups:
        return
    sources = aws.ask("rds", "describe_source_regions", region=there).get("SourceRegions", [])
    if not sources:
        raise Unavailable(f"RDS named no Regions from which {there} can have backups")
    if not any(
        source["RegionName"] == aws.region and source.get("SupportsDBInstanceAutomatedBackupsReplication")
        for source in sources
    ):
        found = f"RDS does not replicate automated backups from {aws.region} to {there}"
        yield error(site.at(PROPERTY), found, "write another Region, or Mode: PilotLight")


def number(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a Region that has as many replicated backups as an account may have; the site's own may be among them.

    Source: DescribeDBInstanceAutomatedBackups, Status and Region.
    """
    there = site.spec.copied_to
    if there is None or not site.spec.replicates_backups:
        return
    backups = aws.ask("rds", "describe_db_instance_automated_backups", region=there)["DBInstanceAutomatedBackups"]
    replicated = [each for each in backups if each.get("Status") == REPLICATING and each.get("Region") != there]
    if len(replicated) >= MAX_REPLICATED_BACKUPS:
        found = (
            f"{there} already has the replicated backups of {len(replicated)} databases, and RDS accepts "
            f"{MAX_REPLICATED_BACKUPS} in an account; this site's may be one of them"
        )
        yield warning(site.at(PROPERTY), found, "stop the replication of another database, or write another Region")
