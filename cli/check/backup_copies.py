"""AWS Backup: copies for another account must be encrypted with a key that can be shared with it.

Source: "Encryption for backups in AWS Backup", cross-account copies of resources that AWS Backup does not fully manage
(RDS) can't be encrypted with an AWS managed key; "Sharing a DB snapshot" in the Amazon RDS guide.
"""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error
from cli.check.keys import NO_KEY
from cli.check.site import ACCOUNT, Site
from cli.check.snapshots import NO_SNAPSHOT
from resilient_website.tiers.database import DatabaseSpec

PROPERTY = "Database.BackupPlan.CopyToVaultArn"


def key(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report copies for another account that are encrypted with an AWS managed key: each of them fails.

    Source: DescribeKey, KeyManager; DescribeDBSnapshots, KmsKeyId; the account is GetCallerIdentity's.
    """
    database = site.spec.database
    if database is None or not database.backup_plan or database.backup_plan.copy_to_vault is None:
        return
    vault = site.known(PROPERTY, database.backup_plan.copy_to_vault)
    owner, own = vault.split(":")[4], site.known(PROPERTY, {"Ref": ACCOUNT})
    if owner == own:
        return
    used = _key(site, aws, database)
    answer = aws.find("kms", "describe_key", missing=NO_KEY, KeyId=used) if used else None
    if used and (answer is None or answer["KeyMetadata"].get("KeyManager") != "AWS"):
        return
    found = (
        f"found a vault of the account {owner}, but the database is encrypted with an AWS managed key: every copy fails"
    )
    fix = "write Database.KmsKeyId, a customer managed key that the other account may use, or a vault of this account"
    if database.snapshot is not None:
        fix = "restore a copy of the snapshot with your own key (aws rds copy-db-snapshot), or write another vault"
    yield error(site.at(PROPERTY), found, fix)


def _key(site: Site, aws: Aws, database: DatabaseSpec) -> str | None:
    """Return the database's key; None for an AWS managed key, and for a missing snapshot (see snapshots.py)."""
    if database.kms_key_id is not None:
        return site.known("Database.KmsKeyId", database.kms_key_id)
    if database.snapshot is None:
        return None
    name = site.known("Database.DBSnapshotIdentifier", database.snapshot)
    answer = aws.find("rds", "describe_db_snapshots", missing=NO_SNAPSHOT, DBSnapshotIdentifier=name)
    held = (answer or {}).get("DBSnapshots", [{}])
    return str(held[0].get("KmsKeyId", "")) or None if held else None
