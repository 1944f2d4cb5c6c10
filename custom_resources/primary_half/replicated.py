"""Refuses the deletion of a database that the site's other half replicates: RDS would promote the replica."""

from typing import TYPE_CHECKING

from shared.cross_region_replication.replication import replication

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient


class ReplicatedError(Exception):
    """The other half replicates the database; the message says what to do."""


def refuse_if_replicated(rds: "RDSClient", database: str) -> None:
    """Raise ReplicatedError if a database has replicas in other Regions. A database that is gone has none."""
    regions = replication(rds, database).replica_regions
    if regions:
        raise ReplicatedError(
            f"The site's half in {', '.join(regions)} replicates {database}, and RDS would promote it. Delete the "
            "stack there first, or switch to it"
        )
