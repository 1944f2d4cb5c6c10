"""The cache's properties and defaults, and those that its engine has not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resilient_website.intrinsics import Value
from resilient_website.kinds import Boolean, Choice, Integer, MapOf, Reader, Text
from resilient_website.properties import prop
from resilient_website.tiers.cache.engines import NEWEST_VERSION, family
from resilient_website.windows import BACKUP_WINDOW, MAINTENANCE_WINDOW, collide

GROUP = "AWS::ElastiCache::ReplicationGroup"


@dataclass(frozen=True)
class CacheSpec:
    """The cache's properties and defaults."""

    engine: str = prop(
        "Engine",
        Choice(("valkey", "redis", "memcached")),
        "valkey",
        structural=True,
        lands_on="AWS::ElastiCache::ReplicationGroup.Engine, AWS::ElastiCache::CacheCluster.Engine",
        reason="speaks Redis's protocol, open source, and a fifth cheaper than Redis OSS on ElastiCache",
    )
    engine_version: str | None = prop(
        "EngineVersion",
        Text("a version of the engine, as in 8.2", r"\d+\.\d+(\.\d+)?"),
        None,
        structural=True,
        lands_on="AWS::ElastiCache::ReplicationGroup.EngineVersion, AWS::ElastiCache::CacheCluster.EngineVersion",
        reason="the newest that every Region offers",
    )
    node_type: Value = prop(
        "CacheNodeType",
        Text("a cache node type, as in cache.r7g.large", r"cache\.[a-z0-9-]+\.[a-z0-9]+"),
        "cache.t4g.small",
        lands_on="AWS::ElastiCache::ReplicationGroup.CacheNodeType, AWS::ElastiCache::CacheCluster.CacheNodeType",
        reason="1.4 GiB hold the results of a good many queries; scales up in place",
    )
    replicas: int | None = prop(
        "Replicas",
        Integer(1, 5),
        None,
        structural=True,
        lands_on="AWS::ElastiCache::ReplicationGroup.NumCacheClusters, "
        "AWS::ElastiCache::ReplicationGroup.ReplicasPerNodeGroup",
        reason="Valkey and Redis, for each shard; 1 when absent: it takes over when the primary is lost",
    )
    num_node_groups: int | None = prop(
        "NumNodeGroups",
        Integer(1, 90),
        None,
        structural=True,
        lands_on="AWS::ElastiCache::ReplicationGroup.NumNodeGroups, AWS::ElastiCache::ReplicationGroup.ClusterMode",
        reason="Valkey and Redis: how many shards, in cluster mode. Absent: no cluster mode, so that every client "
        "works; whether there is one can't be changed later without another cache",
    )
    num_cache_nodes: int | None = prop(
        "NumCacheNodes",
        Integer(2, 40),
        None,
        structural=True,
        lands_on="AWS::ElastiCache::CacheCluster.NumCacheNodes",
        reason="Memcached; one a zone when absent, so that a lost zone takes its share of the keys only",
    )
    authentication: bool | None = prop(
        "Authentication",
        Boolean(),
        None,
        structural=True,
        lands_on="AWS::ElastiCache::ReplicationGroup.AuthToken, AWS::SecretsManager::Secret",
        reason="Valkey and Redis: on when absent, with a generated token in a secret (CACHE_SECRET_ARN); a second lock "
        "behind the security group. Off later: another cache",
    )
    kms_key_id: Value | None = prop(
        "KmsKeyId",
        Text("the ARN, id or alias of a KMS key"),
        None,
        presence=True,
        lands_on=f"{GROUP}.KmsKeyId",
        reason="AWS's own key when absent. A change replaces the cache",
    )
    parameters: Mapping[str, Value] | None = prop(
        "Parameters",
        MapOf(Text()),
        None,
        structural=True,
        lands_on="AWS::ElastiCache::ParameterGroup.Properties, AWS::ElastiCache::ParameterGroup",
        reason="absent: the engine's defaults",
    )
    snapshot_retention_limit: int | None = prop(
        "SnapshotRetentionLimit",
        Integer(0, 35),
        None,
        structural=True,
        lands_on=f"{GROUP}.SnapshotRetentionLimit",
        reason="days, Valkey and Redis; 1 when absent: query results can be made again, sessions can't",
    )
    snapshot_window: Value | None = prop(
        "SnapshotWindow",
        BACKUP_WINDOW,
        None,
        presence=True,
        lands_on=f"{GROUP}.SnapshotWindow",
        reason="absent: ElastiCache takes an hour of the Region's night",
    )
    maintenance_window: Value | None = prop(
        "PreferredMaintenanceWindow",
        MAINTENANCE_WINDOW,
        None,
        presence=True,
        lands_on="AWS::ElastiCache::ReplicationGroup.PreferredMaintenanceWindow, "
        "AWS::ElastiCache::CacheCluster.PreferredMaintenanceWindow",
        reason="absent: ElastiCache takes an hour of a night",
    )

    @property
    def is_memcached(self) -> bool:
        """Whether the engine has neither replicas nor snapshots."""
        return self.engine == "memcached"

    @property
    def version(self) -> str:
        """The engine's version."""
        return self.engine_version or NEWEST_VERSION[self.engine]

    @property
    def family(self) -> str:
        """The family of the version's parameter groups."""
        return family(self.engine, self.version)

    @property
    def cluster_mode(self) -> bool:
        """Whether the keys are spread over shards."""
        return self.num_node_groups is not None

    @property
    def replica_count(self) -> int:
        """How many replicas each shard has."""
        return self.replicas or 1

    @property
    def has_token(self) -> bool:
        """Whether clients have to give a token."""
        return not self.is_memcached and self.authentication is not False


def check(spec: CacheSpec, path: str, reader: Reader) -> None:
    """Note properties that the engine has not, and windows that collide."""
    if spec.is_memcached:
        _check_memcached(spec, path, reader)
    elif spec.num_cache_nodes is not None:
        reader.problem(
            f"{path}.NumCacheNodes", f"this is Memcached's, and Engine is {spec.engine}", "write Replicas instead"
        )
    snapshots, maintenance = spec.snapshot_window, spec.maintenance_window
    if isinstance(snapshots, str) and isinstance(maintenance, str) and collide(snapshots, maintenance):
        reader.problem(
            f"{path}.SnapshotWindow",
            f"found {snapshots}, which overlaps PreferredMaintenanceWindow ({maintenance})",
            "move one of them",
        )


def _check_memcached(spec: CacheSpec, path: str, reader: Reader) -> None:
    advice = "leave it out, or write Engine: valkey"
    missing: tuple[tuple[str, Any, str], ...] = (
        ("Replicas", spec.replicas, "Memcached has no replicas"),
        ("NumNodeGroups", spec.num_node_groups, "Memcached has no shards: its clients spread the keys"),
        ("SnapshotRetentionLimit", spec.snapshot_retention_limit, "Memcached has no snapshots"),
        ("SnapshotWindow", spec.snapshot_window, "Memcached has no snapshots"),
        ("KmsKeyId", spec.kms_key_id, "Memcached keeps nothing on disks"),
        ("Authentication", spec.authentication or None, "Memcached has no authentication on ElastiCache"),
    )
    for name, value, found in missing:
        if value is not None:
            more = "; NumCacheNodes sets its size" if name == "Replicas" else ""
            reader.problem(f"{path}.{name}", found, advice + more)
