"""Checks for combinations that RDS would reject, half an hour into a deployment."""

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.intrinsics import is_literal
from resilient_website.facts.mysql_reserved_words import RESERVED_WORDS
from resilient_website.facts.rds import MAX_STORAGE_GIB, MIN_WINDOW_MINUTES
from resilient_website.reading.arns import check_region
from resilient_website.reading.reader import Reader
from resilient_website.reading.windows import check as check_windows
from resilient_website.tiers.database.backup import check as check_backup_plan
from resilient_website.tiers.database.backup_times import check as check_backup_times
from resilient_website.tiers.database.classes import has_insights, has_mysql
from resilient_website.tiers.database.lifecycle import check as check_lifecycle
from resilient_website.tiers.database.parameters import check as check_parameters
from resilient_website.tiers.database.spec import DatabaseSpec

# Autoscaling requires a limit at least 10 % above the allocated storage. Source: "Managing capacity automatically with
# Amazon RDS storage autoscaling".
MARGIN_PERCENT = 10

# The AWS managed key for RDS. Source: "AWS KMS key management" in the Amazon RDS guide.
AWS_KEY = "alias/aws/rds"


def check(spec: DatabaseSpec, path: str, reader: Reader) -> None:
    """Note what RDS would reject: storage limits, unsupported insights, windows, names, keys."""
    _check_storage(spec, path, reader)
    _check_classes(spec, path, reader)
    check_lifecycle(spec.engine_version, spec.lifecycle_support, path, reader)
    if spec.insights_mode == "advanced" and not has_insights(spec.instance_class):
        known = is_literal(spec.instance_class)
        why = (
            f"which {spec.instance_class} doesn't support"
            if known
            else "but DBInstanceClass is known only at deployment"
        )
        reader.problem(
            f"{path}.DatabaseInsightsMode",
            f"found advanced, {why}",
            "write a DBInstanceClass of medium size or more, or leave it out",
        )
    _check_snapshot(spec, path, reader)
    if spec.replica_class is not None and not spec.read_replicas:
        fix = "write ReadReplicas too (1 to 5), or leave it out"
        where = f"{path}.ReplicaDBInstanceClass"
        reader.problem(where, "found without ReadReplicas", fix, rests_on=[f"{path}.ReadReplicas"])
    backup = ("PreferredBackupWindow", spec.backup_window)
    maintenance = ("PreferredMaintenanceWindow", spec.maintenance_window)
    check_windows(backup, maintenance, MIN_WINDOW_MINUTES, path, reader)
    _check_names(spec, path, reader)
    why = "RDS accepts only keys of its own Region"
    check_region(spec.kms_key_id, reader.region, f"{path}.KmsKeyId", reader, wanted="the ARN of a key", why=why)
    if spec.backup_plan:
        check_backup_plan(spec.backup_plan, f"{path}.BackupPlan", reader)
        _check_copies(spec, path, reader)
        check_backup_times(spec, path, reader)


def _check_classes(spec: DatabaseSpec, path: str, reader: Reader) -> None:
    """Note classes that RDS doesn't offer with MySQL 8. Only AWS knows the others of a Region: `check` asks it."""
    given = (("DBInstanceClass", spec.instance_class), ("ReplicaDBInstanceClass", spec.replica_class))
    for name, instance_class in given:
        if instance_class is not None and not has_mysql(instance_class):
            found = f"found {known_value(instance_class)}, which RDS doesn't offer with MySQL {spec.engine_version}"
            fix = "write a class of a current generation, as in db.t4g.small or db.m7g.large"
            reader.problem(f"{path}.{name}", found, fix)


def _check_storage(spec: DatabaseSpec, path: str, reader: Reader) -> None:
    """Note storage that can't grow, since autoscaling is always on."""
    size, limit = spec.allocated_storage, spec.storage_limit
    least = -(-size * (100 + MARGIN_PERCENT) // 100)
    if limit >= least:
        return
    if least > MAX_STORAGE_GIB:
        most = MAX_STORAGE_GIB * 100 // (100 + MARGIN_PERCENT)
        found = f"found {size}, which leaves no room to grow by {MARGIN_PERCENT} % within RDS's {MAX_STORAGE_GIB}"
        reader.problem(f"{path}.AllocatedStorage", found, f"write at most {most}")
        return
    reader.problem(
        f"{path}.MaxAllocatedStorage",
        f"found {limit}, less than {MARGIN_PERCENT} % above AllocatedStorage ({size})",
        f"write at least {least}, or leave it out",
        rests_on=[f"{path}.AllocatedStorage"],
    )


def check_snapshot_region(spec: DatabaseSpec, path: str, reader: Reader) -> None:
    """Note a snapshot of another Region. Source: "Restoring to a DB instance" in the Amazon RDS User Guide."""
    why = "RDS restores only from snapshots of its own Region; copy it there first (CopyDBSnapshot)"
    where = f"{path}.DBSnapshotIdentifier"
    check_region(spec.snapshot, reader.region, where, reader, wanted="the ARN of a snapshot", why=why)


def _check_snapshot(spec: DatabaseSpec, path: str, reader: Reader) -> None:
    """Note a key together with a snapshot, which has its own key. Source: "AWS::RDS::DBInstance", KmsKeyId."""
    if spec.snapshot is not None and spec.kms_key_id is not None:
        reader.problem(
            f"{path}.KmsKeyId",
            "found with DBSnapshotIdentifier, but a restored database keeps its snapshot's encryption key",
            "copy the snapshot with this key (CopyDBSnapshot), and leave it out here",
        )


def _check_copies(spec: DatabaseSpec, path: str, reader: Reader) -> None:
    """Note copies to another account with the AWS managed key; only the macro knows its account.

    A snapshot has a key that is not known here. Source: "Encryption for backups in AWS Backup".
    """
    vault = spec.backup_plan.copy_to_vault if spec.backup_plan else None
    own_key = spec.kms_key_id not in (None, AWS_KEY) or spec.snapshot is not None
    if not reader.account or not isinstance(vault, str) or own_key:
        return
    owner = vault.split(":")[4]
    if owner != reader.account:
        reader.problem(
            f"{path}.BackupPlan.CopyToVaultArn",
            f"found a vault of account {owner}, but the database is encrypted with the AWS managed key: each copy "
            "would fail",
            "write Database.KmsKeyId, a key of yours that the other account may use, or a vault of this account",
            rests_on=[f"{path}.KmsKeyId"],
        )


def _check_names(spec: DatabaseSpec, path: str, reader: Reader) -> None:
    if isinstance(spec.database_name, str) and spec.database_name.lower() in RESERVED_WORDS:
        fix = "write another name, as in website: RDS accepts no reserved words of MySQL"
        reader.problem(f"{path}.DatabaseName", f"found {spec.database_name}, a reserved word of MySQL", fix)
    check_parameters(spec.parameters or {}, spec.engine_version, f"{path}.Parameters", reader)
