"""The database's properties and defaults."""

from collections.abc import Mapping

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.facts.rds import (
    EXTENDED_SUPPORT,
    MAX_STORAGE_GIB,
    MIN_STORAGE_GIB,
    NO_EXTENDED_SUPPORT,
    STANDARD_SUPPORT_ENDED,
)
from resilient_website.frozen import frozen
from resilient_website.reading.collection_types import ListOf, MapOf
from resilient_website.reading.kms_keys import KMS_KEY
from resilient_website.reading.parameter_value import ParameterValue
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_groups import OptionalGroup
from resilient_website.reading.property_types import Boolean, Choice, Integer, IntegerChoice, Text
from resilient_website.reading.windows import BACKUP_WINDOW, MAINTENANCE_WINDOW
from resilient_website.tiers.database.backup import BackupPlanSpec
from resilient_website.tiers.database.lifecycle import SUPPORT

# MaxAllocatedStorage as a multiple of AllocatedStorage, unless it is written.
STORAGE_GROWTH = 5

INSTANCE = "AWS::RDS::DBInstance"
INSTANCE_CLASS = Text("a DB instance class, as in db.m7g.large", r"db\.[a-z0-9-]+\.[a-z0-9]+", "db.")
# Names of manual and automated snapshots, and of those of AWS Backup. A cluster's snapshot can't be restored to an
# instance. Sources: "CreateDBSnapshot"; "RestoreDBInstanceFromDBSnapshot", DBSnapshotIdentifier; "Amazon Resource Names
# (ARNs) in Amazon RDS".
_SNAPSHOT_NAME = r"((rds|awsbackup):)?[A-Za-z][A-Za-z0-9-]{0,254}"
SNAPSHOT = Text(
    "the name or ARN of a DB snapshot",
    rf"{_SNAPSHOT_NAME}|arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{{12}}:snapshot:{_SNAPSHOT_NAME}",
)


@frozen
class DatabaseSpec(PropertyGroup):
    """The database's properties and defaults."""

    engine_version: str = prop(
        "EngineVersion",
        Text("a version of MySQL 8.4 or 8.0, as in 8.4.8 or 8.0", r"8\.[04](\.\d+)?(-rds\.\d+)?"),
        "8.4",
        known_at_expansion=True,
        examples=("8.4.8", "8.0"),
        needs=(Need("Database.EngineLifecycleSupport", values=(EXTENDED_SUPPORT,), when=("8.0",)),),
        maps_to="AWS::RDS::DBInstance.EngineVersion, AWS::RDS::DBInstance.DBParameterGroupName",
        reason="the long-term support release; RDS chooses the minor version, so that upgrading the macro doesn't "
        "change it. 8.0 requires EngineLifecycleSupport, since its standard support ended on "
        f"{STANDARD_SUPPORT_ENDED['8.0']}",
    )
    lifecycle_support: str = prop(
        "EngineLifecycleSupport",
        SUPPORT,
        NO_EXTENDED_SUPPORT,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.EngineLifecycleSupport",
        reason="no Extended Support, which is charged per vCPU-hour and costs more than a small database: when the "
        "standard support of a release ends, RDS upgrades the database instead. RDS then creates no new database of "
        "that release, and upgrades one restored from a snapshot of it: write the later EngineVersion. Decide when "
        "you create the database: CloudFormation can't change it (`aws rds modify-db-instance "
        "--engine-lifecycle-support` can; leave this property unchanged)",
    )
    instance_class: Value = prop(
        "DBInstanceClass",
        INSTANCE_CLASS,
        "db.t4g.small",
        examples=("db.m7g.large", "db.r7g.2xlarge"),
        maps_to=f"{INSTANCE}.DBInstanceClass",
        reason="the smallest class whose memory (2 GiB) suits MySQL 8.4; scales up in place",
    )
    allocated_storage: int = prop(
        "AllocatedStorage",
        Integer(MIN_STORAGE_GIB, MAX_STORAGE_GIB, unit="GiB"),
        MIN_STORAGE_GIB,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.AllocatedStorage",
        reason="GiB; the minimum of gp3, since storage grows automatically",
    )
    max_allocated_storage: int = prop(
        "MaxAllocatedStorage",
        Integer(22, MAX_STORAGE_GIB, unit="GiB"),
        None,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.MaxAllocatedStorage",
        reason="GiB; five times AllocatedStorage when absent: a full disk is an outage, and unlimited storage an "
        "unlimited cost",
    )
    multi_az: bool = prop(
        "MultiAZ",
        Boolean(),
        True,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.MultiAZ",
        reason="the synchronous standby survives the loss of a zone",
    )
    read_replicas: int = prop(
        "ReadReplicas",
        Integer(0, 5),
        0,
        known_at_expansion=True,
        maps_to="AWS::RDS::DBInstance",
        reason="replicas are for more reads than one instance can serve; the standby already covers failure",
    )
    replica_class: Value | None = prop(
        "ReplicaDBInstanceClass",
        INSTANCE_CLASS,
        None,
        examples=("db.m7g.large", "db.r7g.2xlarge"),
        needs=(Need("Database.ReadReplicas"),),
        maps_to=f"{INSTANCE}.DBInstanceClass",
        reason="DBInstanceClass when absent: a smaller replica lags behind",
    )
    kms_key_id: Value | None = prop(
        "KmsKeyId",
        KMS_KEY,
        None,
        presence_decides=True,
        examples=("alias/website", "arn:aws:kms:us-east-1:123456789012:key/aaaaaaaa-1234-1234-1234-123456789012"),
        maps_to=f"{INSTANCE}.KmsKeyId",
        reason="the AWS managed key for RDS when absent, which is free. A change replaces the instance",
    )
    backup_retention_period: int = prop(
        "BackupRetentionPeriod",
        Integer(1, 35, unit="days"),
        7,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.BackupRetentionPeriod",
        reason="days; a week leaves time to notice a mistake after a long weekend. 0 would turn off backups and is "
        "not allowed",
    )
    backup_window: Value | None = prop(
        "PreferredBackupWindow",
        BACKUP_WINDOW,
        None,
        presence_decides=True,
        examples=("02:00-03:00", "01:00-02:00"),
        maps_to=f"{INSTANCE}.PreferredBackupWindow",
        reason="absent: RDS chooses half an hour of the Region's night, outside the maintenance window",
    )
    maintenance_window: Value | None = prop(
        "PreferredMaintenanceWindow",
        MAINTENANCE_WINDOW,
        None,
        presence_decides=True,
        examples=("sun:04:00-sun:05:00", "mon:01:00-mon:02:00"),
        maps_to=f"{INSTANCE}.PreferredMaintenanceWindow",
        reason="absent: RDS chooses half an hour of one night, a different one for each replica",
    )
    backup_plan: BackupPlanSpec | None = prop(
        "BackupPlan",
        OptionalGroup(BackupPlanSpec),
        None,
        known_at_expansion=True,
        maps_to="AWS::Backup::BackupPlan",
        reason="off: RDS's own backups restore to any second. AWS Backup keeps copies separate from the database, "
        "for longer, and optionally locked",
    )
    database_name: Value = prop(
        "DatabaseName",
        Text(
            "1 to 64 letters, digits and underscores, starting with a letter, as in website",
            r"[A-Za-z][A-Za-z0-9_]{0,63}",
        ),
        "website",
        examples=("website", "shop"),
        maps_to=f"{INSTANCE}.DBName",
        reason="the initial database; a change replaces the instance",
    )
    parameters: Mapping[str, Value] = prop(
        "Parameters",
        MapOf(ParameterValue("parameter values by parameter name")),
        None,
        known_at_expansion=True,
        examples=({"max_connections": "200"}, {"slow_query_log": "1"}),
        maps_to="AWS::RDS::DBParameterGroup.Parameters",
        reason="merged over the macro's own, which require TLS (require_secure_transport: 1) and log slow queries",
    )
    log_exports: tuple[str, ...] = prop(
        "EnableCloudwatchLogsExports",
        ListOf(Choice(("error", "slowquery", "general", "audit", "iam-db-auth-error")), 0, 5),
        ("error", "slowquery"),
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.EnableCloudwatchLogsExports",
        reason="errors, and queries that take longer than a second: the logs that incidents call for. general turns "
        "on general_log; audit needs OptionGroupName, and iam-db-auth-error EnableIAMDatabaseAuthentication, in "
        "Overrides of Database: without them the log stays empty. RDS's log groups never expire "
        "(Monitoring.LogRetentionInDays explains how to limit them)",
    )
    insights_mode: str = prop(
        "DatabaseInsightsMode",
        Choice(("standard", "advanced", "off")),
        "standard",
        known_at_expansion=True,
        needs=(Need("Database.DBInstanceClass", values=("db.m7g.large",), when=("advanced",), such_as=True),),
        maps_to="AWS::RDS::DBInstance.DatabaseInsightsMode, AWS::RDS::DBInstance.EnablePerformanceInsights",
        reason="the load of each query over the past week, free of charge; for classes that support it (not t micro "
        "and small). advanced keeps 15 months, for a fee",
    )
    monitoring_interval: int = prop(
        "MonitoringInterval",
        IntegerChoice((0, 1, 5, 10, 15, 30, 60)),
        60,
        known_at_expansion=True,
        maps_to="AWS::RDS::DBInstance.MonitoringInterval, AWS::RDS::DBInstance.MonitoringRoleArn",
        reason="seconds between operating system metrics (Enhanced Monitoring); 0 turns it off",
    )
    secret_rotation_days: int = prop(
        "SecretRotationDays",
        Integer(0, 1000, unit="days"),
        0,
        known_at_expansion=True,
        maps_to="AWS::SecretsManager::RotationSchedule, "
        "AWS::SecretsManager::RotationSchedule.RotationRules.AutomaticallyAfterDays",
        reason="never: an application that reads the password only at startup would lose access. Turn it on once "
        "yours reads the secret again when a login fails",
    )
    snapshot: Value | None = prop(
        "DBSnapshotIdentifier",
        SNAPSHOT,
        None,
        presence_decides=True,
        examples=("website-before-launch", "arn:aws:rds:us-east-1:123456789012:snapshot:website"),
        maps_to=f"{INSTANCE}.DBSnapshotIdentifier",
        reason="restores the database from a snapshot. Keep it once used: removing it replaces the database. The "
        "database keeps the snapshot's encryption. AllocatedStorage must be at least the snapshot's, and the "
        "snapshot's master user must be `website`, as in the secret: snapshots of a site's database meet this",
    )
    deletion_protection: Value = prop(
        "DeletionProtection",
        Boolean(),
        False,
        maps_to=f"{INSTANCE}.DeletionProtection",
        reason="a final snapshot is always taken; with deletion protection, a failed stack creation could not roll "
        "back. Turn it on once the site is live",
    )

    @property
    def storage_limit(self) -> int:
        """The size in GiB up to which storage grows automatically."""
        return self.max_allocated_storage or min(STORAGE_GROWTH * self.allocated_storage, MAX_STORAGE_GIB)

    @property
    def family(self) -> str:
        """The parameter group family, as in mysql8.4."""
        return "mysql" + ".".join(self.engine_version.split(".")[:2])
