"""Automated backups that RDS replicates to another Region, and a database that is restored there from them.

Sources: "Replicating automated backups to another AWS Region" in the RDS guide, "RestoreDBInstanceToPointInTime" in its
API reference, AutomaticBackupReplicationValidator.java and BaseHandlerStd.java of the type's handler.
"""

import time
from typing import Any

from ministack.core.responses import (  # type: ignore[import-not-found]
    AccountRegionScopedDict,
    get_account_id,
    get_region,
    new_uuid,
)
from ministack.services import rds  # type: ignore[import-not-found]

from tools.emulator import dead_regions

Json = dict[str, Any]

# By ARN, in the Region that the backups are replicated to.
_backups = AccountRegionScopedDict()

PROPERTIES = tuple(f"AutomaticBackupReplication{part}" for part in ("Region", "KmsKeyId", "RetentionPeriod"))
_REGION, _KEY, _DAYS = PROPERTIES
_RESTORED, _ARN = "SourceDBInstanceAutomatedBackupsArn", "DBInstanceAutomatedBackupsArn"
_KEPT = (
    *("DBInstanceIdentifier", "DbiResourceId", "DBInstanceArn", "Engine", "EngineVersion", "LicenseModel"),
    *("AllocatedStorage", "MasterUsername", "_MasterUserPassword", "DBName", "StorageType", "Port"),
)
_SHOWN = (*_KEPT[:7], "MasterUsername", "Status", "Region", "KmsKeyId", "BackupRetentionPeriod")


def register() -> None:
    """Add what lists the replicated backups of a Region, and their ARN to what is described of their database."""
    rds._ACTION_MAP["DescribeDBInstanceAutomatedBackups"] = _describe
    own_xml = rds._instance_xml

    def xml(instance: Json) -> str:
        arns = "".join(
            "<DBInstanceAutomatedBackupsReplication>"
            f"<DBInstanceAutomatedBackupsArn>{key[-1]}</DBInstanceAutomatedBackupsArn>"
            "</DBInstanceAutomatedBackupsReplication>"
            for key, backup in _backups.all_items()
            if backup["DBInstanceArn"] == instance["DBInstanceArn"] and backup["Status"] == "replicating"
        )
        replications = "DBInstanceAutomatedBackupsReplications"
        return f"{own_xml(instance)}<{replications}>{arns}</{replications}>"

    rds._instance_xml = xml


def replicate(instance: Json, props: Json) -> None:
    """Replicate a database's backups as its properties say, or stop it; raise ValueError where RDS does not."""
    region, key = props.get(_REGION), props.get(_KEY)
    if not region:
        given = [name for name in (_KEY, _DAYS) if props.get(name)]
        if given:
            raise ValueError(f"You must specify the {_REGION} parameter when setting the {given[0]} parameter.")
    elif not instance.get("BackupRetentionPeriod"):
        raise ValueError(f"{_REGION} cannot be specified when BackupRetentionPeriod is 0.")
    elif region == get_region():
        raise ValueError("The source and the destination of replicated backups can't be the same Region.")
    elif instance.get("StorageEncrypted") and str(key or "").split(":")[3:4] != [region]:
        raise ValueError(f"Encrypted instances require a valid KMS key ID. Provide a valid value for {_KEY}.")
    stop(instance)
    if region:
        arn = f"arn:aws:rds:{region}:{get_account_id()}:auto-backup:ab-{new_uuid().replace('-', '')}"
        backup = {field: instance[field] for field in _KEPT if field in instance}
        days = int(props.get(_DAYS) or instance["BackupRetentionPeriod"])
        backup |= {
            "Status": "replicating",
            "Region": get_region(),
            "KmsKeyId": key or "",
            "BackupRetentionPeriod": days,
            "_started": time.time(),
        }
        _backups.set_scoped(get_account_id(), region, arn, backup)


def stop(instance: Json) -> None:
    """End the replication of a database's backups; those that are there stay until they expire."""
    for backup in _backups.all_values():
        if backup["DBInstanceArn"] == instance["DBInstanceArn"] and backup["Status"] == "replicating":
            backup |= {"Status": "retained", "_stopped": time.time()}


def restored(props: Json) -> Json:
    """Return the fields of the database that replicated backups are of, empty if none are restored."""
    arn = props.get(_RESTORED)
    if not arn:
        return {}
    if not props.get("RestoreTime") and str(props.get("UseLatestRestorableTime")).lower() != "true":
        raise ValueError("You must specify either RestoreTime or UseLatestRestorableTime.")
    backup = _backups.get(arn)
    if backup is None:
        raise ValueError(f"DBInstanceAutomatedBackupNotFound: {arn} not found.")
    names = (*_KEPT[3:], "KmsKeyId")
    return {**{name: backup[name] for name in names if name in backup}, "StorageEncrypted": bool(backup["KmsKeyId"])}


def _describe(params: Json) -> Any:
    asked = {name: rds._p(params, name) for name in ("DBInstanceIdentifier", "DbiResourceId", _ARN)}
    reported = "".join(
        "<DBInstanceAutomatedBackup>"
        + "".join(f"<{name}>{backup[name]}</{name}>" for name in _SHOWN if name in backup)
        + f"<{_ARN}>{arn}</{_ARN}>{_window(backup)}</DBInstanceAutomatedBackup>"
        for arn, backup in _backups.items()
        if all(not value or {**backup, _ARN: arn}[field] == value for field, value in asked.items())
    )
    action = "DescribeDBInstanceAutomatedBackups"
    body = f"<DBInstanceAutomatedBackups>{reported}</DBInstanceAutomatedBackups>"
    return rds._xml(200, f"{action}Response", f"<{action}Result>{body}</{action}Result>")


def _window(backup: Json) -> str:
    """Return from when until when can be restored: up to now, or up to when the backups could be replicated last."""
    latest = backup.get("_stopped") or dead_regions.died(backup["Region"]) or time.time()
    times = {"EarliestTime": backup["_started"], "LatestTime": latest}
    reported = "".join(f"<{name}>{rds._format_time(moment)}</{name}>" for name, moment in times.items())
    return f"<RestoreWindow>{reported}</RestoreWindow>"
