"""The hosts of a template's sites, and the kinds of requests that visitors send to each."""

from cli.analysis.availability import saved_pages
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.delivery import Behavior, Distribution
from cli.analysis.availability.nodes.names import Record, host_name
from cli.analysis.availability.references import reference, referenced_id
from cli.analysis.availability.requests import RequestKind, Visit

FRONT = ("A", "AAAA", "CNAME")


def visits(graph: Graph) -> tuple[Visit, ...]:
    """Return every kind of request to every host: the sites' names, and the CloudFront names of sites without one."""
    origins = {origin.domain_name for made in graph.distributions.values() for origin in made.origins.values()}
    named = [record.name for record in graph.records if record.type in FRONT and _leads_to_front(graph, record)]
    aliases = [alias for made in graph.distributions.values() for alias in made.aliases]
    # A name behind a failover record is one that the site uses itself, not one that visitors know.
    inner = {record.alias for record in graph.records if record.failover and graph.records_of(record.alias, *FRONT)}
    found: list[Visit] = []
    for host in dict.fromkeys([*named, *aliases]):
        if host not in origins and host not in inner:
            found += _of_name(graph, host)
    for made in graph.distributions.values():
        if not made.aliases:
            found += _of_distribution(graph, made, reference(made.logical_id, "DomainName"))
    return tuple(dict.fromkeys(found))


def _leads_to_front(graph: Graph, record: Record) -> bool:
    names = map(referenced_id, _targets(graph, record))
    fronts = (graph.distributions, graph.balancing.load_balancers, graph.apis.domain_names)
    return any(name in front for name in names for front in fronts)


def _targets(graph: Graph, record: Record) -> list[str]:
    """Return a record's target; behind a failover record for another name, the targets of that name."""
    target = record.alias or next(map(host_name, record.values), "")
    behind = graph.records_of(target, *FRONT) if record.failover and target != record.name else ()
    return [record.alias or next(map(host_name, record.values), "") for record in behind] or [target]


def _of_name(graph: Graph, host: str) -> list[Visit]:
    """Return the requests to a name, by the distributions and load balancers that its records refer to."""
    found: list[Visit] = []
    targets = [referenced_id(name) for record in graph.records_of(host, *FRONT) for name in _targets(graph, record)]
    if any(name in graph.balancing.load_balancers for name in targets):
        found += _dynamic(graph, host)
    for made in graph.distributions.values():
        if made.logical_id in targets or host in made.aliases:
            found += _of_distribution(graph, made, host)
    return found


def _of_distribution(graph: Graph, made: Distribution, host: str) -> list[Visit]:
    """Return dynamic requests if the default origin is not a bucket, and one asset per bucket of uploads."""
    found: list[Visit] = []
    if any(not origin.is_bucket for origin in made.origins_of(made.default)[:1]):
        found += _dynamic(graph, host)
    filled = {item.bucket for item in graph.publications}
    for behavior in (*made.behaviors, made.default):
        origins = made.origins_of(behavior)[:1]
        if any(origin.is_bucket and referenced_id(origin.domain_name) not in filled for origin in origins):
            path = _asset(graph, made, behavior)
            if not _is_error_page(made, path):
                found.append(Visit(RequestKind.ASSET, host, path, "GET"))
    return found


def _asset(graph: Graph, made: Distribution, behavior: Behavior) -> str:
    """Return an asset's path, from the cache behavior's pattern or the folder that the bucket's policy allows."""
    pattern = behavior.pattern.lstrip("/")
    if behavior is made.default:
        origin = made.origins_of(behavior)[0]
        policy = graph.bucket_policies.get(referenced_id(origin.domain_name) or "", ())
        opened = [resource for statement in policy if statement.allows for resource in statement.resources]
        pattern = next((resource.partition("/")[2] for resource in opened if "/" in resource), "*")
    return f"/{pattern.replace('*', 'app.css', 1).replace('*', '').replace('?', 'x')}"


def _is_error_page(made: Distribution, path: str) -> bool:
    """Return whether a path belongs to a cache behavior for the error responses' pages."""
    behavior = made.behavior(path)
    pages = [response.page_path for response in made.error_responses.values() if response.page_path]
    return behavior is not made.default and any(behavior.matches(page) for page in pages)


def _dynamic(graph: Graph, host: str) -> list[Visit]:
    saved = [Visit(RequestKind.SAVED, host, "/saved/page", "GET")] if saved_pages.for_host(graph, host) else []
    return [Visit(RequestKind.PAGE, host, "/page", "GET"), Visit(RequestKind.FORM, host, "/form", "POST"), *saved]
