"""The alarms of the database: its CPU, storage and connections, its replicas' lag, and its backups."""

from collections.abc import Iterator

from troposphere import Ref

from resilient_website.tiers.database import Database
from resilient_website.tiers.monitoring.alarm import AlarmRow, Metric

CPU_PERCENT = 80
CONNECTIONS_SHARE = 0.8
FREE_STORAGE_SHARE = 0.1
REPLICA_LAG_SECONDS = 60
# The lag is -1 where replication has stopped: then as if a day behind. Source: "Monitoring replication lag for MySQL
# read replicas".
LAG = "IF(m0 < 0, 86400, m0)"
GIB = 1024**3
DAY_SECONDS = 86_400
# Each way in which a night goes by without a backup. Source: "AWS Backup metrics with CloudWatch".
LOST_BACKUPS = (
    "NumberOfBackupJobsFailed",
    "NumberOfBackupJobsAborted",
    "NumberOfBackupJobsExpired",
    "NumberOfCopyJobsFailed",
)


def rows(database: Database) -> Iterator[AlarmRow]:
    """Yield the alarms of the primary, of each replica, and of the backup plan if there is one."""
    yield from _primary(database)
    for number, replica in enumerate(database.replicas, start=1):
        yield AlarmRow(
            f"ReplicaLag{number}Alarm",
            f"Read replica {number} is more than {REPLICA_LAG_SECONDS} s behind, or gets nothing any more: visitors "
            "read old data.",
            "Look for an error of replication in its events, a long write, or a replica that is too small.",
            (_metric("ReplicaLag", replica, "Maximum"),),
            REPLICA_LAG_SECONDS,
            10,
            expression=LAG,
        )
        yield _storage(
            f"ReplicaStorage{number}Alarm",
            f"The disk of read replica {number} is nearly full, and storage autoscaling has not helped.",
            "Raise MaxAllocatedStorage, or delete what is not needed: a replica with a full disk stops replicating.",
            replica,
            database.allocated_storage,
        )
    if database.backup_vault is not None:
        vault = {"BackupVaultName": Ref(database.backup_vault)}
        yield AlarmRow(
            "BackupFailedAlarm",
            "A backup of the database, or its copy to another vault, has failed, was aborted or did not start.",
            "See the job in AWS Backup, and start another one by hand.",
            tuple(Metric("AWS/Backup", name, vault, "Sum", DAY_SECONDS) for name in LOST_BACKUPS),
            0,
            1,
            expression="+".join(f"FILL(m{number}, 0)" for number in range(len(LOST_BACKUPS))),
        )


def _metric(name: str, instance: str, statistic: str = "Average") -> Metric:
    return Metric("AWS/RDS", name, {"DBInstanceIdentifier": Ref(instance)}, statistic)


def _storage(suffix: str, means: str, act: str, instance: str, allocated_gib: int) -> AlarmRow:
    threshold = int(allocated_gib * GIB * FREE_STORAGE_SHARE)
    metric = _metric("FreeStorageSpace", instance, "Minimum")
    return AlarmRow(suffix, means, act, (metric,), threshold, 15, below=True)


def _primary(database: Database) -> Iterator[AlarmRow]:
    yield AlarmRow(
        "DatabaseCpuAlarm",
        f"The database's CPU has been above {CPU_PERCENT} % for a quarter of an hour.",
        "Find the query in Database Insights; else a larger DBInstanceClass, a replica for reads, or the cache.",
        (_metric("CPUUtilization", database.primary),),
        CPU_PERCENT,
        15,
    )
    yield _storage(
        "DatabaseStorageAlarm",
        "The database's disk is nearly full, and storage autoscaling has not helped.",
        "Raise MaxAllocatedStorage, or delete what is not needed: a full disk stops the database.",
        database.primary,
        database.allocated_storage,
    )
    if database.most_connections is not None:
        yield AlarmRow(
            "DatabaseConnectionsAlarm",
            "The database has nearly as many connections as it takes.",
            "See whether the application closes them; else a smaller pool a server, or a larger DBInstanceClass.",
            (_metric("DatabaseConnections", database.primary, "Maximum"),),
            int(database.most_connections * CONNECTIONS_SHARE),
            5,
        )
