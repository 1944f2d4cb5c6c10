"""The database's properties and defaults."""

from collections.abc import Mapping
from dataclasses import dataclass

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.reading.properties import OptionalGroup, PropertyGroup, prop
from resilient_website.reading.property_types import Boolean, Choice, Integer, IntegerChoice, ListOf, MapOf, Text
from resilient_website.reading.windows import BACKUP_WINDOW, MAINTENANCE_WINDOW
from resilient_website.tiers.database.backup import BackupPlanSpec
from resilient_website.tiers.database.lifecycle import DISABLED, SUPPORT

# Source: "Amazon RDS DB instance storage", which has a fixed 3,000 IOPS below 400 GiB.
MAX_STORAGE_GIB = 65536
STORAGE_GROWTH = 5

INSTANCE = "AWS::RDS::DBInstance"
INSTANCE_CLASS = Text("a DB instance class, as in db.m7g.large", r"db\.[a-z0-9-]+\.[a-z0-9]+", "db.")
KMS_KEY = Text("the ARN, id or alias of a KMS key")


@dataclass(frozen=True)
class DatabaseSpec(PropertyGroup):
    """The database's properties and defaults."""

    engine_version: str = prop(
        "EngineVersion",
        Text("a version of MySQL, as in 8.4.8 or 8.0", r"8\.[04](\.\d+)?(-rds\.\d+)?"),
        "8.4",
        known_at_expansion=True,
        maps_to="AWS::RDS::DBInstance.EngineVersion, AWS::RDS::DBInstance.DBParameterGroupName",
        reason="the long-term support release; RDS picks the minor version, so that no upgrade of ours moves it. "
        "8.0 takes EngineLifecycleSupport, since its standard support ended on 2026-07-31",
    )
    lifecycle_support: str = prop(
        "EngineLifecycleSupport",
        SUPPORT,
        DISABLED,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.EngineLifecycleSupport",
        reason="no Extended Support, which costs more than a small database, by vCPU and hour: when the standard "
        "support of a release ends, RDS upgrades the database instead. RDS then creates no database of such a release, "
        "and one from a snapshot of it is upgraded when it is restored: write the later EngineVersion. Decide when the "
        "database is created: CloudFormation refuses to change it (`aws rds modify-db-instance "
        "--engine-lifecycle-support` can, while this stays as it is)",
    )
    instance_class: Value = prop(
        "DBInstanceClass",
        INSTANCE_CLASS,
        "db.t4g.small",
        maps_to=f"{INSTANCE}.DBInstanceClass",
        reason="the smallest class whose memory (2 GiB) suits MySQL 8.4; scales up in place",
    )
    allocated_storage: int = prop(
        "AllocatedStorage",
        Integer(20, MAX_STORAGE_GIB),
        20,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.AllocatedStorage",
        reason="GiB; gp3's minimum, since storage grows by itself",
    )
    max_allocated_storage: int = prop(
        "MaxAllocatedStorage",
        Integer(22, MAX_STORAGE_GIB),
        None,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.MaxAllocatedStorage",
        reason="GiB; five times AllocatedStorage when absent: a full disk is an outage, an endless one a bill",
    )
    multi_az: bool = prop(
        "MultiAZ",
        Boolean(),
        True,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.MultiAZ",
        reason="the synchronous standby is what survives the loss of a zone",
    )
    read_replicas: int = prop(
        "ReadReplicas",
        Integer(0, 5),
        0,
        known_at_expansion=True,
        maps_to="AWS::RDS::DBInstance",
        reason="replicas are for reading more than one instance can serve; the standby already covers failure",
    )
    replica_class: Value | None = prop(
        "ReplicaDBInstanceClass",
        INSTANCE_CLASS,
        None,
        maps_to=f"{INSTANCE}.DBInstanceClass",
        reason="DBInstanceClass when absent: a smaller replica falls behind",
    )
    kms_key_id: Value | None = prop(
        "KmsKeyId",
        KMS_KEY,
        None,
        presence_decides=True,
        maps_to=f"{INSTANCE}.KmsKeyId",
        reason="AWS's own key for RDS when absent, which costs nothing. A change replaces the instance",
    )
    backup_retention_period: int = prop(
        "BackupRetentionPeriod",
        Integer(1, 35),
        7,
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.BackupRetentionPeriod",
        reason="days; a week lets a mistake be found after a long weekend. 0 would switch backups off: not offered",
    )
    backup_window: Value | None = prop(
        "PreferredBackupWindow",
        BACKUP_WINDOW,
        None,
        presence_decides=True,
        maps_to=f"{INSTANCE}.PreferredBackupWindow",
        reason="absent: RDS takes half an hour of the Region's night, clear of the maintenance window",
    )
    maintenance_window: Value | None = prop(
        "PreferredMaintenanceWindow",
        MAINTENANCE_WINDOW,
        None,
        presence_decides=True,
        maps_to=f"{INSTANCE}.PreferredMaintenanceWindow",
        reason="absent: RDS takes half an hour of a night, another one for each replica",
    )
    backup_plan: BackupPlanSpec | None = prop(
        "BackupPlan",
        OptionalGroup(BackupPlanSpec),
        None,
        known_at_expansion=True,
        maps_to="AWS::Backup::BackupPlan",
        reason="off: RDS's own backups restore to any second. AWS Backup keeps copies apart from the database, for "
        "longer, and locked if wanted",
    )
    database_name: Value = prop(
        "DatabaseName",
        Text("1 to 64 letters, digits and underscores, a letter first, as in website", r"[A-Za-z][A-Za-z0-9_]{0,63}"),
        "website",
        maps_to=f"{INSTANCE}.DBName",
        reason="a first database to connect to; a change replaces the instance",
    )
    parameters: Mapping[str, Value] = prop(
        "Parameters",
        MapOf(Text("parameters' values, by their names")),
        None,
        known_at_expansion=True,
        maps_to="AWS::RDS::DBParameterGroup.Parameters",
        reason="merged over ours, which force TLS (require_secure_transport: 1) and log slow queries",
    )
    log_exports: tuple[str, ...] = prop(
        "EnableCloudwatchLogsExports",
        ListOf(Choice(("error", "slowquery", "general", "audit", "iam-db-auth-error")), 0, 5),
        ("error", "slowquery"),
        known_at_expansion=True,
        maps_to=f"{INSTANCE}.EnableCloudwatchLogsExports",
        reason="errors, and queries that take longer than a second: what an incident is about. general switches "
        "general_log on; audit needs OptionGroupName, and iam-db-auth-error EnableIAMDatabaseAuthentication, in "
        "Overrides of Database: without them the log stays empty. RDS keeps its log groups for ever "
        "(Monitoring.LogRetentionInDays says how to bound that)",
    )
    insights_mode: str = prop(
        "DatabaseInsightsMode",
        Choice(("standard", "advanced", "off")),
        "standard",
        known_at_expansion=True,
        maps_to="AWS::RDS::DBInstance.DatabaseInsightsMode, AWS::RDS::DBInstance.EnablePerformanceInsights",
        reason="which query costs what, a week back, for free; where the class is large enough for it (not t micro and "
        "small). advanced keeps 15 months, and costs",
    )
    monitoring_interval: int = prop(
        "MonitoringInterval",
        IntegerChoice((0, 1, 5, 10, 15, 30, 60)),
        60,
        known_at_expansion=True,
        maps_to="AWS::RDS::DBInstance.MonitoringInterval, AWS::RDS::DBInstance.MonitoringRoleArn",
        reason="seconds between the operating system's metrics (enhanced monitoring); 0 switches it off",
    )
    secret_rotation_days: int = prop(
        "SecretRotationDays",
        Integer(0, 1000),
        0,
        known_at_expansion=True,
        maps_to="AWS::SecretsManager::RotationSchedule, "
        "AWS::SecretsManager::RotationSchedule.RotationRules.AutomaticallyAfterDays",
        reason="never: an application that keeps the password from its start would be locked out. Turn it on once "
        "yours reads the secret again when it is refused",
    )
    snapshot: Value | None = prop(
        "DBSnapshotIdentifier",
        Text("the name or ARN of a DB snapshot"),
        None,
        presence_decides=True,
        maps_to=f"{INSTANCE}.DBSnapshotIdentifier",
        reason="starts from a snapshot; must stay once used, as its removal replaces the database. It is encrypted as "
        "the snapshot is. AllocatedStorage has to be at least the snapshot's, and its master user `website`, as the "
        "secret says: so it is in snapshots of a site's database",
    )
    deletion_protection: Value = prop(
        "DeletionProtection",
        Boolean(),
        False,
        maps_to=f"{INSTANCE}.DeletionProtection",
        reason="a final snapshot is always taken; with protection, a failed first creation could not roll back. "
        "Turn it on once the site is live",
    )

    @property
    def storage_limit(self) -> int:
        """The size up to which storage grows by itself, in GiB."""
        return self.max_allocated_storage or min(STORAGE_GROWTH * self.allocated_storage, MAX_STORAGE_GIB)

    @property
    def family(self) -> str:
        """The parameter groups' family, as in mysql8.4."""
        return "mysql" + ".".join(self.engine_version.split(".")[:2])
