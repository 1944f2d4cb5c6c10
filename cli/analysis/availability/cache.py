"""The hop to the cache: what it holds can be made again, so a page comes without it too, only slower."""

from cli.analysis.availability.answers import Answer, page
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.compute import LaunchTemplate
from cli.analysis.availability.nodes.stores import Cache


def answer(graph: Graph, outage: Outage, template: LaunchTemplate) -> Answer:
    """Return what a page gets that uses the caches which a server is told of."""
    if not (outage.cache_primary or outage.zone):
        return page()
    told = [graph.caches[name] for name in sorted(template.mentioned) if name in graph.caches]
    return page(*(_what_happens(cache, outage) for cache in told))


def _what_happens(cache: Cache, outage: Outage) -> str:
    if cache.fails_over and (cache.cross_zone or not outage.zone):
        return "slower until ElastiCache has promoted a replica"
    if not cache.replicated and cache.nodes > 1 and (cache.cross_zone or not outage.zone):
        return "slower: the keys of the lost cache nodes are made again"
    return f"slower until ElastiCache has replaced {cache.logical_id}'s node"
