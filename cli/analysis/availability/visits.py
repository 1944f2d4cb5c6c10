"""The hosts of a template's sites, and the kinds of requests that visitors send to each."""

from cli.analysis.availability import saved_pages
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.delivery import Behavior, Distribution
from cli.analysis.availability.nodes.names import Record, host_name
from cli.analysis.availability.references import reference, referred
from cli.analysis.availability.requests import RequestKind, Visit

FRONT = ("A", "AAAA", "CNAME")


def visits(graph: Graph) -> tuple[Visit, ...]:
    """Return every kind of request to every host: the sites' own names, and CloudFront's of those without one."""
    origins = {origin.domain_name for made in graph.distributions.values() for origin in made.origins.values()}
    named = [record.name for record in graph.records if record.type in FRONT and _leads_to_front(graph, record)]
    aliases = [alias for made in graph.distributions.values() for alias in made.aliases]
    found: list[Visit] = []
    for host in dict.fromkeys([*named, *aliases]):
        if host not in origins:
            found += _of_name(graph, host)
    for made in graph.distributions.values():
        if not made.aliases:
            found += _of_distribution(graph, made, reference(made.logical_id, "DomainName"))
    return tuple(dict.fromkeys(found))


def _leads_to_front(graph: Graph, record: Record) -> bool:
    name = referred(record.alias or next(map(host_name, record.values), ""))
    return name in graph.distributions or name in graph.balancing.load_balancers or name in graph.apis.domain_names


def _of_name(graph: Graph, host: str) -> list[Visit]:
    """Return the requests to a name: what the distributions and load balancers serve that its records lead to."""
    found: list[Visit] = []
    targets = [referred(record.alias or next(iter(record.values), "")) for record in graph.records_of(host, *FRONT)]
    if any(name in graph.balancing.load_balancers for name in targets):
        found += _dynamic(graph, host)
    for made in graph.distributions.values():
        if made.logical_id in targets or host in made.aliases:
            found += _of_distribution(graph, made, host)
    return found


def _of_distribution(graph: Graph, made: Distribution, host: str) -> list[Visit]:
    """Return dynamic requests where the default origin is no bucket, and one asset for each bucket of uploads."""
    found: list[Visit] = []
    if any(not origin.is_bucket for origin in made.origins_of(made.default)[:1]):
        found += _dynamic(graph, host)
    filled = {item.bucket for item in graph.publications}
    for behavior in (*made.behaviors, made.default):
        origins = made.origins_of(behavior)[:1]
        if any(origin.is_bucket and referred(origin.domain_name) not in filled for origin in origins):
            path = _asset(graph, made, behavior)
            if not _is_error_page(made, path):
                found.append(Visit(RequestKind.ASSET, host, path, "GET"))
    return found


def _asset(graph: Graph, made: Distribution, behavior: Behavior) -> str:
    """Return the path of an asset: of the behaviour's pattern, or of the folder that the bucket's policy opens."""
    pattern = behavior.pattern.lstrip("/")
    if behavior is made.default:
        origin = made.origins_of(behavior)[0]
        policy = graph.bucket_policies.get(referred(origin.domain_name) or "", ())
        opened = [resource for statement in policy if statement.allows for resource in statement.resources]
        pattern = next((resource.partition("/")[2] for resource in opened if "/" in resource), "*")
    return f"/{pattern.replace('*', 'app.css', 1).replace('*', '').replace('?', 'x')}"


def _is_error_page(made: Distribution, path: str) -> bool:
    """Return whether a path belongs to a behaviour that is there for the error responses' pages."""
    behavior = made.behavior(path)
    pages = [response.page_path for response in made.error_responses.values() if response.page_path]
    return behavior is not made.default and any(behavior.matches(page) for page in pages)


def _dynamic(graph: Graph, host: str) -> list[Visit]:
    saved = [Visit(RequestKind.SAVED, host, "/saved/page", "GET")] if saved_pages.for_host(graph, host) else []
    return [Visit(RequestKind.PAGE, host, "/page", "GET"), Visit(RequestKind.FORM, host, "/form", "POST"), *saved]
