"""Databases and their replicas in another Region, on the emulator."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tools.emulator.stacks import Json, Stacks

HERE, THERE = "us-east-1", "us-west-2"

ACCOUNT = "200000000041"

SOURCE: Json = {
    "Engine": "mysql",
    "EngineVersion": "8.4.6",
    "DBInstanceClass": "db.t4g.small",
    "AllocatedStorage": "40",
    "MasterUsername": "website",
    "MasterUserPassword": "very-secret",
    "StorageEncrypted": True,
    "BackupRetentionPeriod": 7,
}


def database(**properties: Any) -> Json:
    kept = {name: value for name, value in properties.items() if value is not None}
    resource = {"Type": "AWS::RDS::DBInstance", "Properties": kept}
    outputs = {"Arn": {"Value": {"Fn::GetAtt": ["Database", "DBInstanceArn"]}}}
    key = {"Type": "AWS::KMS::Key", "Properties": {}}
    return {"Resources": {"Database": resource, "Key": key}, "Outputs": outputs}


def replica(arn: str, **properties: Any) -> Json:
    known = {
        "SourceDBInstanceIdentifier": arn,
        "SourceRegion": HERE,
        "Engine": "mysql",
        "DBInstanceClass": "db.t4g.small",
        "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
        "BackupRetentionPeriod": 7,
    }
    return database(**{**known, **properties})


def lag(stacks: Stacks, name: str, statistic: str = "Maximum") -> float | None:
    """Return the metric of the last minutes, if there is one."""
    now = datetime.now(UTC)
    points = stacks.session.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/RDS",
        MetricName="ReplicaLag",
        Dimensions=[{"Name": "DBInstanceIdentifier", "Value": name}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=600,
        Statistics=[statistic],
    )["Datapoints"]
    return float(points[-1][statistic]) if points else None
