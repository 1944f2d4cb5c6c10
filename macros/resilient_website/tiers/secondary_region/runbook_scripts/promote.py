"""Promotes the replica, and waits until it takes writes."""

import time
from typing import Any

import boto3


def handler(events: dict[str, Any], context: Any) -> dict[str, str]:
    """Promote the DB instance `Database`. Raises TimeoutError after nine minutes."""
    del context
    rds = boto3.client("rds")
    end, asked = time.monotonic() + 540, False
    while time.monotonic() < end:
        (found,) = rds.describe_db_instances(DBInstanceIdentifier=events["Database"])["DBInstances"]
        available = found["DBInstanceStatus"] == "available"
        if available and not found.get("ReadReplicaSourceDBInstanceIdentifier"):
            return {"Database": "takes writes"}
        if available and not asked:
            rds.promote_read_replica(DBInstanceIdentifier=events["Database"])
            asked = True
        time.sleep(10)
    raise TimeoutError(f"the database is {found['DBInstanceStatus']}: the step is tried again")
