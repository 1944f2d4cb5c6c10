"""ElastiCache: the version and the node type are available."""

from collections.abc import Iterator

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error, warning
from cli.check.database import is_of, numbers
from cli.check.site import Site


def engine_version(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a version that ElastiCache does not offer. Source: DescribeCacheEngineVersions."""
    cache = site.spec.cache
    if cache is None:
        return
    answer = aws.ask("elasticache", "describe_cache_engine_versions", Engine=cache.engine).get(
        "CacheEngineVersions", []
    )
    offered = sorted({entry["EngineVersion"] for entry in answer}, key=numbers)
    # The list may have 7.1 for 7.1.0, or the reverse.
    if not any(is_of(version, cache.version) or is_of(cache.version, version) for version in offered):
        found = f"ElastiCache offers no {cache.engine} {cache.version} in {site.region}"
        advice = f"write one of {', '.join(offered)}" if offered else "use another Engine"
        yield error(site.at("Cache.EngineVersion"), found, advice)


def node_type(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a node type that has no reserved offering: no API lists the types, but all types can be reserved.

    A new type may not be in that list yet, so this is a warning. Source: DescribeReservedCacheNodesOfferings.
    """
    cache = site.spec.cache
    if cache is None:
        return
    name = site.known("Cache.CacheNodeType", cache.node_type)
    answer = aws.find(
        "elasticache",
        "describe_reserved_cache_nodes_offerings",
        missing=("InvalidParameterValue", "ReservedCacheNodesOfferingNotFound"),
        CacheNodeType=name,
    )
    if not (answer or {}).get("ReservedCacheNodesOfferings"):
        found = f"ElastiCache has no offering for the node type {name} in {site.region}"
        yield warning(site.at("Cache.CacheNodeType"), found, "check its spelling, or use another type")
