"""RDS in memory, as far as a restore asks it: instances that take their time, and names that change.

It refuses what RDS refuses: a name that is taken, a change of an instance that is not available, arguments that the
SDK's model does not have.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.session

from cli.deployed.tools import Tools
from tests.cli.fake_services import error

START = datetime(2026, 1, 31, 3, 10, tzinfo=UTC)
OWN, REGION = "my-site-sitedatabase-abc", "us-east-1"
RESTORE_SECONDS, CHANGE_SECONDS, NOTICE_SECONDS = 60, 30, 5
MODEL = botocore.session.get_session().get_service_model("rds")


class Interrupted(Exception):  # noqa: N818
    """Somebody pressed Ctrl-C."""


def described(name: str, data: str, **more: Any) -> dict[str, Any]:
    """Return an instance as DescribeDBInstances does; `data` says which data it has."""
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"arn:aws:rds:{REGION}:111111111111:db:{name}",
        "DbiResourceId": f"db-{data}",
        "DBInstanceStatus": "available",
        "DBInstanceClass": "db.t4g.small",
        "EngineVersion": "8.4.5",
        "MasterUsername": "website",
        "AllocatedStorage": 20,
        "MaxAllocatedStorage": 100,
        "MultiAZ": True,
        "KmsKeyId": "arn:key",
        "DBSubnetGroup": {"DBSubnetGroupName": "subnets"},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
        "DBParameterGroups": [{"DBParameterGroupName": "parameters"}],
        "Endpoint": {"Address": f"{name}.x.{REGION}.rds.amazonaws.com", "Port": 3306},
        "BackupRetentionPeriod": 7,
        "PreferredMaintenanceWindow": "sun:03:00-sun:04:00",
        "DeletionProtection": True,
        "Iops": 3000,
        "TagList": [{"Key": "Team", "Value": "shop"}, {"Key": "aws:cloudformation:stack-name", "Value": "s"}],
        **more,
    }


@dataclass
class FakeRds:
    """Instances by name, a clock, and a client whose calls are counted; every call and wait is a beat."""

    interrupt_after: int = 10_000
    now: datetime = START
    password: str = "of-last-month"
    beats: int = 0
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.instances = {OWN: described(OWN, "old")}
        self.passwords = {"old": "current"}
        self.changes: list[tuple[datetime, Callable[[], None]]] = []
        self.snapshots = {"mine": {**described("mine", "snapshot"), "Status": "available"}}

    def tools(self) -> Tools:
        """Return what a command is given."""
        return Tools(lambda service, _: {"rds": self}[service], lambda: self.now, self.sleep, lambda _: None, self)  # type: ignore[arg-type]

    def sleep(self, seconds: float) -> None:
        self._beat()
        self.now += timedelta(seconds=seconds)
        for due, change in sorted(self.changes, key=lambda each: each[0]):
            if due <= self.now:
                change()
        self.changes = [each for each in self.changes if each[0] > self.now]

    def describe_db_instances(self, DBInstanceIdentifier: str) -> Any:  # noqa: N803
        self._beat()
        if DBInstanceIdentifier not in self.instances:
            raise error("DescribeDBInstances", "DBInstanceNotFound", status=404)
        return {"DBInstances": [dict(self.instances[DBInstanceIdentifier])]}

    def describe_db_snapshots(self, DBSnapshotIdentifier: str) -> Any:  # noqa: N803
        if DBSnapshotIdentifier not in self.snapshots:
            raise error("DescribeDBSnapshots", "DBSnapshotNotFound", status=404)
        return {"DBSnapshots": [self.snapshots[DBSnapshotIdentifier]]}

    def describe_db_instance_automated_backups(self, DbiResourceId: str) -> Any:  # noqa: N803
        assert DbiResourceId == "db-old"
        window = {"EarliestTime": START - timedelta(days=7), "LatestTime": START - timedelta(minutes=5)}
        return {"DBInstanceAutomatedBackups": [{"RestoreWindow": window}]}

    def restore_db_instance_to_point_in_time(self, **asked: Any) -> None:
        self._checked("RestoreDBInstanceToPointInTime", asked)
        assert asked["SourceDBInstanceIdentifier"] in self.instances
        self._restored(asked["TargetDBInstanceIdentifier"], asked, f"at {asked['RestoreTime']:%H:%M}")

    def restore_db_instance_from_db_snapshot(self, **asked: Any) -> None:
        self._checked("RestoreDBInstanceFromDBSnapshot", asked)
        self._restored(asked["DBInstanceIdentifier"], asked, f"of {asked['DBSnapshotIdentifier']}")

    def modify_db_instance(self, **asked: Any) -> None:
        self._checked("ModifyDBInstance", asked)
        name = asked["DBInstanceIdentifier"]
        if self.instances[name]["DBInstanceStatus"] != "available" or not asked["ApplyImmediately"]:
            raise error("ModifyDBInstance", "InvalidDBInstanceState")
        if "NewDBInstanceIdentifier" in asked:
            self.instances[name]["PendingModifiedValues"] = {"DBInstanceIdentifier": asked["NewDBInstanceIdentifier"]}
        self._later(NOTICE_SECONDS, self._begin, name, asked)
        self._beat()

    def add_tags_to_resource(self, ResourceName: str, Tags: list[dict[str, str]]) -> None:  # noqa: N803
        (found,) = [each for each in self.instances.values() if each["DBInstanceArn"] == ResourceName]
        found["TagList"] = [*found["TagList"], *Tags]
        self.calls.append("AddTagsToResource")
        self._beat()

    def data(self, name: str = OWN) -> str:
        """Return which data the instance with a name has."""
        return str(self.instances[name]["DbiResourceId"]).removeprefix("db-")

    def _restored(self, name: str, asked: dict[str, Any], data: str) -> None:
        if name in self.instances:
            raise error("Restore", "DBInstanceAlreadyExists")
        made = described(name, data, DBInstanceStatus="creating", BackupRetentionPeriod=1, TagList=asked["Tags"])
        made["MaxAllocatedStorage"] = None
        self.passwords[data] = self.password
        self.instances[name] = made
        self._later(RESTORE_SECONDS, made.update, {"DBInstanceStatus": "available"})
        self._beat()

    def _begin(self, name: str, asked: dict[str, Any]) -> None:
        renamed = asked.get("NewDBInstanceIdentifier")
        if renamed in self.instances:
            raise error("ModifyDBInstance", "DBInstanceAlreadyExists")
        found = self.instances[name]
        found["DBInstanceStatus"] = "renaming" if renamed else "modifying"
        self._later(CHANGE_SECONDS, self._end, name, asked)

    def _end(self, name: str, asked: dict[str, Any]) -> None:
        found = self.instances[name]
        known = {key: value for key, value in asked.items() if key in found and key != "DBInstanceIdentifier"}
        found |= {"DBInstanceStatus": "available", "PendingModifiedValues": {}, **known}
        if "MasterUserPassword" in asked:
            self.passwords[self.data(name)] = asked["MasterUserPassword"]
        if "NewDBInstanceIdentifier" in asked:
            new = asked["NewDBInstanceIdentifier"]
            fresh = described(new, "")
            self.instances[new] = {
                **found,
                **{key: fresh[key] for key in ("DBInstanceIdentifier", "DBInstanceArn", "Endpoint")},
            }
            del self.instances[name]

    def _later(self, seconds: float, change: Callable[..., None], *arguments: Any) -> None:
        self.changes.append((self.now + timedelta(seconds=seconds), lambda: change(*arguments)))

    def _checked(self, operation: str, asked: dict[str, Any]) -> None:
        shape = MODEL.operation_model(operation).input_shape
        assert shape
        assert set(asked) <= set(shape.members), set(asked) - set(shape.members)
        assert set(shape.required_members) <= set(asked)
        self.calls.append(operation)

    def _beat(self) -> None:
        self.beats += 1
        if self.beats == self.interrupt_after:
            raise Interrupted
