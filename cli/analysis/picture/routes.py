"""The ways between the parts: from visitors through DNS, CloudFront and the load balancer to servers and stores."""

from collections.abc import Iterator

from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.delivery import Distribution, Origin
from cli.analysis.availability.references import reference, referenced_id
from cli.analysis.picture.places import backups_of, servers_in, standby_of, subnets_of
from cli.analysis.picture.shapes import Way

VISITORS = "Visitors"


def name_id(name: str) -> str:
    """Return the id of the part for a DNS name."""
    return "Name" + "".join(letter if letter.isalnum() else "_" for letter in name)


def public_names(graph: Graph) -> tuple[str, ...]:
    """Return the names that have alias records, in the template's order."""
    return tuple(dict.fromkeys(record.name for record in graph.records if record.alias))


def ways(graph: Graph) -> tuple[Way, ...]:
    """Return every way once."""
    found = (
        *_of_visitors(graph),
        *_of_names(graph),
        *(way for distribution in graph.distributions.values() for way in _of_distribution(graph, distribution)),
        *_of_apis(graph),
        *_of_balancers(graph),
        *_to_stores(graph),
        *_of_replication(graph),
    )
    return tuple(dict.fromkeys(found))


def _of_visitors(graph: Graph) -> Iterator[Way]:
    """Visitors use the names that serve pages; those of origins and of the switch are for CloudFront and Route 53."""
    aliases = {alias for distribution in graph.distributions.values() for alias in distribution.aliases}
    visited = [name for name in public_names(graph) if name in aliases]
    for name in visited:
        yield Way(VISITORS, name_id(name))
    for distribution in graph.distributions.values():
        if not distribution.aliases:
            yield Way(VISITORS, distribution.logical_id)


def _of_names(graph: Graph) -> Iterator[Way]:
    apis = {name.logical_id: name.mappings for name in graph.apis.domain_names.values()}
    for record in graph.records:
        target = referenced_id(record.alias)
        if not record.alias or target is None:
            continue
        for end in [referenced_id(mapping[1]) or "" for mapping in apis.get(target, ())] or [target]:
            yield Way(name_id(record.name), end, record.failover.lower(), record.failover == "SECONDARY")


def _of_distribution(graph: Graph, distribution: Distribution) -> Iterator[Way]:
    pages = {response.page_path for response in distribution.error_responses.values()}
    of_errors = {distribution.behavior(page).pattern for page in pages}
    for behavior in (*distribution.behaviors, distribution.default):
        members = distribution.groups[behavior.target].members if behavior.target in distribution.groups else ()
        for number, origin in enumerate(members or (behavior.target,)):
            end = _target(graph, distribution.origins[origin])
            error_page = behavior.pattern in of_errors and behavior.pattern != "*"
            label = "on errors" if error_page else "" if behavior.pattern == "*" else behavior.pattern
            if end:
                yield Way(distribution.logical_id, end, label, error_page or number > 0)


def _target(graph: Graph, origin: Origin) -> str | None:
    """Return the part that an origin is: a bucket, a load balancer, or a name."""
    if origin.vpc_origin:
        vpc_origin = graph.vpc_origins.get(referenced_id(origin.vpc_origin) or "")
        return referenced_id(vpc_origin.target) if vpc_origin else None
    if origin.domain_name in public_names(graph):
        return name_id(origin.domain_name)
    return referenced_id(origin.domain_name)


def _of_apis(graph: Graph) -> Iterator[Way]:
    for method in graph.apis.methods:
        api = referenced_id(method.api) or method.api
        for bucket in graph.buckets:
            if f"path/{reference(bucket)}/" in method.uri:
                yield Way(api, bucket)


def _of_balancers(graph: Graph) -> Iterator[Way]:
    for listener in graph.balancing.listeners.values():
        balancer = referenced_id(listener.load_balancer) or ""
        actions = [listener.action]
        actions += [
            rule.action for rule in graph.balancing.rules if referenced_id(rule.listener) == listener.logical_id
        ]
        groups = {referenced_id(group) for action in actions for group in action.target_groups}
        for servers in graph.server_groups.values():
            if groups & {referenced_id(group) for group in servers.target_groups}:
                for subnet in subnets_of(graph, servers):
                    yield Way(balancer, servers_in(servers.logical_id, subnet))


def _to_stores(graph: Graph) -> Iterator[Way]:
    for servers in graph.server_groups.values():
        for subnet in subnets_of(graph, servers):
            start = servers_in(servers.logical_id, subnet)
            for name, database in graph.databases.items():
                yield Way(start, name, "reads" if database.source else "")
            for name in (*graph.caches, *graph.file_systems):
                yield Way(start, name)


def _of_replication(graph: Graph) -> Iterator[Way]:
    for name, database in graph.databases.items():
        source = referenced_id(database.source) if database.source else None
        if source in graph.databases:
            yield Way(str(source), name, "replicates", spare=True)
        if database.multi_az:
            yield Way(name, standby_of(name), "synchronous", spare=True)
    for name in graph.replication.backups:
        yield Way(name, backups_of(name), "backups", spare=True)
    for name, copied in graph.replication.buckets.items():
        yield Way(name, copied, "replicates", spare=True)
