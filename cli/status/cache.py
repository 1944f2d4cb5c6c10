"""The cache: its status, and its nodes with their zones."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.deployed.site import DeployedSite
from cli.status.rows import Row, State, good

TIER = "cache"
GROUP_TYPE, CLUSTER_TYPE = "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"

# In these, the nodes answer. Source: "ReplicationGroup" and "CacheCluster" in the Amazon ElastiCache API Reference.
SERVING = ("available", "modifying", "snapshotting", "rebooting cluster nodes")


def groups(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield the replication group of Valkey or Redis."""
    for resource in site.of_type(GROUP_TYPE):
        answer = aws.find(
            "elasticache",
            "describe_replication_groups",
            missing=("ReplicationGroupNotFoundFault",),
            ReplicationGroupId=resource.physical_id,
        )
        found = next(iter((answer or {}).get("ReplicationGroups", [])), None)
        if found is None:
            yield Row(TIER, "replication group", State.DOWN, f"ElastiCache has no {resource.physical_id}")
            continue
        shards = found.get("NodeGroups", [])
        zones = ", ".join(_members(shard) for shard in shards)
        texts = (found["Status"], f"Multi-AZ {found.get('MultiAZ', 'unknown')}", zones)
        broken = [shard for shard in shards if shard["Status"] not in SERVING]
        state = good(
            found["Status"] in SERVING and not broken, State.DEGRADED if len(broken) < len(shards) else State.DOWN
        )
        yield Row(TIER, "replication group", state, "; ".join(filter(None, texts)))


def clusters(site: DeployedSite, aws: Aws) -> Iterator[Row]:
    """Yield the cluster of Memcached."""
    for resource in site.of_type(CLUSTER_TYPE):
        answer = aws.find(
            "elasticache",
            "describe_cache_clusters",
            missing=("CacheClusterNotFound",),
            CacheClusterId=resource.physical_id,
            ShowCacheNodeInfo=True,
        )
        found = next(iter((answer or {}).get("CacheClusters", [])), None)
        if found is None:
            yield Row(TIER, "cluster", State.DOWN, f"ElastiCache has no {resource.physical_id}")
            continue
        nodes = found.get("CacheNodes", [])
        serving = [node for node in nodes if node["CacheNodeStatus"] in SERVING]
        zones = sorted({node.get("CustomerAvailabilityZone", "") for node in serving} - {""})
        state = State.DOWN if nodes and not serving else good(len(serving) == len(nodes))
        found_text = f"{found['CacheClusterStatus']}; {len(serving)} of {len(nodes)} nodes in {', '.join(zones)}"
        yield Row(TIER, "cluster", state, found_text)


def _members(shard: dict[str, Any]) -> str:
    members = shard.get("NodeGroupMembers", [])
    zones = [f"{each.get('CurrentRole', 'node')} in {each.get('PreferredAvailabilityZone')}" for each in members]
    return f"{shard['NodeGroupId']} {shard['Status']} ({', '.join(zones)})"
