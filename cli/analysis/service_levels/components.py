"""The AWS services that a site's pages may need, with the uptime that AWS promises for each as the template uses it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.service_levels.service_levels import ServiceLevels

CLOUDFRONT = "cloudfront"


@dataclass(frozen=True)
class Component:
    """A service in a Region, or a global one (no Region): its name, and its promised uptime as a fraction."""

    service: str
    name: str
    region: str
    uptime: float

    @property
    def percent(self) -> str:
        """The promised uptime in percent."""
        return f"{100 * self.uptime:g} %"


def components(graph: Graph, levels: ServiceLevels) -> tuple[Component, ...]:
    """Return the services that the template uses on the way of a request. The cache is none: pages need no cache."""
    return tuple(_components(graph, levels))


def outage(graph: Graph, down: Iterable[Component]) -> Outage:
    """Return the outage of these services in all Regions at once."""
    lost = list(down)
    regions = dict.fromkeys((graph.region, *(component.region for component in lost if component.region)))
    by_region = {region: _in_region(region, lost) for region in regions}
    own = by_region.pop(graph.region)
    cloudfront = any(component.service == CLOUDFRONT for component in lost)
    return replace(own, place="", cloudfront=cloudfront, elsewhere=tuple(by_region.values()))


def _in_region(region: str, lost: Iterable[Component]) -> Outage:
    down: dict[str, Any] = {component.service: True for component in lost if component.region == region}
    return Outage(**down, place=region)


def _components(graph: Graph, levels: ServiceLevels) -> Iterator[Component]:
    if graph.distributions:
        yield Component(CLOUDFRONT, levels.services[CLOUDFRONT].name, "", _uptime(levels, CLOUDFRONT))
    balanced = all(len(set(each.subnets)) > 1 for each in graph.balancing.load_balancers.values())
    served = all(each.least > 1 and len(each.zones or each.subnets) > 1 for each in graph.server_groups.values())
    stored = all(each.multi_az for each in graph.databases.values() if not each.source)
    shared = all(len(each.mount_targets) > 1 for each in graph.file_systems.values())
    used: tuple[tuple[str, Collection[str], bool], ...] = (
        ("load_balancer", graph.balancing.load_balancers, balanced),
        ("servers", graph.server_groups, served),
        ("database", graph.databases, stored),
        ("file_system", graph.file_systems, shared),
        ("s3", graph.buckets, True),
        ("apis", graph.apis.domain_names, True),
        ("functions", _functions_for_pages(graph), True),
    )
    for service, resources, in_zones in used:
        for region in dict.fromkeys(graph.region_of(name) for name in resources):
            level = levels.services[service]
            name = level.name if region == graph.region else f"{level.name} in {region}"
            yield Component(FLAGS.get(service, service), name, region, _uptime(levels, service, in_zones=in_zones))


# Where an outage calls a service by another name.
FLAGS = {"servers": "all_servers"}


def _functions_for_pages(graph: Graph) -> list[str]:
    return [name for name, function in graph.lambda_functions.items() if function.is_for_pages]


def _uptime(levels: ServiceLevels, service: str, *, in_zones: bool = True) -> float:
    level = levels.services[service]
    return (level.percent if in_zones else level.single) / 100
