"""The database of one Region of `two_regions`: RDS, its replication, and the replication's metric in CloudWatch."""

from datetime import datetime, timedelta
from typing import Any

from tests.cli.region_state import ACCOUNT, Database, Refused, RegionState

MINUTE = timedelta(minutes=1)

# Seconds.
PROMOTION = 240


class DatabaseApis(RegionState):
    """RDS and CloudWatch, on the half's DB instance."""

    # Replication

    def replicated_until(self) -> datetime:
        """Return the time of the newest write that this Region's replica has applied: all is received at once."""
        source, lag = self.world[self.other], timedelta(seconds=self.world.lag)
        newest = min(self.world.now - lag, source.lost_at or self.world.now)
        if source.stopped_at and newest >= source.stopped_at:
            return source.stopped_at
        return newest

    def promoted(self) -> None:
        assert self.database
        self.database.until = self.replicated_until()
        self.database.source = None
        self.database.status = "modifying"
        self.world.later(PROMOTION, self._available)

    def _available(self) -> None:
        assert self.database
        self.database.status = "available"

    # CloudWatch

    def GetMetricData(self, StartTime: datetime, EndTime: datetime, **_: Any) -> Any:  # noqa: N802, N803
        first = StartTime.replace(second=0, microsecond=0) + MINUTE
        times = [first + number * MINUTE for number in range((EndTime - first) // MINUTE)]
        values = [self._lag_at(minute) for minute in times]
        return {"MetricDataResults": [{"Id": "lag", "Timestamps": times, "Values": values}]}

    def _lag_at(self, minute: datetime) -> float:
        source, lag = self.world[self.other], self.world.lag
        if source.lost_at and minute >= source.lost_at + timedelta(seconds=60):
            return -1
        last = source.stopped_at or source.lost_at
        return 0 if last and minute >= last + timedelta(seconds=lag) else lag

    # RDS

    def _db(self, identifier: str) -> Database:
        if not self.database or self.database.id != identifier:
            raise Refused("DBInstanceNotFound", f"DBInstance {identifier} not found.")
        return self.database

    def DescribeDBInstances(self, DBInstanceIdentifier: str) -> Any:  # noqa: N802, N803
        database = self._db(DBInstanceIdentifier)
        shown: dict[str, Any] = {
            "DBInstanceIdentifier": database.id,
            "DBInstanceArn": f"arn:aws:rds:{self.name}:{ACCOUNT}:db:{database.id}",
            "DBInstanceStatus": database.status,
            "MultiAZ": self.active == self.name,
        }
        if database.source:
            shown["ReadReplicaSourceDBInstanceIdentifier"] = database.source
            shown["StatusInfos"] = [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
        return {"DBInstances": [shown]}

    def PromoteReadReplica(self, DBInstanceIdentifier: str) -> Any:  # noqa: N802, N803
        database = self._db(DBInstanceIdentifier)
        if not database.source or database.status != "available":
            raise Refused("InvalidDBInstanceState", "DB Instance is not a read replica.")
        self.promoted()
        return {"DBInstance": self.DescribeDBInstances(DBInstanceIdentifier)["DBInstances"][0]}

    def DescribeDBInstanceAutomatedBackups(self, DBInstanceIdentifier: str) -> Any:  # noqa: N802, N803
        assert DBInstanceIdentifier == f"{self.other}-db"
        return {"DBInstanceAutomatedBackups": [{"RestoreWindow": {"LatestTime": self.backed_up_until()}}]}

    def backed_up_until(self) -> datetime:
        """Return the latest time to which the replicated backups can be restored."""
        source = self.world[self.other]
        return min(self.world.now, source.lost_at or self.world.now) - timedelta(minutes=5)
