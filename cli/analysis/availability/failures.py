"""The failures that are analyzed, and the components that each one affects."""

from dataclasses import dataclass, replace

from cli.analysis.availability.graph import Graph


@dataclass(frozen=True)
class Outage:
    """The components that are down. `zone` is a zone's name; `region` is the stack's whole Region."""

    one_server: bool = False
    all_servers: bool = False
    zone: str = ""
    database_primary: bool = False
    read_replica: bool = False
    cache_primary: bool = False
    load_balancer: bool = False
    cloudfront: bool = False
    s3: bool = False
    functions: bool = False
    region: bool = False


@dataclass(frozen=True)
class Failure:
    """A failure with its name in the table; of several outages (zones) the worst counts."""

    name: str
    outages: tuple[Outage, ...]


NOTHING = Failure("nothing", (Outage(),))
WEB_SERVER = Failure("a web server", (Outage(one_server=True),))
DATABASE_PRIMARY = Failure("the database's primary", (Outage(database_primary=True),))
READ_REPLICA = Failure("a read replica", (Outage(read_replica=True),))
CACHE_PRIMARY = Failure("the cache's primary", (Outage(cache_primary=True),))
ALL_WEB_SERVERS = Failure("all web servers", (Outage(all_servers=True),))
LOAD_BALANCER = Failure("the load balancer", (Outage(load_balancer=True),))
CLOUDFRONT = Failure("CloudFront", (Outage(cloudfront=True),))
S3 = Failure("S3 in the Region", (Outage(s3=True),))
LAMBDA = Failure("Lambda in the Region", (Outage(functions=True),))
REGION = Failure("the whole Region", (Outage(region=True, s3=True, functions=True),))
ZONE = "a zone"


def zones(graph: Graph) -> tuple[str, ...]:
    """Return the zones of servers, load balancers and databases."""
    subnets = [subnet for group in graph.server_groups.values() for subnet in group.subnets]
    subnets += [subnet for balancer in graph.balancing.load_balancers.values() for subnet in balancer.subnets]
    subnets += [subnet for database in graph.databases.values() for subnet in database.subnets or ()]
    named = [zone for group in graph.server_groups.values() for zone in group.zones]
    return tuple(dict.fromkeys([*graph.network.zones_of(subnets), *named]))


def failures(graph: Graph) -> tuple[Failure, ...]:
    """Return the failures of the components in a template, the smallest first."""
    replicas = [database for database in graph.databases.values() if database.source]
    zone = Failure(ZONE, tuple(replace(Outage(), zone=name) for name in zones(graph)))
    there = (
        (NOTHING, True),
        (WEB_SERVER, graph.server_groups),
        (zone, zone.outages),
        (DATABASE_PRIMARY, len(graph.databases) > len(replicas) or graph.unfollowed),
        (READ_REPLICA, replicas),
        (CACHE_PRIMARY, graph.caches),
        (ALL_WEB_SERVERS, graph.server_groups),
        (LOAD_BALANCER, graph.balancing.load_balancers),
        (CLOUDFRONT, graph.distributions),
        (S3, graph.buckets),
        (LAMBDA, any(function.is_for_pages for function in graph.lambda_functions.values())),
        (REGION, True),
    )
    return tuple(failure for failure, exists in there if exists)
