"""The database of a half: its status, and what it replicates from."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.deployed.databases import AVAILABLE, NO_INSTANCE
from cli.switch.half import Half
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.database.instances import PRIMARY

# Replication that RDS has stopped, for example because of a non-transactional table. Source: "Troubleshooting a MySQL
# read replica problem" in the RDS User Guide.
BROKEN = ("error", "stopped", "terminated")


@dataclass(frozen=True)
class Database:
    """A DB instance. `source` is the ARN or identifier of the one that it replicates; None if it takes writes."""

    id: str
    arn: str
    status: str
    source: str | None
    multi_az: bool
    replication: str = ""

    @property
    def takes_writes(self) -> bool:
        """Whether it is no replica, and ready."""
        return self.source is None and self.status == AVAILABLE

    @property
    def broken(self) -> bool:
        """Whether its replication has stopped."""
        return self.replication in BROKEN


def read_database(client: Any, half: Half) -> Database | None:
    """Return the half's database; None if its stack has none. Raises InvalidTemplateError if RDS has it no more."""
    if half.database_id is None:
        return None
    try:
        (found,) = client("rds", half.region).describe_db_instances(DBInstanceIdentifier=half.database_id)[
            "DBInstances"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] not in NO_INSTANCE:
            raise
        advice = "restore it from a snapshot or a backup: docs/switch.md, 'If the database is gone'"
        missing = f"RDS has no {half.database_id}, though the stack has {half.site}{PRIMARY}"
        raise InvalidTemplateError([Problem(half.name, missing, advice)]) from error
    infos = found.get("StatusInfos", [])
    replication = next((info["Status"] for info in infos if info.get("StatusType") == "read replication"), "")
    return Database(
        id=found["DBInstanceIdentifier"],
        arn=found["DBInstanceArn"],
        status=found["DBInstanceStatus"],
        source=found.get("ReadReplicaSourceDBInstanceIdentifier") or None,
        multi_az=bool(found.get("MultiAZ")),
        replication=replication,
    )
