"""A database that is restored to a point in time beside its source, and databases that get another name.

ministack knows neither. A restored database whose source has a real server (`real_databases.py`) is `creating` until
there is one behind it too, with the data of that time, which the test puts into it. Sources:
"RestoreDBInstanceToPointInTime" in the Amazon RDS API Reference, and "Renaming a DB instance" in the RDS User Guide.
"""

import copy
import time
from typing import Any

from ministack.core.responses import new_uuid  # type: ignore[import-not-found]
from ministack.services import rds  # type: ignore[import-not-found]

from tools.emulator import real_databases

Json = dict[str, Any]

# What a restore can change about the database; the rest is the source's.
_TAKEN = ("DBInstanceClass", "StorageType", "PreferredBackupWindow")
_FLAGS = ("MultiAZ", "DeletionProtection", "CopyTagsToSnapshot", "PubliclyAccessible")
_CREATING, _AVAILABLE = "creating", "available"


def register() -> None:
    """Add the restore, the rename, and what can be restored of a database."""
    actions = rds._ACTION_MAP
    own_modify, own_describe = actions["ModifyDBInstance"], actions["DescribeDBInstances"]
    own_backups = actions["DescribeDBInstanceAutomatedBackups"]

    def modify(params: Json) -> Any:
        answer = own_modify(params)
        instance, new = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier")), _new_name(params)
        if instance and new and answer[0] == 200:
            _rename(instance, new)
            answer = rds._single_instance_response("ModifyDBInstanceResponse", "ModifyDBInstanceResult", instance)
        return answer

    def describe(params: Json) -> Any:
        for instance in rds._instances.values():
            if instance["DBInstanceStatus"] == _CREATING and instance.get("_of") and real_databases.behind(instance):
                instance["DBInstanceStatus"] = _AVAILABLE
        return own_describe(params)

    def backups(params: Json) -> Any:
        asked = rds._p(params, "DbiResourceId")
        found = [each for each in rds._instances.values() if asked and each["DbiResourceId"] == asked]
        return _backups(found[0]) if found and found[0].get("BackupRetentionPeriod") else own_backups(params)

    actions.update(
        ModifyDBInstance=modify,
        DescribeDBInstances=describe,
        RestoreDBInstanceToPointInTime=_restore,
        DescribeDBInstanceAutomatedBackups=backups,
    )


def _restore(params: Json) -> Any:
    source = rds._resolve_instance(rds._p(params, "SourceDBInstanceIdentifier"))
    name = rds._p(params, "TargetDBInstanceIdentifier")
    if not source:
        return rds._error("DBInstanceNotFound", "The source is not found.", 404)
    if rds._instances.get(name):
        return rds._error("DBInstanceAlreadyExists", f"DBInstance {name} already exists.", 400)
    if not source.get("BackupRetentionPeriod"):
        return rds._error("InvalidDBInstanceState", "The source has no automated backups.", 400)
    restored = copy.deepcopy(source)
    restored |= {
        **{field: rds._p(params, field) for field in _TAKEN if rds._p(params, field)},
        **{field: rds._p(params, field) == "true" for field in _FLAGS if rds._p(params, field)},
        "DbiResourceId": f"db-{new_uuid().replace('-', '')[:20].upper()}",
        "DBInstanceStatus": _CREATING if real_databases.behind(source) else _AVAILABLE,
        "ReadReplicaDBInstanceIdentifiers": [],
        "TagList": rds._parse_tags(params),
        "PendingModifiedValues": {},
        "_of": source["DBInstanceArn"],
        "_managed_secret": None,
    }
    _name(restored, name)
    rds._instances[name] = restored
    rds._tags[restored["DBInstanceArn"]] = restored["TagList"]
    action = "RestoreDBInstanceToPointInTime"
    return rds._single_instance_response(f"{action}Response", f"{action}Result", restored)


def _new_name(params: Json) -> str:
    return str(rds._p(params, "NewDBInstanceIdentifier") or "")


def _rename(instance: Json, new: str) -> None:
    """Give an instance another name: its ARN and its endpoint change, its resource id and its data do not."""
    old_arn = instance["DBInstanceArn"]
    del rds._instances[instance["DBInstanceIdentifier"]]
    _name(instance, new)
    rds._instances[new] = instance
    rds._tags[instance["DBInstanceArn"]] = rds._tags.pop(old_arn, [])
    real_databases.rename(old_arn, instance["DBInstanceArn"])


def _name(instance: Json, name: str) -> None:
    old = instance["DBInstanceIdentifier"]
    instance["DBInstanceIdentifier"] = name
    instance["DBInstanceArn"] = instance["DBInstanceArn"].removesuffix(old) + name
    instance["Endpoint"] = {**instance["Endpoint"], "Address": instance["Endpoint"]["Address"].replace(old, name, 1)}


def _backups(instance: Json) -> Any:
    """Return the answer that lists a database's automated backups, which reach from its creation until now."""
    times = {"EarliestTime": instance["InstanceCreateTime"], "LatestTime": rds._format_time(time.time())}
    window = "".join(f"<{name}>{moment}</{name}>" for name, moment in times.items())
    shown = "".join(f"<{name}>{instance[name]}</{name}>" for name in ("DBInstanceIdentifier", "DbiResourceId"))
    backup = f"<DBInstanceAutomatedBackup>{shown}<Status>active</Status><RestoreWindow>{window}</RestoreWindow>"
    body = f"<DBInstanceAutomatedBackups>{backup}</DBInstanceAutomatedBackup></DBInstanceAutomatedBackups>"
    action = "DescribeDBInstanceAutomatedBackups"
    return rds._xml(200, f"{action}Response", f"<{action}Result>{body}</{action}Result>")
