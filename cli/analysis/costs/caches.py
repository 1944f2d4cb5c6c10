"""The charges of caches: one for each node."""

from collections.abc import Iterator

from cli.analysis.availability.resources import Properties, Resources
from cli.analysis.costs.charge import Amounts, Charge, Tier
from cli.analysis.costs.price_list import PriceList


def charges(resources: Resources, prices: PriceList) -> Iterator[Charge]:
    """Yield the charge of every replication group and cache cluster."""
    for cache in resources.of_type("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"):
        name, engine = cache.properties.text("CacheNodeType"), cache.properties.text("Engine")
        price = prices.of_class("valkey" if engine == "valkey" else "redis", name)
        nodes = Amounts.same(_nodes(cache.properties))
        yield Charge(Tier.CACHE, cache.logical_id, f"node {name}, {engine}", nodes, price)


def _nodes(cache: Properties) -> int:
    shards = cache.number("NumNodeGroups", 1)
    in_group = shards * (cache.number("ReplicasPerNodeGroup", 0) + 1)
    return cache.number("NumCacheNodes", cache.number("NumCacheClusters", in_group))
