"""Where each part is: the Regions with their VPCs, zones and subnets."""

from collections.abc import Iterable, Iterator, Mapping

from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.compute import ServerGroup
from cli.analysis.availability.nodes.stores import Database
from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.resources import Resources
from cli.analysis.picture.shapes import Area, Part, Shape


def standby_of(database: str) -> str:
    """Return the id of the part that is a database's standby."""
    return f"{database}Standby"


def backups_of(database: str) -> str:
    """Return the id of the part that has a database's backups in another Region."""
    return f"{database}Backups"


def servers_in(group: str, place: str) -> str:
    """Return the id of the servers of a group in one subnet, or of all if the subnets are not in the template."""
    return f"{group}{place}"


def subnets_of(graph: Graph, group: ServerGroup) -> tuple[str, ...]:
    """Return the subnets of a group that are in the template; one empty name if there are none."""
    own = [name for subnet in group.subnets if (name := referenced_id(subnet) or "") in graph.network.zones]
    return tuple(own) or ("",)


def regions(graph: Graph, resources: Resources) -> tuple[Area, ...]:
    """Return the Regions with everything in them, the stack's own first."""
    own = Area(
        "Region",
        graph.region,
        tuple(_regional_parts(graph, graph.region)),
        tuple(_networks(graph, resources)),
    )
    placed = [graph.region_of(part) for part in (*_buckets(graph), *_apis(graph))]
    others = [
        region for region in dict.fromkeys([*placed, *graph.replication.backups.values()]) if region != graph.region
    ]
    elsewhere = (
        Area(f"Region{index}", region, tuple(_regional_parts(graph, region)))
        for index, region in enumerate(others, start=2)
    )
    return (own, *elsewhere)


def _regional_parts(graph: Graph, region: str) -> Iterator[Part]:
    for bucket, label in _buckets(graph).items():
        if graph.region_of(bucket) == region:
            yield Part(bucket, label, Shape.STORE)
    for api, label in _apis(graph).items():
        if graph.region_of(api) == region:
            yield Part(api, label, Shape.SERVICE)
    for system in graph.file_systems:
        if graph.region_of(system) == region:
            yield Part(system, "EFS: shared files", Shape.STORE)
    for database, there in graph.replication.backups.items():
        if there == region:
            yield Part(backups_of(database), "RDS: replicated backups", Shape.STORE)


def _buckets(graph: Graph) -> Mapping[str, str]:
    """Return the buckets that CloudFront or an API reads, and those that S3 replicates to, with their labels."""
    buckets = [
        referenced_id(origin.domain_name)
        for distribution in graph.distributions.values()
        for origin in distribution.origins.values()
        if origin.is_bucket
    ]
    labels = {
        **dict.fromkeys((item.bucket for item in graph.publications), "S3: friendly page"),
        **dict.fromkeys(graph.replication.buckets.values(), "S3: replicated assets"),
    }
    shown = dict.fromkeys((*buckets, *graph.replication.buckets.values()))
    return {bucket: labels.get(bucket, "S3: assets") for bucket in shown if bucket}


def _apis(graph: Graph) -> Mapping[str, str]:
    """Return the APIs with a domain name, with their labels."""
    mapped = (mapping[1] for name in graph.apis.domain_names.values() for mapping in name.mappings)
    return {api: "API Gateway" for api in dict.fromkeys(referenced_id(each) for each in mapped) if api}


def _networks(graph: Graph, resources: Resources) -> Iterator[Area]:
    """Yield the VPCs of the template, then an existing one if anything is in it."""
    vpcs = {vpc.logical_id: vpc.properties.text("CidrBlock") for vpc in resources.of_type("AWS::EC2::VPC")}
    for index, (vpc, block) in enumerate(vpcs.items()):
        zones = _zones(graph, resources, vpc, vpc if index else "")
        yield Area(vpc, f"VPC {block}", tuple(_balancers(graph, resources, vpc)), zones)
    parts = (*_balancers(graph, resources, ""), *_without_subnet(graph, resources))
    zones = _zones(graph, resources, "", "Network" if vpcs else "")
    if parts or zones or not vpcs:
        yield Area("Network", "existing VPC", parts, zones)


def _vpc_of(resources: Resources, subnet: str) -> str:
    """Return the VPC of a subnet of the template; empty if it is not in the template."""
    vpc = referenced_id(resources.held[subnet].properties.any("VpcId")) if subnet in resources.held else None
    return vpc if vpc is not None and vpc in resources.held else ""


def _zones(graph: Graph, resources: Resources, vpc: str, prefix: str) -> tuple[Area, ...]:
    """Return the zones of a VPC with its subnets; the prefix makes the ids differ from those of another VPC."""
    own = {name: zone for name, zone in graph.network.zones.items() if _vpc_of(resources, name) == vpc}
    return tuple(
        Area(
            f"{prefix}Zone{number}",
            f"zone {number}",
            (),
            tuple(_subnets(graph, resources, [name for name, where in own.items() if where == zone])),
        )
        for number, zone in enumerate(dict.fromkeys(own.values()), start=1)
    )


def _balancers(graph: Graph, resources: Resources, vpc: str) -> Iterator[Part]:
    """Yield the load balancers of a VPC; each is in several zones at once."""
    for name, balancer in graph.balancing.load_balancers.items():
        inside = {_vpc_of(resources, referenced_id(subnet) or "") for subnet in balancer.subnets} or {""}
        if vpc in inside:
            yield Part(name, "internal load balancer" if balancer.internal else "load balancer", Shape.SERVICE)


def _subnets(graph: Graph, resources: Resources, names: Iterable[str]) -> Iterator[Area]:
    placed = _placed(graph, resources)
    for subnet in names:
        cidr = resources.held[subnet].properties.text("CidrBlock") if subnet in resources.held else ""
        kind = "public subnet" if subnet in graph.network.public else "private subnet"
        known = cidr if cidr and "⟨" not in cidr else ""
        yield Area(subnet, f"{kind} {known}".strip(), tuple(placed.get(subnet, ())))


def _placed(graph: Graph, resources: Resources) -> Mapping[str, list[Part]]:
    """Return the servers, databases and cache nodes by subnet. RDS and ElastiCache choose the zones themselves."""
    placed: dict[str, list[Part]] = {}
    for group in graph.server_groups.values():
        for subnet in subnets_of(graph, group):
            part = Part(servers_in(group.logical_id, subnet), "web servers", Shape.SERVER)
            placed.setdefault(subnet, []).append(part)
    for database in graph.databases.values():
        for subnet, part in _of_database(graph, database):
            placed.setdefault(subnet, []).append(part)
    for name in graph.caches:
        for subnet in _cache_subnets(graph, resources, name)[:1]:
            placed.setdefault(subnet, []).append(_of_cache(graph, name))
    return placed


def _of_database(graph: Graph, database: Database) -> Iterator[tuple[str, Part]]:
    subnets = _database_subnets(graph, database)
    kind = "read replica" if database.source else "MySQL primary"
    chosen = [name for name in subnets if graph.network.zones[name] == database.zone] or subnets
    if chosen:
        yield chosen[0], Part(database.logical_id, kind, Shape.STORE)
    if database.multi_az and len(subnets) > 1:
        other = next(name for name in subnets if name != chosen[0])
        yield other, Part(standby_of(database.logical_id), "MySQL standby", Shape.STORE)


def _database_subnets(graph: Graph, database: Database) -> list[str]:
    """Return the subnets of a database that are in the template; a replica has its source's."""
    source = graph.databases.get(referenced_id(database.source) or "") if database.source else None
    subnets = database.subnets or (source.subnets if source else ()) or ()
    return [name for subnet in subnets if (name := referenced_id(subnet) or "") in graph.network.zones]


def _cache_subnets(graph: Graph, resources: Resources, cache: str) -> list[str]:
    group = referenced_id(resources.held[cache].properties.any("CacheSubnetGroupName"))
    found = resources.held.get(group or "")
    subnets = found.properties.texts("SubnetIds") if found else ()
    return [name for subnet in subnets if (name := referenced_id(subnet) or "") in graph.network.zones]


def _of_cache(graph: Graph, name: str) -> Part:
    nodes = graph.caches[name].nodes
    return Part(name, f"cache, {nodes} node{'' if nodes == 1 else 's'}", Shape.STORE)


def _without_subnet(graph: Graph, resources: Resources) -> Iterator[Part]:
    """Yield the parts whose subnets are not in the template, as in a VPC that exists."""
    for name, group in graph.server_groups.items():
        if subnets_of(graph, group) == ("",):
            yield Part(servers_in(name, ""), "web servers", Shape.SERVER)
    for database in graph.databases.values():
        if not _database_subnets(graph, database):
            kind = "read replica" if database.source else "MySQL primary"
            yield Part(database.logical_id, kind, Shape.STORE)
            if database.multi_az:
                yield Part(standby_of(database.logical_id), "MySQL standby", Shape.STORE)
    for cache in graph.caches:
        if not _cache_subnets(graph, resources, cache):
            yield _of_cache(graph, cache)
