"""What remains of a site's data stores when the stack, or a store in it, is deleted.

Applies only to deletion: a store that an update replaces always leaves a snapshot or is retained.
"""

from dataclasses import replace
from typing import Any

from resilient_website.frozen import frozen
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Choice
from resilient_website.reading.reader import Reader

DELETE, RETAIN, SNAPSHOT = "Delete", "Retain", "Snapshot"

# A store of a failed creation is empty, so it is deleted with the rest.
DELETION_POLICIES = {DELETE: "Delete", RETAIN: "RetainExceptOnCreate", SNAPSHOT: "Snapshot"}


def store_policies(deletion: str, replaced: str) -> dict[str, Any]:
    """Return both policies of a store: for its deletion, from Teardown, and for its replacement.

    A retained store is also retained when it is replaced.
    """
    return {
        "DeletionPolicy": DELETION_POLICIES[deletion],
        "UpdateReplacePolicy": RETAIN if deletion == RETAIN else replaced,
    }


@frozen
class TeardownSpec(PropertyGroup):
    """The deletion policies of the stores, and their defaults."""

    database: str = prop(
        "Database",
        Choice((SNAPSHOT, RETAIN, DELETE)),
        SNAPSHOT,
        known_at_expansion=True,
        maps_to="AWS::RDS::DBInstance.DeletionPolicy, AWS::SecretsManager::Secret.DeletionPolicy",
        reason="keeps a final snapshot and the credentials secret. Delete keeps neither; a backup vault is always "
        "retained",
    )
    cache: str | None = prop(
        "Cache",
        Choice((SNAPSHOT, RETAIN, DELETE)),
        None,
        known_at_expansion=True,
        needs=(Need("Cache", values=(True,)),),
        maps_to="AWS::ElastiCache::ReplicationGroup.DeletionPolicy, AWS::ElastiCache::CacheCluster.DeletionPolicy",
        reason="Snapshot for Valkey and Redis when absent; Delete for Memcached, which has no snapshots",
    )
    assets: str = prop(
        "Assets",
        Choice((RETAIN, DELETE)),
        RETAIN,
        known_at_expansion=True,
        maps_to="AWS::S3::Bucket.DeletionPolicy, Custom::EmptyBucket",
        reason="keeps the bucket with all its objects. Delete empties it first, including old versions",
    )
    files: str = prop(
        "Files",
        Choice((RETAIN, DELETE)),
        RETAIN,
        known_at_expansion=True,
        needs=(Need("Files", values=(True,)),),
        maps_to="AWS::EFS::FileSystem.DeletionPolicy",
        reason="keeps the file system with all its files, without mount targets. Backups are kept in any case, until "
        "they expire",
    )
    logs: str = prop(
        "Logs",
        Choice((RETAIN, DELETE)),
        RETAIN,
        known_at_expansion=True,
        maps_to="AWS::S3::Bucket.DeletionPolicy, Custom::EmptyBucket",
        reason="auditors may need the logs; they expire automatically. Delete empties the bucket first",
    )

    def under(self, deletion_policy: object) -> "TeardownSpec":
        """Return the policies with the site's DeletionPolicy, which takes precedence over Teardown."""
        keeps = deletion_policy is not None and deletion_policy != DELETE
        return replace(self, assets=RETAIN, files=RETAIN, logs=RETAIN) if keeps else self


def check(spec: TeardownSpec, path: str, reader: Reader, *, snapshots: bool) -> None:
    """Note a snapshot of a cache without snapshots; `snapshots` is whether the engine supports them."""
    if spec.cache == SNAPSHOT and not snapshots:
        reader.problem(f"{path}.Cache", "found Snapshot, but Memcached has no snapshots", "write Delete or Retain")
