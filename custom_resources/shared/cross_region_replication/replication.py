"""Finds the other Regions that a database is replicated to or from. RDS promotes a replica whose source is deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.aws_errors.codes import code

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

# Source: "DescribeDBInstances" in the Amazon RDS API Reference.
NOT_FOUND = ("DBInstanceNotFound", "DBInstanceNotFoundFault")


@dataclass(frozen=True)
class Replication:
    """The other Regions with replicas of a database, and the Region of its source; empty without one."""

    replica_regions: tuple[str, ...] = ()
    source_region: str = ""


def replication(rds: "RDSClient", database: str) -> Replication:
    """Return what RDS says about a database, by its identifier. A database that is gone has no replication.

    The source and the replicas in the same Region are listed by their identifiers, those in other Regions by their
    ARNs. Source: "DBInstance" in the Amazon RDS API Reference.
    """
    try:
        (found,) = rds.describe_db_instances(DBInstanceIdentifier=database)["DBInstances"]
    except rds.exceptions.ClientError as error:
        if code(error) in NOT_FOUND:
            return Replication()
        raise
    source = _regions([found.get("ReadReplicaSourceDBInstanceIdentifier", "")])
    return Replication(_regions(found.get("ReadReplicaDBInstanceIdentifiers", [])), "".join(source))


def _regions(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.split(":")[3] for name in names if ":" in name))
