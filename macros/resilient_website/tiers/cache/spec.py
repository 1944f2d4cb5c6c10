"""The cache's properties and defaults, and checks for properties that its engine doesn't support."""

from collections.abc import Mapping
from typing import Any

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.frozen import frozen
from resilient_website.reading.arns import check_region
from resilient_website.reading.collection_types import MapOf
from resilient_website.reading.parameter_value import ParameterValue
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Boolean, Choice, Integer, Text
from resilient_website.reading.reader import Reader
from resilient_website.reading.windows import BACKUP_WINDOW, MAINTENANCE_WINDOW
from resilient_website.reading.windows import check as check_windows
from resilient_website.tiers.cache.engines import (
    NEWEST_VERSION,
    family,
    has_encryption,
    has_tiering,
    of_engine,
    tiers_data,
)
from resilient_website.tiers.cache.parameters import check as check_parameters

# Source: "CreateReplicationGroup": the maximum with a quota increase; the default is 90 nodes.
MAX_NODES = 500

# Source: "CreateReplicationGroup", PreferredMaintenanceWindow; "Scheduling automatic backups" for the snapshots'.
MIN_WINDOW_MINUTES = 60

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
        reason="1.4 GiB hold many query results; scales up in place",
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
        Text("the ARN, id or alias of a KMS key"),
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
    def has_token(self) -> bool:
        """Whether clients need a token."""
        return not self.is_memcached and self.authentication is not False


def check(spec: CacheSpec, path: str, reader: Reader) -> None:
    """Note properties and versions that the engine doesn't support, large clusters, and invalid windows and keys."""
    if spec.is_memcached:
        _check_memcached(spec, path, reader)
    else:
        _check_replication_group(spec, path, reader)
    _check_version(spec, path, reader)
    check_parameters(spec.parameters or {}, spec.engine, f"{path}.Parameters", reader)
    if tiers_data(spec.node_type) and not has_tiering(spec.engine, spec.version):
        found = f"found {spec.node_type}, which needs data tiering; {spec.engine} {spec.version} doesn't support it"
        fix = "write another type, as in cache.r7g.large; or Engine: valkey, or redis from version 6.2"
        reader.problem(f"{path}.CacheNodeType", found, fix, rests_on=[f"{path}.Engine", f"{path}.EngineVersion"])
    snapshots = ("SnapshotWindow", spec.snapshot_window)
    maintenance = ("PreferredMaintenanceWindow", spec.maintenance_window)
    check_windows(snapshots, maintenance, MIN_WINDOW_MINUTES, path, reader)
    why = "ElastiCache accepts only keys of its own Region"
    check_region(spec.kms_key_id, reader.region, f"{path}.KmsKeyId", reader, wanted="the ARN of a key", why=why)


def _check_version(spec: CacheSpec, path: str, reader: Reader) -> None:
    version, newest = spec.version, NEWEST_VERSION[spec.engine]
    if not of_engine(spec.engine, version):
        found = f"found {version}, but Engine {spec.engine} has no such version"
        fix = f"write a version of {spec.engine}, as in {newest}, or leave it out"
        reader.problem(f"{path}.EngineVersion", found, fix, rests_on=[f"{path}.Engine"])
    elif not has_encryption(spec.engine, version):
        found = f"found {version}, which doesn't support encryption in transit"
        fix = f"write a newer one, as in {newest}, or leave it out: a site's cache accepts only TLS connections"
        reader.problem(f"{path}.EngineVersion", found, fix)


def _check_replication_group(spec: CacheSpec, path: str, reader: Reader) -> None:
    """Check the properties of Valkey and Redis."""
    if spec.num_cache_nodes is not None:
        found = f"found {spec.num_cache_nodes}, which is for Memcached, but Engine is {spec.engine}"
        fix = "write Replicas instead, or Engine: memcached"
        reader.problem(f"{path}.NumCacheNodes", found, fix, rests_on=[f"{path}.Engine"])
    shards, nodes_of_shard = spec.num_node_groups or 1, spec.replica_count + 1
    if shards * nodes_of_shard > MAX_NODES:
        found = f"found {shards} shards with {nodes_of_shard} nodes each, {shards * nodes_of_shard} nodes in total"
        fix = f"write at most {MAX_NODES // nodes_of_shard}, or fewer Replicas: a cluster can have {MAX_NODES} nodes"
        reader.problem(f"{path}.NumNodeGroups", found, fix)
    clustered = (spec.parameters or {}).get("cluster-enabled")
    if isinstance(clustered, str) and clustered != ("yes" if spec.cluster_mode else "no"):
        found = f"found {clustered}, but NumNodeGroups decides on cluster mode"
        fix = "leave it out" if spec.cluster_mode else "write NumNodeGroups instead, or leave it out"
        where = f"{path}.Parameters.cluster-enabled"
        reader.problem(where, found, fix, rests_on=[f"{path}.NumNodeGroups"])


def _check_memcached(spec: CacheSpec, path: str, reader: Reader) -> None:
    advice = "leave it out, or write Engine: valkey"
    missing: tuple[tuple[str, Any, str], ...] = (
        ("Replicas", spec.replicas, "Memcached has no replicas"),
        ("NumNodeGroups", spec.num_node_groups, "Memcached has no shards: its clients distribute the keys"),
        ("SnapshotRetentionLimit", spec.snapshot_retention_limit, "Memcached has no snapshots"),
        ("SnapshotWindow", spec.snapshot_window, "Memcached has no snapshots"),
        ("KmsKeyId", spec.kms_key_id, "Memcached stores nothing on disk"),
        ("Authentication", spec.authentication or None, "ElastiCache has no authentication for Memcached"),
    )
    for name, value, found in missing:
        if value is not None:
            more = "; for Memcached, NumCacheNodes sets the size" if name == "Replicas" else ""
            reader.problem(f"{path}.{name}", f"found with Engine: memcached, but {found}", advice + more)
