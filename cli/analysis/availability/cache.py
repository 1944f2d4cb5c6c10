"""The hop to the cache: its data can be recomputed, so pages are served without it, only more slowly."""

from cli.analysis.availability.answers import Answer, page
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.compute import LaunchTemplate
from cli.analysis.availability.nodes.stores import Cache


def answer(graph: Graph, outage: Outage, template: LaunchTemplate) -> Answer:
    """Return the answer to a page whose servers use the caches in their launch template."""
    if not (outage.cache_primary or outage.zone):
        return page()
    used = [graph.caches[name] for name in sorted(template.referenced_ids) if name in graph.caches]
    return page(*(_what_happens(cache, outage) for cache in used))


def _what_happens(cache: Cache, outage: Outage) -> str:
    if cache.fails_over and (cache.cross_zone or not outage.zone):
        return "slower until ElastiCache has promoted a replica"
    if not cache.replicated and cache.nodes > 1 and (cache.cross_zone or not outage.zone):
        return "slower: the keys of the lost cache nodes have to be recomputed"
    return f"slower until ElastiCache has replaced {cache.logical_id}'s node"
