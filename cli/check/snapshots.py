"""RDS: the snapshot that a database is restored from exists, and fits the database's properties."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error, warning
from cli.check.database import ENGINE, is_of, numbers
from cli.check.site import Site
from resilient_website.tiers.database import DatabaseSpec
from resilient_website.tiers.database.instances import PRIMARY
from resilient_website.tiers.database.secret import USERNAME

NO_SNAPSHOT = ("DBSnapshotNotFound", "DBSnapshotNotFoundFault")


def snapshot(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a snapshot that does not exist or fit. Once the database is deployed, it may be deleted.

    Source: DescribeDBSnapshots; "Restoring to a DB instance" in the Amazon RDS guide.
    """
    database = site.spec.database
    if database is None or database.snapshot is None or site.is_deployed(aws, PRIMARY):
        return
    path, name = (
        site.at("Database.DBSnapshotIdentifier"),
        site.known("Database.DBSnapshotIdentifier", database.snapshot),
    )
    shared: dict[str, Any] = {"IncludeShared": True} if name.startswith("arn:") else {}
    answer = aws.find("rds", "describe_db_snapshots", missing=NO_SNAPSHOT, DBSnapshotIdentifier=name, **shared)
    found = (answer or {}).get("DBSnapshots", [])
    if not found:
        yield error(path, f"{site.region} has no DB snapshot {name}", "use one in this Region, or leave it out")
        return
    yield from _fits(site, path, found[0], database)


def _fits(site: Site, path: str, held: dict[str, Any], database: DatabaseSpec) -> Iterator[CheckResult]:
    """Yield what keeps a snapshot (`held`, of DescribeDBSnapshots) from becoming the site's database, or is unwise."""
    name = held["DBSnapshotIdentifier"]
    if held.get("Status") != "available":
        yield error(path, f"the snapshot {name} is {held.get('Status')}", "wait until it is available")
    if held.get("Engine") != ENGINE:
        yield error(path, f"the snapshot {name} is of {held.get('Engine')}", "use a snapshot of MySQL")
        return
    size = held.get("AllocatedStorage", 0)
    if size > database.allocated_storage:
        found = f"found {database.allocated_storage} GiB, but the snapshot {name} holds {size}"
        yield error(site.at("Database.AllocatedStorage"), found, f"write AllocatedStorage: {size}, or more")
    version = held.get("EngineVersion", "")
    newer = numbers(version) > numbers(database.engine_version) and not is_of(version, database.engine_version)
    if newer:
        found = f"found {database.engine_version}, but the snapshot {name} is of MySQL {version}, which is newer"
        yield error(site.at("Database.EngineVersion"), found, f"write EngineVersion: '{_release(version)}'")
    user = held.get("MasterUsername", USERNAME)
    if user != USERNAME:
        found = f"the snapshot {name} has the master user {user}, but the site's servers log in as {USERNAME}"
        fix = f"after it is restored, create a user {USERNAME} in it, with the password of the site's DatabaseSecretArn"
        yield warning(path, found, fix)
    if not held.get("Encrypted", True):
        found = f"the snapshot {name} is not encrypted, so the database would not be either"
        yield warning(path, found, "copy it with a KMS key (aws rds copy-db-snapshot), and write the copy's name")


def _release(version: str) -> str:
    return ".".join(version.split(".")[:2])
