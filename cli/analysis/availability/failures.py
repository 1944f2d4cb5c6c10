"""The failures that are analyzed, and the components that each one affects."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from cli.analysis.availability.graph import Graph

Node = TypeVar("Node")


@dataclass(frozen=True)
class Outage:
    """The components that are down. `zone` is a zone's name; `region` is the whole Region.

    `database`, `apis`, `file_system`, `s3` and `functions` are whole services in a Region. `place` is the Region of
    these components; empty for the stack's own. CloudFront has none. `elsewhere` has outages of other Regions.
    """

    one_server: bool = False
    all_servers: bool = False
    zone: str = ""
    database_primary: bool = False
    database: bool = False
    read_replica: bool = False
    cache_primary: bool = False
    mount_target: bool = False
    file_system: bool = False
    load_balancer: bool = False
    cloudfront: bool = False
    s3: bool = False
    functions: bool = False
    apis: bool = False
    region: bool = False
    place: str = ""
    elsewhere: "tuple[Outage, ...]" = ()

    def at(self, graph: Graph, logical_id: str) -> "Outage":
        """Return the outage as a resource and those beside it know it: nothing is down outside of its Region."""
        region = graph.region_of(logical_id)
        if region == (self.place or graph.region):
            return self
        there = next((outage for outage in self.elsewhere if outage.place == region), Outage())
        return replace(there, cloudfront=self.cloudfront)


@dataclass(frozen=True)
class Failure:
    """A failure with its name in the table; of several outages (zones) the worst counts."""

    name: str
    outages: tuple[Outage, ...]

    def in_region(self, place: str) -> "Failure":
        """Return the same failure in a Region."""
        return replace(self, outages=tuple(replace(outage, place=place) for outage in self.outages))


NOTHING = Failure("nothing", (Outage(),))
WEB_SERVER = Failure("a web server", (Outage(one_server=True),))
DATABASE_PRIMARY = Failure("the database's primary", (Outage(database_primary=True),))
READ_REPLICA = Failure("a read replica", (Outage(read_replica=True),))
CACHE_PRIMARY = Failure("the cache's primary", (Outage(cache_primary=True),))
MOUNT_TARGET = Failure("a mount target of the shared files", (Outage(mount_target=True),))
ALL_WEB_SERVERS = Failure("all web servers", (Outage(all_servers=True),))
LOAD_BALANCER = Failure("the load balancer", (Outage(load_balancer=True),))
CLOUDFRONT = Failure("CloudFront", (Outage(cloudfront=True),))
EFS = Failure("EFS in the Region", (Outage(file_system=True),))
S3 = Failure("S3 in the Region", (Outage(s3=True),))
LAMBDA = Failure("Lambda in the Region", (Outage(functions=True),))
REGION = Failure("the whole Region", (Outage(region=True, s3=True, functions=True),))
ZONE = "a zone"


def zones(graph: Graph, place: str = "") -> tuple[str, ...]:
    """Return the zones of servers, load balancers and databases in a Region; by default in the stack's own."""
    groups = list(_in(graph, place, graph.server_groups).values())
    subnets = [subnet for group in groups for subnet in group.subnets]
    balancers = _in(graph, place, graph.balancing.load_balancers)
    subnets += [subnet for balancer in balancers.values() for subnet in balancer.subnets]
    subnets += [subnet for database in _in(graph, place, graph.databases).values() for subnet in database.subnets or ()]
    named = [zone for group in groups for zone in group.zones]
    return tuple(dict.fromkeys([*graph.network.zones_of(subnets), *named]))


def failures(graph: Graph, place: str = "") -> tuple[Failure, ...]:
    """Return the failures of the components in a Region, the smallest first; by default in the stack's own Region."""
    databases = _in(graph, place, graph.databases)
    replicas = [database for database in databases.values() if database.source]
    zone = Failure(ZONE, tuple(replace(Outage(), zone=name) for name in zones(graph, place)))
    there = (
        (NOTHING, True),
        (WEB_SERVER, _in(graph, place, graph.server_groups)),
        (zone, zone.outages),
        (DATABASE_PRIMARY, len(databases) > len(replicas) or graph.unfollowed),
        (READ_REPLICA, replicas),
        (CACHE_PRIMARY, _in(graph, place, graph.caches)),
        (MOUNT_TARGET, _in(graph, place, graph.file_systems)),
        (ALL_WEB_SERVERS, _in(graph, place, graph.server_groups)),
        (LOAD_BALANCER, _in(graph, place, graph.balancing.load_balancers)),
        (CLOUDFRONT, graph.distributions),
        (EFS, _in(graph, place, graph.file_systems)),
        (S3, graph.buckets),
        (LAMBDA, any(function.is_for_pages for function in graph.lambda_functions.values())),
        (REGION, True),
    )
    return tuple(failure.in_region(place) for failure, exists in there if exists)


def _in(graph: Graph, place: str, nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Return the nodes in a Region, by logical id."""
    return {name: node for name, node in nodes.items() if graph.region_of(name) == (place or graph.region)}
