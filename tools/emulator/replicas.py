"""RDS's read replicas, in the Region of their source or in another one: what is refused, attached and promoted.

A source and a replica in different Regions know each other by ARN, in one Region by identifier. Sources:
"CreateDBInstanceReadReplica" and "PromoteReadReplica" in the RDS API reference; "Creating a read replica in a different
AWS Region" in the RDS guide. Not documented, and ours, are the words about a missing SourceRegion, and what RDS answers
to the promotion of an instance that is no replica.
"""

import threading
from contextlib import suppress
from typing import Any

from ministack.core.arn import ArnParseError, parse_arn  # type: ignore[import-not-found]
from ministack.core.responses import get_account_id, get_region  # type: ignore[import-not-found]
from ministack.services import rds  # type: ignore[import-not-found]

Json = dict[str, Any]

# RDS takes minutes: it reboots the instance, and backs it up if it has a retention period.
PROMOTION_SECONDS = 0.5
NO_REPLICA = "DB Instance is not a read replica."
_SOURCE, _REPLICAS = "ReadReplicaSourceDBInstanceIdentifier", "ReadReplicaDBInstanceIdentifiers"
_INHERITED = (
    *("Engine", "EngineVersion", "LicenseModel", "AllocatedStorage", "MasterUsername", "_MasterUserPassword"),
    *("DBName", "StorageEncrypted"),
)
_REPLICATING = """<StatusInfos><DBInstanceStatusInfo><StatusType>read replication</StatusType><Normal>true</Normal>
<Status>replicating</Status></DBInstanceStatusInfo></StatusInfos>"""


def register() -> None:
    """Add the promotion, what a deletion does to replicas, and the state of replication in what is described."""
    rds._ACTION_MAP["PromoteReadReplica"] = _promote
    own_delete, own_xml = rds._ACTION_MAP["DeleteDBInstance"], rds._instance_xml

    def delete(params: Json) -> Any:
        instance = rds._resolve_instance(rds._p(params, "DBInstanceIdentifier"))
        if instance and instance.get(_SOURCE) and rds._p(params, "FinalDBSnapshotIdentifier"):
            message = "FinalDBSnapshotIdentifier can not be specified when deleting a read replica instance."
            return rds._error("InvalidParameterCombination", message, 400)
        answer = own_delete(params)
        if instance and answer[0] < 300:
            forget(instance)
        return answer

    def xml(instance: Json) -> str:
        reported: str = own_xml(instance)
        return reported.replace("<StatusInfos/>", _REPLICATING) if instance.get(_SOURCE) else reported

    rds._ACTION_MAP["DeleteDBInstance"], rds._instance_xml = delete, xml


def is_replica(instance: Json) -> bool:
    """Tell whether an instance replicates from another one, as RDS sees it."""
    return bool(instance.get(_SOURCE))


def source_of(props: Json) -> Json:
    """Return the instance that a replica is made of, empty if it is none; raise ValueError where RDS makes none."""
    reference = str(props.get("SourceDBInstanceIdentifier") or "")
    if not reference:
        return {}
    source = _found(reference)
    if source is None:
        raise ValueError(f"DBInstance {reference} not found.")
    if not source.get("BackupRetentionPeriod"):
        raise ValueError("Automated backups are not enabled for this database instance.")
    if source.get("_managed_secret") and "sqlserver" not in source["Engine"]:
        raise ValueError("You can't create a read replica of an instance whose master password RDS manages.")
    region = _region(source)
    if region != get_region():
        _check_other_region(region, source, props)
    return source


def attach(replica: Json, source: Json, props: Json) -> None:
    """Make an instance's record a replica's: what it inherits, and who is whose."""
    replica.update({field: source[field] for field in _INHERITED if field in source})
    replica["Endpoint"]["Port"] = props.get("Port") or source["Endpoint"]["Port"]
    # "RDS creates read replicas with backups disabled."
    replica["BackupRetentionPeriod"] = int(props.get("BackupRetentionPeriod") or 0)
    elsewhere = _region(source) != _region(replica)
    if not elsewhere:
        replica["KmsKeyId"] = source.get("KmsKeyId", "")
    name = "DBInstanceArn" if elsewhere else "DBInstanceIdentifier"
    replica[_SOURCE] = source[name]
    source.setdefault(_REPLICAS, []).append(replica[name])


def promote(instance: Json, retention: int | None) -> None:
    """Make a replica a database of its own, at once. `retention` is in days; None: one day, if there were no backups.

    Raises ValueError if it is no replica.
    """
    if not is_replica(instance):
        raise ValueError(f"InvalidDBInstanceState: {NO_REPLICA}")
    _leave_source(instance)
    instance["BackupRetentionPeriod"] = instance["BackupRetentionPeriod"] or 1 if retention is None else retention


def forget(instance: Json) -> None:
    """Take a deleted instance out of its source's list, and promote the replicas that it leaves behind.

    "If you delete a source DB instance without deleting its read replicas, each replica is promoted": so for MySQL.
    """
    if is_replica(instance):
        _leave_source(instance)
    for reference in list(instance.get(_REPLICAS, [])):
        replica = _found(reference, _region(instance))
        if replica:
            promote(replica, None)


def _promote(params: Json) -> Any:
    identifier = rds._p(params, "DBInstanceIdentifier")
    instance = rds._resolve_instance(identifier)
    if instance is None:
        return rds._error("DBInstanceNotFound", f"DBInstance {identifier} not found.", 404)
    if not is_replica(instance) or instance["DBInstanceStatus"] != "available":
        return rds._error("InvalidDBInstanceState", NO_REPLICA, 400)
    retention = rds._p(params, "BackupRetentionPeriod")
    promote(instance, int(retention) if retention else None)
    instance["DBInstanceStatus"] = "modifying"
    timer = threading.Timer(PROMOTION_SECONDS, lambda: instance.update(DBInstanceStatus="available"))
    timer.daemon = True
    timer.start()
    return rds._single_instance_response("PromoteReadReplicaResponse", "PromoteReadReplicaResult", instance)


def _check_other_region(region: str, source: Json, props: Json) -> None:
    """Raise what a replica in this Region lacks to be made of a source in another one."""
    if props.get("SourceRegion") != region:
        raise ValueError(f"SourceRegion must be {region}, the Region of the source DB instance.")
    key = str(props.get("KmsKeyId") or "")
    if source.get("StorageEncrypted") and not key:
        raise ValueError("Cannot create a cross region unencrypted read replica from encrypted source.")
    if key and not source.get("StorageEncrypted"):
        raise ValueError("Cannot create a cross region encrypted read replica from unencrypted source.")
    for group, known, fault in (
        (props.get("DBSubnetGroupName"), rds._subnet_groups, "DBSubnetGroupNotFoundFault"),
        (props.get("DBParameterGroupName"), rds._param_groups, "DBParameterGroupNotFound"),
    ):
        if group and not str(group).startswith("default") and group not in known:
            raise ValueError(f"{fault}: {group} not found.")


def _leave_source(replica: Json) -> None:
    source = _found(replica[_SOURCE], _region(replica)) or {}
    names = (replica["DBInstanceIdentifier"], replica["DBInstanceArn"])
    source[_REPLICAS] = [name for name in source.get(_REPLICAS, []) if name not in names]
    replica[_SOURCE] = ""


def _region(instance: Json) -> str:
    return str(instance["DBInstanceArn"]).split(":")[3]


def _found(reference: str, region: str = "") -> Json | None:
    """Return the instance of an ARN, or of an identifier in a Region (this one if none is given)."""
    account, name = get_account_id(), reference
    with suppress(ArnParseError):
        parsed = parse_arn(reference)
        account, region, name = parsed.account_id, parsed.region, reference.rpartition(":")[2]
    found: Json | None = rds._instances.get_scoped(account, region or get_region(), name)
    return found
