"""The cache of query results: a Valkey or Redis replication group, or a Memcached cluster, over the zones.

Resilient because a replication group has a replica in another zone and fails over to it; a Memcached cluster loses the
keys of a lost node and no more. Safe because it stands in subnets without a route out, admits the web servers only, and
is encrypted in transit and (where the engine can) at rest.
"""

from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Join, Ref, elasticache

from resilient_website.context import Context
from resilient_website.intrinsics import Value
from resilient_website.kinds import Choice, Integer, Reader, Text
from resilient_website.properties import prop
from resilient_website.security_groups import closed_group, ingress_from
from resilient_website.tiers.network import Network

REDIS_PORT = 6379
MEMCACHED_PORT = 11211

# The newest version of each engine that every Region offers. Source: "Supported engine versions" in the Amazon
# ElastiCache guide.
NEWEST_VERSION = {"valkey": "8.2", "redis": "7.1", "memcached": "1.6.22"}


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
    engine_version: Value | None = prop(
        "EngineVersion",
        Text("a version of the engine, as in 8.2"),
        None,
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
        lands_on="AWS::ElastiCache::ReplicationGroup.NumCacheClusters",
        reason="Valkey and Redis; 1 when absent: it takes over when the primary is lost",
    )
    num_cache_nodes: int | None = prop(
        "NumCacheNodes",
        Integer(2, 40),
        None,
        structural=True,
        lands_on="AWS::ElastiCache::CacheCluster.NumCacheNodes",
        reason="Memcached; one a zone when absent, so that a lost zone takes its share of the keys only",
    )
    snapshot_retention_limit: int | None = prop(
        "SnapshotRetentionLimit",
        Integer(0, 35),
        None,
        structural=True,
        lands_on="AWS::ElastiCache::ReplicationGroup.SnapshotRetentionLimit",
        reason="days, Valkey and Redis; 1 when absent: query results can be made again, sessions can't",
    )

    @property
    def is_memcached(self) -> bool:
        """Whether the engine has neither replicas nor snapshots."""
        return self.engine == "memcached"


@dataclass(frozen=True)
class Cache:
    """What later tiers use of the cache."""

    resources: tuple[AWSObject, ...]
    engine: str
    endpoint: AWSHelperFn
    reader_endpoint: AWSHelperFn
    port: AWSHelperFn
    port_number: int
    security_group_id: AWSHelperFn
    # The dimensions of each node's metrics.
    nodes: tuple[dict[str, Value], ...]

    @property
    def attributes(self) -> dict[str, Any]:
        """The site's attributes that come from here."""
        return {
            "CacheEndpoint": self.endpoint,
            "CacheReaderEndpoint": self.reader_endpoint,
            "CachePort": self.port,
        }

    def admit(self, context: Context, web_security_group_id: AWSHelperFn) -> AWSObject:
        """Return the joint with the web servers: they, and only they, reach the cache's port."""
        title = context.id("CacheIngress")
        return ingress_from(
            title, self.security_group_id, web_security_group_id, self.port_number, "Cache from web servers"
        )


def check(spec: CacheSpec, path: str, reader: Reader) -> None:
    """Note properties that the engine has not."""
    if spec.is_memcached:
        advice = "leave it out, or write Engine: valkey"
        if spec.replicas is not None:
            reader.problem(f"{path}.Replicas", "Memcached has no replicas", advice + "; NumCacheNodes sets its size")
        if spec.snapshot_retention_limit is not None:
            reader.problem(f"{path}.SnapshotRetentionLimit", "Memcached has no snapshots", advice)
    elif spec.num_cache_nodes is not None:
        reader.problem(
            f"{path}.NumCacheNodes", f"this is Memcached's, and Engine is {spec.engine}", "write Replicas instead"
        )


def build(context: Context, spec: CacheSpec, network: Network) -> Cache:
    """Return the replication group or cluster, with its subnets and security group."""
    group = closed_group(context, "CacheSecurityGroup", "Cache: from the web servers only", network.vpc_id)
    subnets = elasticache.SubnetGroup(
        context.id("CacheSubnetGroup"),
        Description="Private subnets of the cache, one a zone",
        SubnetIds=list(network.cache_subnets),
    )
    made = _memcached(context, spec, network.zone_count) if spec.is_memcached else _replication_group(context, spec)
    primary = "ConfigurationEndpoint" if spec.is_memcached else "PrimaryEndPoint"
    readers = "ConfigurationEndpoint" if spec.is_memcached else "ReaderEndPoint"
    return Cache(
        resources=(group, subnets, made),
        engine=spec.engine,
        endpoint=GetAtt(made, f"{primary}.Address"),
        reader_endpoint=GetAtt(made, f"{readers}.Address"),
        port=GetAtt(made, f"{primary}.Port"),
        port_number=MEMCACHED_PORT if spec.is_memcached else REDIS_PORT,
        security_group_id=GetAtt(group, "GroupId"),
        nodes=_nodes(made, spec, network.zone_count),
    )


def _nodes(made: AWSObject, spec: CacheSpec, zone_count: int) -> tuple[dict[str, Value], ...]:
    """Return the dimensions of each node's metrics. Source: "Metrics for Valkey and Redis OSS", "for Memcached"."""
    if spec.is_memcached:
        count = spec.num_cache_nodes or zone_count
        return tuple({"CacheClusterId": Ref(made), "CacheNodeId": f"{node:04}"} for node in range(1, count + 1))
    count = 1 + (spec.replicas or 1)
    return tuple({"CacheClusterId": Join("-", [Ref(made), f"{node:03}"])} for node in range(1, count + 1))


def _replication_group(context: Context, spec: CacheSpec) -> elasticache.ReplicationGroup:
    return elasticache.ReplicationGroup(
        context.id("CacheReplicationGroup"),
        DeletionPolicy="Snapshot",
        UpdateReplacePolicy="Snapshot",
        ReplicationGroupDescription=context.title("cache"),
        Engine=spec.engine,
        EngineVersion=spec.engine_version or NEWEST_VERSION[spec.engine],
        CacheNodeType=spec.node_type,
        NumCacheClusters=1 + (spec.replicas or 1),
        AutomaticFailoverEnabled=True,
        MultiAZEnabled=True,
        TransitEncryptionEnabled=True,
        AtRestEncryptionEnabled=True,
        AutoMinorVersionUpgrade=True,
        SnapshotRetentionLimit=1 if spec.snapshot_retention_limit is None else spec.snapshot_retention_limit,
        Port=REDIS_PORT,
        CacheSubnetGroupName=Ref(context.id("CacheSubnetGroup")),
        SecurityGroupIds=[GetAtt(context.id("CacheSecurityGroup"), "GroupId")],
    )


def _memcached(context: Context, spec: CacheSpec, zone_count: int) -> elasticache.CacheCluster:
    return elasticache.CacheCluster(
        context.id("CacheCluster"),
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        Engine="memcached",
        EngineVersion=spec.engine_version or NEWEST_VERSION["memcached"],
        CacheNodeType=spec.node_type,
        NumCacheNodes=spec.num_cache_nodes or zone_count,
        AZMode="cross-az",
        TransitEncryptionEnabled=True,
        AutoMinorVersionUpgrade=True,
        Port=MEMCACHED_PORT,
        CacheSubnetGroupName=Ref(context.id("CacheSubnetGroup")),
        VpcSecurityGroupIds=[GetAtt(context.id("CacheSecurityGroup"), "GroupId")],
    )
