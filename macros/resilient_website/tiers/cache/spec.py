"""The cache's properties and defaults."""

from collections.abc import Mapping

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.frozen import frozen
from resilient_website.reading.collection_types import MapOf
from resilient_website.reading.kms_keys import KMS_KEY
from resilient_website.reading.parameter_value import ParameterValue
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Boolean, Choice, Integer, Text
from resilient_website.reading.windows import BACKUP_WINDOW, MAINTENANCE_WINDOW
from resilient_website.tiers.cache.engines import NEWEST_VERSION, family

GROUP = "AWS::ElastiCache::ReplicationGroup"


@frozen
class CacheSpec(PropertyGroup):
    """The cache's properties and defaults."""

    engine: str = prop(
        "Engine",
        Choice(("valkey", "redis", "memcached")),
        "valkey",
        known_at_expansion=True,
        maps_to="AWS::ElastiCache::ReplicationGroup.Engine, AWS::ElastiCache::CacheCluster.Engine",
        reason="compatible with Redis, open source, and a fifth cheaper than Redis OSS on ElastiCache",
    )
    engine_version: str | None = prop(
        "EngineVersion",
        Text("a version of the engine, as in 8.1 or 1.6.17", r"\d+\.\d+(\.\d+)?"),
        None,
        known_at_expansion=True,
        examples=("8.1", "8.0", "1.6.17"),
        needs=(Need("Cache.Engine", values=("memcached",), when=("1.6.17",)),),
        maps_to="AWS::ElastiCache::ReplicationGroup.EngineVersion, AWS::ElastiCache::CacheCluster.EngineVersion",
        reason="the newest version that every Region offers",
    )
    node_type: Value = prop(
        "CacheNodeType",
        Text("a cache node type, as in cache.r7g.large", r"cache\.[a-z0-9-]+\.[a-z0-9]+", "cache."),
        "cache.t4g.small",
        examples=("cache.r7g.large", "cache.m7g.2xlarge"),
        maps_to="AWS::ElastiCache::ReplicationGroup.CacheNodeType, AWS::ElastiCache::CacheCluster.CacheNodeType",
        reason="1.4 GiB hold many query results; scales up in place. Memcached loses its keys when it scales",
    )
    replicas: int | None = prop(
        "Replicas",
        Integer(1, 5),
        None,
        known_at_expansion=True,
        maps_to="AWS::ElastiCache::ReplicationGroup.NumCacheClusters, "
        "AWS::ElastiCache::ReplicationGroup.ReplicasPerNodeGroup",
        reason="Valkey and Redis: replicas per shard; 1 when absent, for failover when the primary is lost",
    )
    num_node_groups: int | None = prop(
        "NumNodeGroups",
        Integer(1, 90),
        None,
        known_at_expansion=True,
        maps_to="AWS::ElastiCache::ReplicationGroup.NumNodeGroups, AWS::ElastiCache::ReplicationGroup.ClusterMode",
        reason="Valkey and Redis: the number of shards, in cluster mode. Absent: no cluster mode, so that every "
        "client works. Turning cluster mode on or off later replaces the cache",
    )
    num_cache_nodes: int | None = prop(
        "NumCacheNodes",
        Integer(2, 40),
        None,
        known_at_expansion=True,
        needs=(Need("Cache.Engine", values=("memcached",)),),
        maps_to="AWS::ElastiCache::CacheCluster.NumCacheNodes",
        reason="Memcached: the number of nodes; one per zone when absent, so that losing a zone loses only its "
        "share of the keys. In an existing VPC always 3: its zones are not named, and another number would replace the "
        "cache",
    )
    authentication: bool | None = prop(
        "Authentication",
        Boolean(),
        None,
        known_at_expansion=True,
        maps_to="AWS::ElastiCache::ReplicationGroup.AuthToken, AWS::SecretsManager::Secret",
        reason="Valkey and Redis: on when absent, with a generated token in a secret (CACHE_SECRET_ARN), in "
        "addition to the security group. Turning it off later replaces the cache",
    )
    kms_key_id: Value | None = prop(
        "KmsKeyId",
        KMS_KEY,
        None,
        presence_decides=True,
        examples=("alias/website", "arn:aws:kms:us-east-1:123456789012:key/aaaaaaaa-1234-1234-1234-123456789012"),
        maps_to=f"{GROUP}.KmsKeyId",
        reason="the AWS owned key when absent. A change replaces the cache",
    )
    parameters: Mapping[str, Value] | None = prop(
        "Parameters",
        MapOf(ParameterValue("parameter values by parameter name", words=("no", "yes"))),
        None,
        known_at_expansion=True,
        examples=({"maxmemory-policy": "allkeys-lru"}, {"timeout": "300"}),
        maps_to="AWS::ElastiCache::ParameterGroup.Properties, AWS::ElastiCache::ParameterGroup",
        reason="absent: the engine's defaults",
    )
    snapshot_retention_limit: int | None = prop(
        "SnapshotRetentionLimit",
        Integer(0, 35, unit="days"),
        None,
        known_at_expansion=True,
        maps_to=f"{GROUP}.SnapshotRetentionLimit",
        reason="days, for Valkey and Redis; 1 when absent: query results can be computed again, sessions can't",
    )
    snapshot_window: Value | None = prop(
        "SnapshotWindow",
        BACKUP_WINDOW,
        None,
        presence_decides=True,
        examples=("02:00-03:00", "01:00-02:00"),
        maps_to=f"{GROUP}.SnapshotWindow",
        reason="absent: ElastiCache chooses an hour of the Region's night",
    )
    maintenance_window: Value | None = prop(
        "PreferredMaintenanceWindow",
        MAINTENANCE_WINDOW,
        None,
        presence_decides=True,
        examples=("sun:04:00-sun:05:00", "mon:01:00-mon:02:00"),
        maps_to="AWS::ElastiCache::ReplicationGroup.PreferredMaintenanceWindow, "
        "AWS::ElastiCache::CacheCluster.PreferredMaintenanceWindow",
        reason="absent: ElastiCache chooses an hour of one night",
    )

    @property
    def is_memcached(self) -> bool:
        """Whether the engine is Memcached, which has neither replicas nor snapshots."""
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
        """Whether the keys are distributed over shards."""
        return self.num_node_groups is not None

    @property
    def replica_count(self) -> int:
        """The number of replicas per shard."""
        return self.replicas or 1

    @property
    def node_count(self) -> int:
        """The number of nodes of a replication group; for Memcached, of those that are asked for."""
        return self.num_cache_nodes or (self.num_node_groups or 1) * (self.replica_count + 1)

    @property
    def has_token(self) -> bool:
        """Whether clients need a token."""
        return not self.is_memcached and self.authentication is not False
