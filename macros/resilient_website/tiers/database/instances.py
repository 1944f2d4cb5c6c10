"""The DB instances: the primary with its standby, and its read replicas."""

from typing import Any, NamedTuple

from troposphere import GetAtt, Ref, rds

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.cloudformation.troposphere_patches import ReadReplica
from resilient_website.context import Context
from resilient_website.facts.ports import MYSQL
from resilient_website.tiers.database import secret
from resilient_website.tiers.database.classes import has_insights
from resilient_website.tiers.database.spec import DatabaseSpec
from resilient_website.tiers.database.surroundings import parameter_group_id
from resilient_website.tiers.network import Network
from resilient_website.tiers.teardown import SNAPSHOT, store_policies

PRIMARY = "Database"

# Retention of insights in days: a week is free, and advanced mode requires 15 months. Source: "Considerations for
# Database Insights".
INSIGHTS_DAYS = {"standard": 7, "advanced": 465}


class Source(NamedTuple):
    """Where a copy's data comes from: the Region, and the ARN of the instance there; None once it is promoted."""

    region: Value
    arn: Value | None


class Backup(NamedTuple):
    """The replicated backups that a database is restored from, and the time; None for the latest one that they have."""

    arn: Value
    time: str | None


class Replication(NamedTuple):
    """Where RDS replicates a database's backups to: the Region, and the ARN of a key there."""

    region: str
    key_arn: Value


def primary(context: Context, spec: DatabaseSpec, teardown: str, backups: Replication | None = None) -> rds.DBInstance:
    """Return the primary with its standby.

    `teardown` is its deletion policy, `backups` where its backups are replicated to.
    """
    return rds.DBInstance(
        context.id(PRIMARY),
        **store_policies(teardown, SNAPSHOT),
        # RDS accepts a major version and chooses the minor one; the linter's list has only full versions.
        Metadata={"cfn-lint": {"config": {"ignore_checks": ["E3691"]}}},
        EngineVersion=spec.engine_version,
        EngineLifecycleSupport=spec.lifecycle_support,
        # Without this, RDS rejects an upgrade from 8.0 to 8.4.
        AllowMajorVersionUpgrade=True,
        MasterUserPassword=secret.value(context, "password"),
        Port=str(MYSQL),
        MultiAZ=spec.multi_az,
        DBSubnetGroupName=Ref(context.id("DatabaseSubnetGroup")),
        AllocatedStorage=str(spec.allocated_storage),
        StorageEncrypted=True,
        BackupRetentionPeriod=spec.backup_retention_period,
        DeletionProtection=spec.deletion_protection,
        **_replicated(spec, backups),
        **_origin(context, spec),
        **_given(
            KmsKeyId=spec.kms_key_id,
            PreferredBackupWindow=spec.backup_window,
            PreferredMaintenanceWindow=spec.maintenance_window,
        ),
        **_shared(context, spec, spec.instance_class),
    )


def _origin(context: Context, spec: DatabaseSpec) -> dict[str, Any]:
    """Return the source of the data. A restored database keeps its user and name, which RDS rejects here."""
    if spec.snapshot is not None:
        return {"DBSnapshotIdentifier": spec.snapshot}
    return {"DBName": spec.database_name, "MasterUsername": secret.value(context, "username")}


def replicas(context: Context, spec: DatabaseSpec, network: Network) -> tuple[rds.DBInstance, ...]:
    """Return the read replicas."""
    return tuple(replica(context, spec, network, number) for number in range(1, spec.read_replicas + 1))


def replica(context: Context, spec: DatabaseSpec, network: Network, number: int) -> rds.DBInstance:
    """Return a replica, which is deleted without a snapshot: RDS takes none of replicas, and the primary has the data.

    Replicas are distributed over the known zones by their number, so that adding or removing one moves no other.
    """
    zone = {"AvailabilityZone": network.zones[(number - 1) % len(network.zones)]} if network.zones else {}
    return ReadReplica(
        context.id(f"DatabaseReplica{number}"),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        SourceDBInstanceIdentifier=Ref(context.id(PRIMARY)),
        **zone,
        **_shared(context, spec, spec.instance_class if spec.replica_class is None else spec.replica_class),
    )


def copy(
    context: Context,
    spec: DatabaseSpec,
    teardown: str,
    source: Source,
    key_id: Value,
    backups: Replication | None = None,
) -> rds.DBInstance:
    """Return the copy of a database of another Region: its replica, or, without the source's ARN, promoted.

    It keeps the source's user, password, name and size. Everything but the source is the same after a promotion, since
    most of it can't change in place.
    """
    replicated = {} if source.arn is None else {"SourceDBInstanceIdentifier": source.arn}
    return ReadReplica(
        context.id(PRIMARY),
        **store_policies(teardown, SNAPSHOT),
        # As for the primary. For the linter, a key needs StorageEncrypted, but a source rules it out.
        Metadata={"cfn-lint": {"config": {"ignore_checks": ["E3691", "E3720"]}}},
        **replicated,
        SourceRegion=source.region,
        # A key means encryption; RDS rejects StorageEncrypted beside a source, and it can't be added later.
        **_derived(context, spec, KmsKeyId=key_id),
        **_replicated(spec, backups),
    )


def restored(context: Context, spec: DatabaseSpec, teardown: str, backup: Backup, password: Value) -> rds.DBInstance:
    """Return a database that RDS restores from replicated backups.

    It keeps the source's user, name and size, and is encrypted with the backups' key. The password is the current one,
    which may be newer than the backups. Source: "RestoreDBInstanceToPointInTime".
    """
    return ReadReplica(
        context.id(PRIMARY),
        **store_policies(teardown, SNAPSHOT),
        # As for the primary.
        Metadata={"cfn-lint": {"config": {"ignore_checks": ["E3691"]}}},
        SourceDBInstanceAutomatedBackupsArn=backup.arn,
        **({"UseLatestRestorableTime": True} if backup.time is None else {"RestoreTime": backup.time}),
        MasterUserPassword=password,
        **_derived(context, spec, StorageEncrypted=True),
    )


def _derived(context: Context, spec: DatabaseSpec, **encryption: Value) -> dict[str, Any]:
    """Return the common properties of the databases that have another one's data, and so its size."""
    return {
        "EngineVersion": spec.engine_version,
        "EngineLifecycleSupport": spec.lifecycle_support,
        "AllowMajorVersionUpgrade": True,
        "Port": str(MYSQL),
        "MultiAZ": spec.multi_az,
        "DBSubnetGroupName": Ref(context.id("DatabaseSubnetGroup")),
        **encryption,
        "BackupRetentionPeriod": spec.backup_retention_period,
        "DeletionProtection": spec.deletion_protection,
        **_given(PreferredBackupWindow=spec.backup_window, PreferredMaintenanceWindow=spec.maintenance_window),
        **_shared(context, spec, spec.instance_class),
    }


def _replicated(spec: DatabaseSpec, backups: Replication | None) -> dict[str, Any]:
    """Return the replication of the backups, which are kept as long as here.

    An encrypted database needs a key of the other Region. Source: "StartDBInstanceAutomatedBackupsReplication".
    """
    if backups is None:
        return {}
    return {
        "AutomaticBackupReplicationRegion": backups.region,
        "AutomaticBackupReplicationKmsKeyId": backups.key_arn,
        "AutomaticBackupReplicationRetentionPeriod": spec.backup_retention_period,
    }


def _shared(context: Context, spec: DatabaseSpec, instance_class: Value) -> dict[str, Any]:
    """Return the common properties of the primary and its replicas."""
    return {
        "Engine": "mysql",
        "DBInstanceClass": instance_class,
        "DBParameterGroupName": Ref(parameter_group_id(context, spec)),
        "VPCSecurityGroups": [GetAtt(context.id("DatabaseSecurityGroup"), "GroupId")],
        "StorageType": "gp3",
        "MaxAllocatedStorage": spec.storage_limit,
        "PubliclyAccessible": False,
        "AutoMinorVersionUpgrade": True,
        "CopyTagsToSnapshot": True,
        "EnableCloudwatchLogsExports": list(spec.log_exports),
        **_insights(spec, instance_class),
        **_enhanced_monitoring(context, spec),
    }


def _insights(spec: DatabaseSpec, instance_class: Value) -> dict[str, Any]:
    if spec.insights_mode == "off" or not has_insights(instance_class):
        # The mode is also set here, since RDS keeps the advanced mode until it is changed explicitly.
        return {"EnablePerformanceInsights": False, "DatabaseInsightsMode": "standard"}
    return {
        "EnablePerformanceInsights": True,
        "PerformanceInsightsRetentionPeriod": INSIGHTS_DAYS[spec.insights_mode],
        "DatabaseInsightsMode": spec.insights_mode,
    }


def _enhanced_monitoring(context: Context, spec: DatabaseSpec) -> dict[str, Any]:
    arn = GetAtt(context.id("DatabaseMonitoringRole"), "Arn")
    role = {"MonitoringRoleArn": arn} if spec.monitoring_interval else {}
    return {"MonitoringInterval": spec.monitoring_interval, **role}


def _given(**properties: Value | None) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value is not None}
