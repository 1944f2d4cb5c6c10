"""The alarms of the cache: memory use, and evictions."""

from collections.abc import Iterator
from typing import NamedTuple

from resilient_website.tiers.cache import Cache
from resilient_website.tiers.monitoring.alarm import MAX_METRICS, AlarmRow, Metric, largest

MEMORY_PERCENT = 90
EVICTIONS_PER_MINUTE = 1000
EVENTS = (
    "aws elasticache describe-events --source-type cache-cluster --source-identifier ${CacheClusterId} "
    "--duration 1440 --region ${AWS::Region}"
)


class _EachNode(NamedTuple):
    """An alarm on the node with the highest value."""

    suffix: str
    metric: str
    statistic: str
    threshold: int
    means: str
    act: str


MEMORY = _EachNode(
    "CacheMemory",
    "DatabaseMemoryUsagePercentage",
    "Average",
    MEMORY_PERCENT,
    f"A node of the cache has used more than {MEMORY_PERCENT} % of its memory.",
    "Choose a larger CacheNodeType, or set shorter TTLs in the application.",
)
EVICTIONS = _EachNode(
    "CacheEvictions",
    "Evictions",
    "Sum",
    EVICTIONS_PER_MINUTE,
    f"The cache evicts more than {EVICTIONS_PER_MINUTE} keys per minute, which increases the load on the database.",
    "Choose a larger CacheNodeType, or add nodes.",
)


def rows(cache: Cache) -> Iterator[AlarmRow]:
    """Yield the alarms; several per kind if there are more nodes than metrics allowed per alarm."""
    for kind in (EVICTIONS,) if cache.engine == "memcached" else (MEMORY, EVICTIONS):
        for start in range(0, len(cache.nodes), MAX_METRICS):
            some = cache.nodes[start : start + MAX_METRICS]
            yield AlarmRow(
                f"{kind.suffix}{start // MAX_METRICS + 1}Alarm",
                kind.means,
                kind.act,
                tuple(Metric("AWS/ElastiCache", kind.metric, node, kind.statistic) for node in some),
                kind.threshold,
                15,
                expression=largest(len(some)),
                command=EVENTS,
                section="the-cache-is-too-small",
            )
