"""Finds replicas of a database in other Regions: RDS would promote them if the database were deleted."""

from typing import Any

from botocore.exceptions import ClientError


class ReplicatedError(Exception):
    """A copy in another Region replicates the database; the message says what to do."""


def refuse_if_replicated(rds: Any, database: str) -> None:
    """Raise ReplicatedError if a database has replicas in other Regions. A database that is gone has none."""
    try:
        (found,) = rds.describe_db_instances(DBInstanceIdentifier=database)["DBInstances"]
    except ClientError as error:
        # Source: "DescribeDBInstances" in the Amazon RDS API Reference.
        if error.response["Error"]["Code"] in ("DBInstanceNotFound", "DBInstanceNotFoundFault"):
            return
        raise
    # Those of the same Region are listed by their identifiers, those of others by their ARNs. Source: "DBInstance".
    regions = [name.split(":")[3] for name in found.get("ReadReplicaDBInstanceIdentifiers", []) if ":" in name]
    if regions:
        raise ReplicatedError(
            f"The site's copy in {', '.join(regions)} replicates {database}, and RDS would promote it. Delete the "
            "stack there first, or switch to it"
        )
