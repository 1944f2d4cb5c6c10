"""Memcached: a cluster whose clients distribute the keys over its nodes."""

from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, elasticache

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.context import Context
from resilient_website.facts.ports import MEMCACHED
from resilient_website.tiers.cache.spec import CacheSpec
from resilient_website.tiers.network import Network
from resilient_website.tiers.teardown import DELETE, store_policies

# As many as there are zones by default.
NODES_IN_EXISTING_VPC = 3


def build(
    context: Context, spec: CacheSpec, network: Network, parameter_group: AWSObject | None, teardown: str
) -> elasticache.CacheCluster:
    """Return the cluster, with its nodes distributed over the zones: in turn, if their names are known.

    Without the names, changing the number of nodes would replace the cluster. Source: "AWS::ElastiCache::CacheCluster",
    NumCacheNodes.
    """
    count = _count(spec, network)
    named = [network.zones[node % len(network.zones)] for node in range(count)] if network.zones else None
    options: dict[str, Any] = {
        "PreferredAvailabilityZones": named,
        "PreferredMaintenanceWindow": spec.maintenance_window,
        "CacheParameterGroupName": Ref(parameter_group) if parameter_group is not None else None,
    }
    return elasticache.CacheCluster(
        context.id("CacheCluster"),
        **store_policies(teardown, DELETE),
        Engine="memcached",
        EngineVersion=spec.version,
        CacheNodeType=spec.node_type,
        NumCacheNodes=count,
        AZMode="cross-az",
        TransitEncryptionEnabled=True,
        AutoMinorVersionUpgrade=True,
        Port=MEMCACHED,
        CacheSubnetGroupName=Ref(context.id("CacheSubnetGroup")),
        VpcSecurityGroupIds=[GetAtt(context.id("CacheSecurityGroup"), "GroupId")],
        **{name: value for name, value in options.items() if value is not None},
    )


def endpoints(cluster: AWSObject) -> tuple[AWSHelperFn, AWSHelperFn, AWSHelperFn]:
    """Return the host for writes, the host for reads (the same, for auto discovery), and the port."""
    host = GetAtt(cluster, "ConfigurationEndpoint.Address")
    return host, host, GetAtt(cluster, "ConfigurationEndpoint.Port")


def nodes(cluster: AWSObject, spec: CacheSpec, network: Network) -> tuple[dict[str, Value], ...]:
    """Return the dimensions of each node's metrics. Source: "Metrics for Memcached"."""
    numbers = range(1, _count(spec, network) + 1)
    return tuple({"CacheClusterId": Ref(cluster), "CacheNodeId": f"{node:04}"} for node in numbers)


def _count(spec: CacheSpec, network: Network) -> int:
    """Return the number of nodes: one per zone, or always the same where one more subnet would replace the cluster."""
    return spec.num_cache_nodes or (network.zone_count if network.zones else NODES_IN_EXISTING_VPC)
