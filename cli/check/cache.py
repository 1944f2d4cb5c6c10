"""ElastiCache: the version and the node type are to be had."""

from collections.abc import Iterator

from cli.check.aws import Aws
from cli.check.database import is_of, numbers
from cli.check.findings import CheckResult, error, warning
from cli.check.site import Site


def engine_version(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Tell of a version that ElastiCache does not offer. Source: DescribeCacheEngineVersions."""
    cache = site.spec.cache
    if cache is None:
        return
    told = aws.ask("elasticache", "describe_cache_engine_versions", Engine=cache.engine).get("CacheEngineVersions", [])
    offered = sorted({entry["EngineVersion"] for entry in told}, key=numbers)
    # The list has 7.1 where 7.1.0 is meant, and the other way round.
    if not any(is_of(version, cache.version) or is_of(cache.version, version) for version in offered):
        found = f"ElastiCache offers no {cache.engine} {cache.version} in {site.region}"
        advice = f"write one of {', '.join(offered)}" if offered else "use another Engine"
        yield error(site.at("Cache.EngineVersion"), found, advice)


def node_type(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a node type that nobody can reserve: no API lists the types, and all that are sold can be reserved.

    A type that is new may not be in that list yet, so this is no error. Source: DescribeReservedCacheNodesOfferings.
    """
    cache = site.spec.cache
    if cache is None:
        return
    name = site.known("Cache.CacheNodeType", cache.node_type)
    told = aws.find(
        "elasticache",
        "describe_reserved_cache_nodes_offerings",
        missing=("InvalidParameterValue", "ReservedCacheNodesOfferingNotFound"),
        CacheNodeType=name,
    )
    if not (told or {}).get("ReservedCacheNodesOfferings"):
        found = f"ElastiCache lists no {name} among the node types that it sells in {site.region}"
        yield warning(site.at("Cache.CacheNodeType"), found, "see whether it is spelt right, or write another")
