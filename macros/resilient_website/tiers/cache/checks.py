"""Checks of the cache: properties, versions and node types that its engine doesn't support, windows and keys."""

from typing import Any

from resilient_website.cloudformation.calls import known_value
from resilient_website.reading.arns import check_region
from resilient_website.reading.reader import Reader
from resilient_website.reading.windows import check as check_windows
from resilient_website.tiers.cache.engines import (
    NEWEST_VERSION,
    TIERED_POLICIES,
    has_encryption,
    has_tiering,
    is_offered,
    of_engine,
    parts,
    runs_on,
    tiers_data,
)
from resilient_website.tiers.cache.parameters import check as check_parameters
from resilient_website.tiers.cache.spec import CacheSpec

# Source: "CreateReplicationGroup": the maximum with a quota increase; the default is 90 nodes.
MAX_NODES = 500

# Source: "CreateReplicationGroup", PreferredMaintenanceWindow; "Scheduling automatic backups" for the snapshots'.
MIN_WINDOW_MINUTES = 60


def check(spec: CacheSpec, path: str, reader: Reader) -> None:
    """Note properties and versions that the engine doesn't support, large clusters, and invalid windows and keys."""
    if spec.is_memcached:
        _check_memcached(spec, path, reader)
    else:
        _check_replication_group(spec, path, reader)
    _check_version(spec, path, reader)
    check_parameters(spec.parameters or {}, spec.engine, f"{path}.Parameters", reader)
    _check_node_type(spec, path, reader)
    snapshots = ("SnapshotWindow", spec.snapshot_window)
    maintenance = ("PreferredMaintenanceWindow", spec.maintenance_window)
    check_windows(snapshots, maintenance, MIN_WINDOW_MINUTES, path, reader)
    why = "ElastiCache accepts only keys of its own Region"
    check_region(spec.kms_key_id, reader.region, f"{path}.KmsKeyId", reader, wanted="the ARN of a key", why=why)


def _check_node_type(spec: CacheSpec, path: str, reader: Reader) -> None:
    """Note a node type that ElastiCache no longer creates, or that doesn't support the version or its parameters."""
    where, rests_on = f"{path}.CacheNodeType", [f"{path}.Engine", f"{path}.EngineVersion"]
    name = known_value(spec.node_type)
    if not is_offered(spec.node_type):
        found = f"found {name}, a previous generation, of which ElastiCache creates no new nodes"
        reader.problem(where, found, "write a type of the current generation, as in cache.t4g.small or cache.r7g.large")
    elif not runs_on(spec.node_type, spec.engine, spec.version):
        found = f"found {name}, on which {spec.engine} {spec.version} doesn't run"
        fix = "write a type without Graviton, as in cache.t3.small; or redis from version 5.0.6, or Engine: valkey"
        reader.problem(where, found, fix, rests_on=rests_on)
    elif tiers_data(spec.node_type) and not has_tiering(spec.engine, spec.version):
        found = f"found {name}, which needs data tiering; {spec.engine} {spec.version} doesn't support it"
        fix = "write another type, as in cache.r7g.large; or Engine: valkey, or redis from version 6.2"
        reader.problem(where, found, fix, rests_on=rests_on)
    policy = (spec.parameters or {}).get("maxmemory-policy")
    if tiers_data(spec.node_type) and isinstance(policy, str) and policy not in TIERED_POLICIES:
        found = f"found {policy}, which data tiering ({name}) doesn't support"
        fix = f"write one of {', '.join(TIERED_POLICIES)}, or another CacheNodeType, as in cache.r7g.large"
        reader.problem(f"{path}.Parameters.maxmemory-policy", found, fix, rests_on=[where])


def _check_version(spec: CacheSpec, path: str, reader: Reader) -> None:
    version, newest = spec.version, NEWEST_VERSION[spec.engine]
    if not of_engine(spec.engine, version):
        found = f"found {version}, but Engine {spec.engine} has no such version"
        fix = f"write a version of {spec.engine}, as in {newest}, or leave it out"
        reader.problem(f"{path}.EngineVersion", found, fix, rests_on=[f"{path}.Engine"])
    elif len(version.split(".")) != parts(spec.engine, version):
        _note_parts(spec, path, reader)
    elif not has_encryption(spec.engine, version):
        found = f"found {version}, which doesn't support encryption in transit"
        fix = f"write a newer one, as in {newest}, or leave it out: a site's cache accepts only TLS connections"
        reader.problem(f"{path}.EngineVersion", found, fix)


def _note_parts(spec: CacheSpec, path: str, reader: Reader) -> None:
    """Note a version with a patch release that ElastiCache chooses itself, or without one that it requires."""
    if parts(spec.engine, spec.version) == 2:
        found = f"found {spec.version}, but ElastiCache chooses the patch release of {spec.engine} itself"
        fix = f"write {'.'.join(spec.version.split('.')[:2])}"
    else:
        found = f"found {spec.version}, without the patch release that ElastiCache requires for {spec.engine}"
        fix = f"write all three numbers, as in {'1.6.22' if spec.is_memcached else '5.0.6'}"
    reader.problem(f"{path}.EngineVersion", found, fix, rests_on=[f"{path}.Engine"])


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
