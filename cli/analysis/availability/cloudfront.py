"""The hop to CloudFront: the cache behavior, the origin, and the custom error response for a failed origin."""

from dataclasses import replace

from cli.analysis.availability import api, buckets, certificates, dns, load_balancer
from cli.analysis.availability.answers import UNREACHABLE, Answer, Outcome, Reply, always, error, time_out, unknown
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph, answered_once
from cli.analysis.availability.nodes.delivery import (
    Association,
    Behavior,
    Distribution,
    ErrorResponse,
    Origin,
    OriginGroup,
)
from cli.analysis.availability.references import attribute_of, referenced_id
from cli.analysis.availability.requests import READING, Request, Sender
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION

ERROR_RESPONSE = "CloudFront's custom error response"
ORIGIN_GROUP = "CloudFront's origin group"


@answered_once
def answer(graph: Graph, outage: Outage, distribution: Distribution, request: Request) -> Answer:
    """Return a distribution's answer. Its host is an alias, or its domain name."""
    if outage.cloudfront:
        return time_out("CloudFront does not respond")
    problem = _tls_problem(graph, distribution, request)
    if problem:
        return always(Outcome.ERROR, f"TLS: {problem}")
    behavior = distribution.behavior(request.path.partition("?")[0])
    refusal = _refusal(distribution, behavior, request)
    if refusal:
        return refusal
    behavior = _selected(graph, behavior)
    group = _group_of(graph, distribution, behavior, request)
    answered = _origins(graph, outage, distribution, behavior, group, request, published=False)
    replaced = answered.map(lambda reply: _replaced(graph, outage, distribution, reply))
    unread = [item.function for item in behavior.functions if not _is_read(graph, item)]
    return replaced.add_reason(*(f"not analyzed: the function {name}" for name in unread))


def _is_read(graph: Graph, association: Association) -> bool:
    """Return whether a function does what is known, and runs at the right event."""
    known = association.function in graph.request_origin_groups or association.function in graph.selected_origins
    return association.event == "viewer-request" and known


def _selected(graph: Graph, behavior: Behavior) -> Behavior:
    """Return the cache behavior with the origin of the copy, if a function selects it: after a switch to the copy."""
    for association in behavior.functions if graph.switched else ():
        if _is_read(graph, association) and association.function in graph.selected_origins:
            return replace(behavior, target=next(iter(graph.selected_origins[association.function].origins.values())))
    return behavior


def _group_of(graph: Graph, distribution: Distribution, behavior: Behavior, request: Request) -> OriginGroup | None:
    """Return the origin group for a request: one that a function creates, else the cache behavior's."""
    for association in behavior.functions:
        made = graph.request_origin_groups.get(association.function) if _is_read(graph, association) else None
        members = made.members(request.host, request.method) if made else None
        if made and members:
            return OriginGroup(f"of {association.function}", members, made.statuses)
    return distribution.groups.get(behavior.target)


def _tls_problem(graph: Graph, distribution: Distribution, request: Request) -> str:
    """Return why the visitor's browser rejects the certificate; empty if it accepts it or does not check."""
    if not request.names or referenced_id(request.host) == distribution.logical_id:
        return ""
    return certificates.problem(graph, [distribution.certificate], request.names, CLOUDFRONT_REGION)


def _refusal(distribution: Distribution, behavior: Behavior, request: Request) -> Answer | None:
    """Return CloudFront's own error, before it contacts an origin; None if it contacts one."""
    own_name = referenced_id(request.host) == distribution.logical_id
    if not distribution.enabled:
        return error(403, f"{distribution.logical_id} is disabled")
    if not own_name and request.host not in distribution.aliases:
        return error(403, f"{distribution.logical_id} does not have the alias {request.host}")
    if request.scheme == "http" and behavior.viewer_protocol != "allow-all":
        status = 301 if behavior.viewer_protocol == "redirect-to-https" else 403
        return error(status, f"{distribution.logical_id} requires HTTPS for {behavior.pattern}")
    if request.method not in behavior.methods:
        return error(403, f"{distribution.logical_id} does not allow {request.method} for {behavior.pattern}")
    return None


def _origins(
    graph: Graph,
    outage: Outage,
    distribution: Distribution,
    behavior: Behavior,
    group: OriginGroup | None,
    request: Request,
    *,
    published: bool,
) -> Answer:
    """Return the answer of the cache behavior's origin, or of the origin group's second origin."""
    names = group.members if group else (behavior.target,)
    origins = [distribution.origins[name] for name in names if name in distribution.origins]
    if not origins or len(origins) < len(names):
        missing = next((name for name in names if name not in distribution.origins), "")
        return unknown(f"{distribution.logical_id} has no origin {missing!r}")
    first = _origin(graph, outage, distribution, origins[0], behavior, request, published=published)
    if group is None or len(origins) < 2 or request.method not in READING:
        return first

    def second(reply: Reply) -> Reply:
        if not _failed(reply) or not set(_statuses(reply)) <= set(group.statuses):
            return reply
        saved = _origin(graph, outage, distribution, origins[1], behavior, request, published=published).last
        # Behind a bucket, another bucket has the same objects; behind servers, it has pages that were saved.
        is_copy = origins[0].is_bucket and origins[1].is_bucket
        outcome = Outcome.SAVED_PAGE if saved.outcome is Outcome.PAGE and not is_copy else saved.outcome
        return replace(saved, outcome=outcome, wait=reply.wait + saved.wait).prepend_reason(ORIGIN_GROUP)

    return first.map(second)


def _origin(
    graph: Graph,
    outage: Outage,
    distribution: Distribution,
    origin: Origin,
    behavior: Behavior,
    request: Request,
    *,
    published: bool,
) -> Answer:
    """Return an origin's answer, or CloudFront's error for an unreachable origin."""
    if origin.is_bucket:
        wanted = buckets.by_distribution(graph, distribution.logical_id, origin, request.path, request.method)
        if wanted is None:
            return unknown(f"the bucket {origin.domain_name} of {distribution.logical_id}")
        return buckets.answer(graph, outage, wanted, published=published)
    arriving = _arriving(graph, origin, behavior, request)
    if origin.vpc_origin:
        answered = _through_vpc(graph, outage, origin, arriving)
    else:
        answered = _by_name(graph, outage, origin, arriving)
    return answered.map(lambda reply: _as_status(reply, origin))


def _arriving(graph: Graph, origin: Origin, behavior: Behavior, request: Request) -> Request:
    """Return the request as CloudFront sends it to this origin."""
    vpc = graph.vpc_origins.get(referenced_id(origin.vpc_origin) or "")
    protocol, http, https = (
        (vpc.protocol, vpc.http_port, vpc.https_port) if vpc else (origin.protocol, origin.http_port, origin.https_port)
    )
    tls = protocol == "https-only" or (protocol != "http-only" and request.scheme == "https")
    forwarded = (request.host,) if behavior.forwards_host else ()
    return Request(
        host=request.host if behavior.forwards_host else origin.domain_name,
        path=f"{origin.path}{request.path}",
        method=request.method,
        scheme="https" if tls else "http",
        port=https if tls else http,
        sender=Sender.VPC_ORIGIN if origin.vpc_origin else Sender.CLOUDFRONT,
        # Source: "Origin settings": the certificate must match the origin's domain name or the forwarded Host header.
        names=(origin.domain_name, *forwarded),
        headers=origin.headers,
        probe=request.probe,
        saved=request.saved,
    )


def _through_vpc(graph: Graph, outage: Outage, origin: Origin, arriving: Request) -> Answer:
    vpc = graph.vpc_origins.get(referenced_id(origin.vpc_origin) or "")
    balancer = graph.balancing.load_balancers.get(referenced_id(vpc.target) or "") if vpc else None
    if balancer is None:
        return unknown(f"the VPC origin {origin.vpc_origin}")
    return load_balancer.answer(graph, outage, balancer, arriving)


def _by_name(graph: Graph, outage: Outage, origin: Origin, arriving: Request) -> Answer:
    name = origin.domain_name
    balancer = graph.balancing.load_balancers.get(referenced_id(name) or "")
    if balancer and attribute_of(name) == "DNSName":
        return load_balancer.answer(graph, outage, balancer, arriving)
    domain_name = graph.apis.domain_names.get(referenced_id(name) or "")
    if domain_name:
        return api.answer(graph, outage, domain_name, arriving)
    return dns.answer(graph, outage, name, arriving)


def _as_status(reply: Reply, origin: Origin) -> Reply:
    """Return the reply of an origin that does not respond, with the statuses that CloudFront returns for it."""
    if reply.outcome is Outcome.ERROR and reply.status is None:
        # Source: "HTTP 502 status code (Bad Gateway)": the TLS negotiation with the origin fails.
        return replace(reply, status=UNREACHABLE[0])
    if reply.outcome is not Outcome.TIME_OUT:
        return reply
    wait = origin.attempts * origin.connection_timeout
    first, *others = UNREACHABLE
    return replace(reply, outcome=Outcome.ERROR, status=first, also=tuple(others), wait=wait)


def _failed(reply: Reply) -> bool:
    return reply.outcome in (Outcome.ERROR, Outcome.TIME_OUT)


def _statuses(reply: Reply) -> tuple[int, ...]:
    return reply.statuses or (502,)


def _replaced(graph: Graph, outage: Outage, distribution: Distribution, reply: Reply) -> Reply:
    """Return what the visitor gets instead of an error: the worst, if several statuses are possible.

    An origin's own friendly page has an error status, so a custom error response may replace it.
    """
    if not _failed(reply) and reply.outcome is not Outcome.FRIENDLY_PAGE:
        return reply
    options = []
    for status in reply.statuses:
        response = distribution.error_responses.get(status)
        one = replace(reply, status=status, also=())
        options.append(_error_page(graph, outage, distribution, response, one) if response else one)
    return max(options, key=lambda option: option.outcome, default=reply)


def _error_page(
    graph: Graph, outage: Outage, distribution: Distribution, response: ErrorResponse, reply: Reply
) -> Reply:
    """Return the custom error response's page, requested through the cache behavior of its path.

    If it is unavailable, the visitor gets its origin's status. Source: "Generate custom error responses".
    """
    if not response.page_path:
        return reply
    had = _published(graph, outage, distribution, response.page_path)
    if _failed(had):
        reason = f"{ERROR_RESPONSE}'s page {response.page_path} is unavailable"
        return replace(reply, outcome=Outcome.ERROR, status=had.status, why=(*reply.why, reason, *had.why))
    friendly = had.outcome if had.outcome is not Outcome.PAGE else Outcome.FRIENDLY_PAGE
    return Reply(friendly, response.response_code, (ERROR_RESPONSE,), reply.wait)


@answered_once
def _published(graph: Graph, outage: Outage, distribution: Distribution, path: str) -> Reply:
    """Return what a distribution gets for the page of an error response."""
    behavior = distribution.behavior(path)
    group = distribution.groups.get(behavior.target)
    request = Request(distribution.logical_id, path)
    return _origins(graph, outage, distribution, behavior, group, request, published=True).last
