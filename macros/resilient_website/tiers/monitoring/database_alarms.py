"""The alarms of the database: its CPU, storage and connections, its replicas' lag, and its backups."""

from collections.abc import Iterator

from troposphere import Ref

from resilient_website.facts.rds import AUTOSCALING_FREE_SHARE
from resilient_website.tiers.database import Database
from resilient_website.tiers.monitoring.alarm import AlarmRow, Metric

CPU_PERCENT = 80
CONNECTIONS_SHARE = 0.8
REPLICA_LAG_SECONDS = 60
# Replication between Regions also waits for the network between them, so it lags more.
COPY_LAG_SECONDS = 300
# The lag is -1 if replication has stopped: treated as a day. Source: "Monitoring replication lag for MySQL read
# replicas".
LAG = "IF(m0 < 0, 86400, m0)"
GIB = 1024**3
DAY_SECONDS = 86_400
EVENTS = (
    "aws rds describe-events --source-type db-instance --source-identifier ${DBInstanceIdentifier} --duration 1440 "
    "--region ${AWS::Region}"
)
# All metrics of missing backups. Source: "AWS Backup metrics with CloudWatch".
LOST_BACKUPS = (
    "NumberOfBackupJobsFailed",
    "NumberOfBackupJobsAborted",
    "NumberOfBackupJobsExpired",
    "NumberOfCopyJobsFailed",
)


def rows(database: Database) -> Iterator[AlarmRow]:
    """Yield the alarms of the primary, each replica, and the backup plan, if any."""
    yield from _primary(database)
    if database.is_copy:
        yield _copy(database)
    for number, replica in enumerate(database.replicas, start=1):
        yield from _replica(number, replica, database)
    if database.backup_vault is not None:
        yield _backups(database.backup_vault)


def _copy(database: Database) -> AlarmRow:
    """Return the alarm of the copy of another Region's database."""
    return AlarmRow(
        "CopyLagAlarm",
        f"This copy's database lags more than {COPY_LAG_SECONDS} seconds behind the active Region's, or "
        "replication has stopped: a switch would lose these writes.",
        "Look for long-running writes in the active Region, and read the events of this instance. If replication "
        "has stopped, create the copy's database anew.",
        (_metric("ReplicaLag", database.primary, "Maximum"),),
        COPY_LAG_SECONDS,
        10,
        expression=LAG,
        command=EVENTS,
        section="a-replica-lags",
        # An instance that reports no lag replicates nothing.
        missing="breaching",
    )


def _replica(number: int, replica: str, database: Database) -> Iterator[AlarmRow]:
    """Yield the alarms of a read replica."""
    yield AlarmRow(
        f"ReplicaLag{number}Alarm",
        f"Read replica {number} lags more than {REPLICA_LAG_SECONDS} seconds behind the primary, or replication "
        "has stopped: visitors read old data.",
        "Check the replica's events for replication errors, look for long-running writes, or choose a larger "
        "ReplicaDBInstanceClass.",
        (_metric("ReplicaLag", replica, "Maximum"),),
        REPLICA_LAG_SECONDS,
        10,
        expression=LAG,
        command=EVENTS,
        section="a-replica-lags",
    )
    yield _storage(
        f"ReplicaStorage{number}Alarm",
        f"The disk of read replica {number} is nearly full, and storage autoscaling did not resolve it.",
        "Raise MaxAllocatedStorage, or delete data that is not needed: replication stops when the disk is full.",
        replica,
        database.allocated_storage,
    )


def _backups(backup_vault: str) -> AlarmRow:
    """Return the alarm of the backup plan, which stores backups in this vault."""
    vault = {"BackupVaultName": Ref(backup_vault)}
    return AlarmRow(
        "BackupFailedAlarm",
        "A backup of the database, or its copy to another vault, failed, was aborted or did not start.",
        "Check the job in AWS Backup, then start a new backup manually.",
        tuple(Metric("AWS/Backup", name, vault, "Sum", DAY_SECONDS) for name in LOST_BACKUPS),
        0,
        1,
        expression="+".join(f"FILL(m{number}, 0)" for number in range(len(LOST_BACKUPS))),
        command="aws backup list-backup-jobs --by-backup-vault-name ${BackupVaultName} --by-state FAILED "
        "--region ${AWS::Region}",
        section="a-backup-failed",
    )


def _metric(name: str, instance: str, statistic: str = "Average") -> Metric:
    return Metric("AWS/RDS", name, {"DBInstanceIdentifier": Ref(instance)}, statistic)


def _storage(suffix: str, means: str, act: str, instance: str, allocated_gib: int) -> AlarmRow:
    threshold = int(allocated_gib * GIB * AUTOSCALING_FREE_SHARE)
    metric = _metric("FreeStorageSpace", instance, "Minimum")
    return AlarmRow(suffix, means, act, (metric,), threshold, 15, below=True, command=EVENTS, section="a-full-disk")


def _primary(database: Database) -> Iterator[AlarmRow]:
    yield AlarmRow(
        "DatabaseCpuAlarm",
        f"The database's CPU has been above {CPU_PERCENT} % for 15 minutes.",
        "Find the query in Database Insights. If the load is legitimate, choose a larger DBInstanceClass, add a "
        "read replica, or use the cache.",
        (_metric("CPUUtilization", database.primary),),
        CPU_PERCENT,
        15,
        command=EVENTS,
        section="the-site-is-slow",
    )
    yield _storage(
        "DatabaseStorageAlarm",
        "The database's disk is nearly full, and storage autoscaling did not resolve it.",
        "Raise MaxAllocatedStorage, or delete data that is not needed: the database stops when its disk is full.",
        database.primary,
        database.allocated_storage,
    )
    if database.most_connections is not None:
        yield AlarmRow(
            "DatabaseConnectionsAlarm",
            "The database is close to its maximum number of connections.",
            "Check that the application closes its connections. If it does, use a smaller connection pool per "
            "server, or choose a larger DBInstanceClass.",
            (_metric("DatabaseConnections", database.primary, "Maximum"),),
            int(database.most_connections * CONNECTIONS_SHARE),
            5,
            command=EVENTS,
            section="the-site-is-slow",
        )
