"""How far the other half's data is behind: the replica's lag, or the age of the replicated backups.

ReplicaLag is what the replica knows about its source: seconds, once a minute; -1 while it replicates nothing. The loss
of the source does not make it grow: its last value from before the loss says what the replica has. A replica whose
source is silent notices that only after replica_net_timeout, and reports 0 until then.
Sources: "Monitoring replication lag for MySQL read replicas" in the RDS User Guide; "Replica Server Options and
Variables" in the MySQL 8.4 Reference Manual.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cli.switch.half import Half
from resilient_website.tiers.secondary_region.published import DATABASE_ARN

PERIOD = timedelta(seconds=60)

# The default of replica_net_timeout, which the site's parameter group does not change.
UNNOTICED = timedelta(seconds=60)

# RDS uploads transaction logs every five minutes, and replicates them as soon as they are ready. An hour without any
# means that the replication has probably stopped, for which RDS has neither a metric nor an event. Sources: "Restoring
# a DB instance to a specified time", "Troubleshooting stopped cross-Region automated backups", and "Amazon RDS event
# categories and event messages" in the RDS User Guide.
OLD_BACKUPS = timedelta(hours=1)

# How far back a last value is looked for: a Region may be lost for hours before somebody decides.
LOOK_BACK = timedelta(hours=12)


@dataclass(frozen=True)
class Point:
    """The highest lag (seconds; negative: no replication) in the minute that begins at `start`."""

    start: datetime
    seconds: float


@dataclass(frozen=True)
class Lost:
    """What a switch without waiting would lose: what was written after `until`; `why` if that is not known."""

    until: datetime | None
    why: str = ""

    def seconds(self, now: datetime) -> float | None:
        """Return the length of the time whose writes would be lost, if they went on until now."""
        return None if self.until is None else max(0.0, (now - self.until).total_seconds())


def points(client: Any, half: Half, database_id: str, since: datetime, now: datetime) -> tuple[Point, ...]:
    """Return the replica's lag for every minute since then that has a value, oldest first."""
    query = {
        "Id": "lag",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/RDS",
                "MetricName": "ReplicaLag",
                "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": database_id}],
            },
            "Period": int(PERIOD.total_seconds()),
            "Stat": "Maximum",
        },
    }
    answer = client("cloudwatch", half.region).get_metric_data(
        MetricDataQueries=[query], StartTime=since, EndTime=now, ScanBy="TimestampAscending"
    )
    (result,) = answer["MetricDataResults"]
    return tuple(map(Point, result["Timestamps"], result["Values"]))


def lost_by_replica(measured: tuple[Point, ...]) -> Lost:
    """Return what the replica may not have: what was written after the latest time that a known lag proves."""
    known = [point for point in measured if point.seconds >= 0]
    if not known:
        hours = int(LOOK_BACK.total_seconds() // 3600)
        return Lost(None, f"CloudWatch has no ReplicaLag of the last {hours} hours")
    return Lost(max(point.start - timedelta(seconds=point.seconds) for point in known) - UNNOTICED)


def lost_by_backups(client: Any, half: Half) -> Lost:
    """Return what the replicated backups in the half's Region do not have."""
    arn = half.handed_over[DATABASE_ARN]
    backups = client("rds", half.region).describe_db_instance_automated_backups(
        DBInstanceIdentifier=arn.rpartition(":")[2]
    )["DBInstanceAutomatedBackups"]
    times = [
        entry["RestoreWindow"]["LatestTime"] for entry in backups if "LatestTime" in entry.get("RestoreWindow", {})
    ]
    if not times:
        return Lost(None, f"{half.region} has no replicated backup of {arn}")
    return Lost(max(times))
