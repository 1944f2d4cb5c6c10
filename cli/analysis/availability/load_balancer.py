"""The hop to a load balancer: may the sender connect, which listener and rule take the request, and where it goes."""

from cli.analysis.availability import certificates, documented_timings, servers
from cli.analysis.availability.answers import (
    Answer,
    Outcome,
    Phase,
    Reply,
    all_needed,
    always,
    error,
    page,
    time_out,
    unknown,
    worst,
)
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.balancing import Action, Condition, Listener, LoadBalancer, TargetGroup
from cli.analysis.availability.nodes.network import admits_from_outside
from cli.analysis.availability.policies import matches
from cli.analysis.availability.references import is_unknown, reference, referred
from cli.analysis.availability.requests import Request, Sender

TLS = ("HTTPS", "TLS")
STILL_ASKED = "the load balancer's address in the lost zone is still asked"


def answer(graph: Graph, outage: Outage, balancer: LoadBalancer, request: Request) -> Answer:
    """Return what comes of a request to a load balancer."""
    zones = graph.network.zones_of(balancer.subnets)
    if outage.zone and any(is_unknown(zone) for zone in zones):
        return unknown(f"the zones of {balancer.logical_id}'s subnets")
    closed = _down(outage, balancer, zones) or _closed(graph, balancer, request)
    if closed:
        return time_out(closed)
    answered = _connected(graph, outage, balancer, request)
    if outage.zone not in zones:
        return answered
    gone = Reply(Outcome.TIME_OUT, None, (STILL_ASKED,))
    return all_needed(answered, page().after(Phase(gone, documented_timings.LOAD_BALANCER_NODE.seconds, some=True)))


def _down(outage: Outage, balancer: LoadBalancer, zones: tuple[str, ...]) -> str:
    """Return why nothing of the load balancer answers; empty if something does."""
    if outage.load_balancer or outage.region:
        return "the load balancer does not answer"
    return f"{balancer.logical_id} stands in {outage.zone} only" if set(zones) == {outage.zone} else ""


def _connected(graph: Graph, outage: Outage, balancer: LoadBalancer, request: Request) -> Answer:
    """Return what comes of a request whose sender may connect."""
    listener = _listener(graph, balancer, request)
    if listener is None:
        return time_out(f"{balancer.logical_id} has no listener for {request.scheme} on port {request.port}")
    if listener.protocol in TLS and request.names:
        problem = certificates.problem(graph, listener.certificates, request.names, graph.region)
        if problem:
            return _bad_certificate(request, problem)
    return _listened(graph, outage, listener, balancer, request)


def _closed(graph: Graph, balancer: LoadBalancer, request: Request) -> str:
    """Return why the sender can't connect; empty if it can."""
    through_vpc = request.sender is Sender.VPC_ORIGIN
    if balancer.internal and not through_vpc:
        return f"{balancer.logical_id} is internal: {request.sender} can't reach it"
    own = [name for name in map(referred, balancer.subnets) if name in graph.network.zones]
    if own and not balancer.internal and not set(own) & graph.network.public:
        return f"no route from {balancer.logical_id}'s subnets to the internet"
    by_cloudfront = request.sender in (Sender.CLOUDFRONT, Sender.VPC_ORIGIN)
    if not admits_from_outside(graph.network, balancer.groups, request.port, prefix_lists=by_cloudfront):
        return f"{balancer.logical_id}'s security groups do not admit {request.sender} to port {request.port}"
    return ""


def _listener(graph: Graph, balancer: LoadBalancer, request: Request) -> Listener | None:
    arn = reference(balancer.logical_id)
    for listener in graph.balancing.listeners.values():
        speaks_tls = listener.protocol in TLS
        if (listener.load_balancer, listener.port, speaks_tls) == (arn, request.port, request.scheme == "https"):
            return listener
    return None


def _bad_certificate(request: Request, problem: str) -> Answer:
    """Return what a sender makes of a certificate that is not good: CloudFront a 502, a browser a warning."""
    if request.sender is Sender.VISITOR:
        return always(Outcome.ERROR, f"TLS: {problem}")
    return error(502, f"TLS: {problem}")


def _listened(graph: Graph, outage: Outage, listener: Listener, balancer: LoadBalancer, request: Request) -> Answer:
    """Return what the first rule that fits does, or else the listener's default action."""
    arn = reference(listener.logical_id)
    for rule in (rule for rule in graph.balancing.rules if rule.listener == arn):
        fits = [_fits(condition, request) for condition in rule.conditions]
        if False in fits:
            continue
        if None in fits:
            return unknown(f"the conditions of {rule.logical_id}")
        return _acted(graph, outage, rule.action, rule.logical_id, balancer, request)
    return _acted(graph, outage, listener.action, listener.logical_id, balancer, request)


def _fits(condition: Condition, request: Request) -> bool | None:
    """Return whether a request meets a condition; None where it can't be told."""
    if condition.field == "http-header":
        sent = [value for name, value in request.headers if name.lower() == condition.header.lower()]
        return any(matches(pattern, value) for pattern in condition.values for value in sent)
    if condition.field == "http-request-method":
        return request.method in condition.values
    if condition.field == "path-pattern":
        return any(matches(pattern, request.path) for pattern in condition.values)
    if condition.field == "host-header":
        known = not any(is_unknown(pattern) for pattern in condition.values)
        return any(matches(pattern, request.host) for pattern in condition.values) if known else None
    return None


def _acted(
    graph: Graph, outage: Outage, action: Action, place: str, balancer: LoadBalancer, request: Request
) -> Answer:
    if action.type == "forward":
        groups = [graph.balancing.target_groups.get(referred(arn) or "") for arn in action.target_groups]
        known = [group for group in groups if group]
        if not known or len(known) < len(groups):
            return unknown(f"where {place} forwards to")
        return worst(servers.answer(graph, outage, group, balancer, request) for group in known)
    if action.type == "fixed-response":
        why = f"{place} answers {action.status} by itself"
        if action.status == 503 and action.content_type == "text/html":
            return always(Outcome.FRIENDLY_PAGE, why, status=503)
        return error(action.status, why)
    if action.type == "redirect":
        return error(301, f"{place} sends the visitor elsewhere")
    return unknown(f"the action {action.type!r} of {place}")


def has_healthy_targets(graph: Graph, outage: Outage, balancer: LoadBalancer) -> bool:
    """Return what Route 53 finds that evaluates an alias's target: every target group has a healthy server.

    Source: "EvaluateTargetHealth" in the Amazon Route 53 API reference.
    """
    if outage.load_balancer or outage.region:
        return False
    groups = target_groups(graph, balancer)
    probe = Request(balancer.logical_id, "/", sender=Sender.HEALTH_CHECK, probe=True)
    answered = [servers.answer(graph, outage, group, balancer, probe).last for group in groups]
    return all(reply.outcome in (Outcome.PAGE, Outcome.UNKNOWN) for reply in answered)


def target_groups(graph: Graph, balancer: LoadBalancer) -> tuple[TargetGroup, ...]:
    """Return the target groups that a load balancer sends to, of those in the template."""
    used = {arn for listener in graph.balancing.listeners.values() for arn in _forwards(graph, listener, balancer)}
    return tuple(graph.balancing.target_groups[name] for name in map(referred, sorted(used)) if name is not None)


def _forwards(graph: Graph, listener: Listener, balancer: LoadBalancer) -> list[str]:
    """Return the target groups that a listener of the load balancer sends to, of those in the template."""
    if listener.load_balancer != reference(balancer.logical_id):
        return []
    arn = reference(listener.logical_id)
    actions = [listener.action, *(rule.action for rule in graph.balancing.rules if rule.listener == arn)]
    known = graph.balancing.target_groups
    return [target for action in actions for target in action.target_groups if referred(target) in known]
