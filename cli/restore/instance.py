"""What RDS reports about a DB instance."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.deployed.databases import AVAILABLE, NO_INSTANCE


@dataclass(frozen=True)
class Instance:
    """A DB instance; `described` is what DescribeDBInstances returns of it."""

    described: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its identifier."""
        return str(self.described["DBInstanceIdentifier"])

    @property
    def status(self) -> str:
        """Its status."""
        return str(self.described["DBInstanceStatus"])

    @property
    def pending(self) -> Mapping[str, Any]:
        """Return the changes that RDS has accepted and not made yet."""
        found: Mapping[str, Any] = self.described.get("PendingModifiedValues") or {}
        return found

    @property
    def available(self) -> bool:
        """Whether it takes connections and changes."""
        return self.status == AVAILABLE

    @property
    def renaming(self) -> bool:
        """Whether RDS has accepted another identifier for it."""
        return self.status == "renaming" or "DBInstanceIdentifier" in self.pending

    @property
    def settled(self) -> bool:
        """Whether it is available, and no change is pending."""
        return self.available and not self.pending

    @property
    def replicas(self) -> tuple[str, ...]:
        """The identifiers of its read replicas; ARNs in another Region."""
        return tuple(self.described.get("ReadReplicaDBInstanceIdentifiers", ()))

    @property
    def source(self) -> str | None:
        """What it replicates; None for a primary."""
        found = self.described.get("ReadReplicaSourceDBInstanceIdentifier")
        return str(found) if found else None

    @property
    def tags(self) -> dict[str, str]:
        """Its tags, without those that AWS reserves."""
        return {
            tag["Key"]: tag["Value"] for tag in self.described.get("TagList", ()) if not tag["Key"].startswith("aws:")
        }


def read_instance(rds: Any, identifier: str) -> Instance | None:
    """Return a DB instance; None if there is none with this identifier."""
    try:
        (found,) = rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in NO_INSTANCE:
            raise
        return None
    return Instance(found)
