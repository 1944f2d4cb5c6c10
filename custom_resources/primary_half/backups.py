"""Finds the automated backups of a database that RDS has replicated to this Region."""

from typing import Any


class NoBackupError(Exception):
    """There is nothing to restore; the message says what to do."""


def newest(rds: Any, database_arn: str) -> str:
    """Return the ARN of the backups that can be restored up to the latest time. Raises NoBackupError if there are none.

    A database has several if their replication was stopped and started again: the old ones are kept until they expire.
    Source: "DescribeDBInstanceAutomatedBackups" in the Amazon RDS API Reference, whose DBInstanceArn is the source's.
    """
    pages = rds.get_paginator("describe_db_instance_automated_backups").paginate()
    found = [
        (backup["RestoreWindow"]["LatestTime"], backup["DBInstanceAutomatedBackupsArn"])
        for page in pages
        for backup in page["DBInstanceAutomatedBackups"]
        if backup.get("DBInstanceArn") == database_arn and backup.get("RestoreWindow", {}).get("LatestTime")
    ]
    if not found:
        raise NoBackupError(
            f"{rds.meta.region_name} has no replicated backup of {database_arn}. If its replication has just begun, "
            "wait for the first backup; otherwise restore a snapshot (docs/switch.md)"
        )
    return str(max(found)[1])
