"""Memcached: a cluster whose clients spread the keys over its nodes."""

from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, elasticache

from resilient_website.context import Context
from resilient_website.intrinsics import Value
from resilient_website.teardown import DELETE, store_policies
from resilient_website.tiers.cache.engines import MEMCACHED_PORT
from resilient_website.tiers.cache.spec import CacheSpec


def build(
    context: Context, spec: CacheSpec, zone_count: int, parameter_group: AWSObject | None, teardown: str
) -> elasticache.CacheCluster:
    """Return the cluster, with its nodes in several zones."""
    options: dict[str, Any] = {
        "PreferredMaintenanceWindow": spec.maintenance_window,
        "CacheParameterGroupName": Ref(parameter_group) if parameter_group is not None else None,
    }
    return elasticache.CacheCluster(
        context.id("CacheCluster"),
        **store_policies(teardown, DELETE),
        Engine="memcached",
        EngineVersion=spec.version,
        CacheNodeType=spec.node_type,
        NumCacheNodes=spec.num_cache_nodes or zone_count,
        AZMode="cross-az",
        TransitEncryptionEnabled=True,
        AutoMinorVersionUpgrade=True,
        Port=MEMCACHED_PORT,
        CacheSubnetGroupName=Ref(context.id("CacheSubnetGroup")),
        VpcSecurityGroupIds=[GetAtt(context.id("CacheSecurityGroup"), "GroupId")],
        **{name: value for name, value in options.items() if value is not None},
    )


def endpoints(cluster: AWSObject) -> tuple[AWSHelperFn, AWSHelperFn, AWSHelperFn]:
    """Return the host to write to, the host to read from (the same: clients find the nodes there), and the port."""
    host = GetAtt(cluster, "ConfigurationEndpoint.Address")
    return host, host, GetAtt(cluster, "ConfigurationEndpoint.Port")


def nodes(cluster: AWSObject, spec: CacheSpec, zone_count: int) -> tuple[dict[str, Value], ...]:
    """Return the dimensions of each node's metrics. Source: "Metrics for Memcached"."""
    count = spec.num_cache_nodes or zone_count
    return tuple({"CacheClusterId": Ref(cluster), "CacheNodeId": f"{node:04}"} for node in range(1, count + 1))
