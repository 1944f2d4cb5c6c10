"""The hop to a load balancer: whether the sender can connect, the listener and rule, and their action."""

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
from cli.analysis.availability.graph import Graph, answered_once
from cli.analysis.availability.nodes.balancing import Action, Condition, Listener, LoadBalancer, TargetGroup
from cli.analysis.availability.nodes.network import allows_from_outside
from cli.analysis.availability.policies import matches
from cli.analysis.availability.references import is_unknown, reference, referenced_id
from cli.analysis.availability.requests import Request, Sender

TLS = ("HTTPS", "TLS")
STILL_IN_DNS = "DNS still returns the load balancer's address in the lost zone"


@answered_once
def answer(graph: Graph, outage: Outage, balancer: LoadBalancer, request: Request) -> Answer:
    """Return the answer to a request to a load balancer."""
    outage = outage.at(graph, balancer.logical_id)
    zones = graph.network.zones_of(balancer.subnets)
    if outage.zone and any(is_unknown(zone) for zone in zones):
        return unknown(f"the zones of {balancer.logical_id}'s subnets")
    closed = _down(outage, balancer, zones) or _closed(graph, balancer, request)
    if closed:
        return time_out(closed)
    answered = _connected(graph, outage, balancer, request)
    if outage.zone not in zones:
        return answered
    gone = Reply(Outcome.TIME_OUT, None, (STILL_IN_DNS,))
    return all_needed(answered, page().after(Phase(gone, documented_timings.LOAD_BALANCER_NODE.seconds, some=True)))


def _down(outage: Outage, balancer: LoadBalancer, zones: tuple[str, ...]) -> str:
    """Return why the load balancer is down; empty if it is not."""
    if outage.load_balancer or outage.region:
        return "the load balancer does not respond"
    return f"{balancer.logical_id} is only in {outage.zone}" if set(zones) == {outage.zone} else ""


def _connected(graph: Graph, outage: Outage, balancer: LoadBalancer, request: Request) -> Answer:
    """Return the answer to a request whose sender can connect."""
    listener = _listener(graph, balancer, request)
    if listener is None:
        return time_out(f"{balancer.logical_id} has no listener for {request.scheme} on port {request.port}")
    if listener.protocol in TLS and request.names:
        problem = certificates.problem(
            graph, listener.certificates, request.names, graph.region_of(balancer.logical_id)
        )
        if problem:
            return _bad_certificate(request, problem)
    return _listened(graph, outage, listener, balancer, request)


def _closed(graph: Graph, balancer: LoadBalancer, request: Request) -> str:
    """Return why the sender can't connect; empty if it can."""
    through_vpc = request.sender is Sender.VPC_ORIGIN
    if balancer.internal and not through_vpc:
        return f"{balancer.logical_id} is internal: {request.sender} can't connect to it"
    own = [name for name in map(referenced_id, balancer.subnets) if name in graph.network.zones]
    if own and not balancer.internal and not set(own) & graph.network.public:
        return f"{balancer.logical_id}'s subnets have no route to the internet"
    by_cloudfront = request.sender in (Sender.CLOUDFRONT, Sender.VPC_ORIGIN)
    if not allows_from_outside(graph.network, balancer.groups, request.port, prefix_lists=by_cloudfront):
        return f"{balancer.logical_id}'s security groups do not allow {request.sender} on port {request.port}"
    return ""


def _listener(graph: Graph, balancer: LoadBalancer, request: Request) -> Listener | None:
    arn = reference(balancer.logical_id)
    for listener in graph.balancing.listeners.values():
        speaks_tls = listener.protocol in TLS
        if (listener.load_balancer, listener.port, speaks_tls) == (arn, request.port, request.scheme == "https"):
            return listener
    return None


def _bad_certificate(request: Request, problem: str) -> Answer:
    """Return the effect of an invalid certificate on a sender: CloudFront returns 502, a browser shows a warning."""
    if request.sender is Sender.VISITOR:
        return always(Outcome.ERROR, f"TLS: {problem}")
    return error(502, f"TLS: {problem}")


def _listened(graph: Graph, outage: Outage, listener: Listener, balancer: LoadBalancer, request: Request) -> Answer:
    """Return the answer of the first matching rule, else of the listener's default action."""
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
    """Return whether a request matches a condition; None if unknown."""
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
    """Return the answer of a listener's or a rule's action. `place`: its logical id, for the reason."""
    if action.type == "forward":
        groups = [graph.balancing.target_groups.get(referenced_id(arn) or "") for arn in action.target_groups]
        known = [group for group in groups if group]
        if not known or len(known) < len(groups):
            return unknown(f"the target groups of {place}")
        return worst(servers.answer(graph, outage, group, balancer, request) for group in known)
    if action.type == "fixed-response":
        why = f"{place} has a fixed response {action.status}"
        if action.status == 503 and action.content_type == "text/html":
            return always(Outcome.FRIENDLY_PAGE, why, status=503)
        return error(action.status, why)
    if action.type == "redirect":
        return error(301, f"{place} redirects the visitor")
    return unknown(f"the action {action.type!r} of {place}")


def has_healthy_targets(graph: Graph, outage: Outage, balancer: LoadBalancer) -> bool:
    """Return the result of Route 53's EvaluateTargetHealth: whether every target group has a healthy server.

    Source: "EvaluateTargetHealth" in the Amazon Route 53 API reference.
    """
    outage = outage.at(graph, balancer.logical_id)
    if outage.load_balancer or outage.region:
        return False
    groups = target_groups(graph, balancer)
    probe = Request(balancer.logical_id, "/", sender=Sender.HEALTH_CHECK, probe=True)
    answered = [servers.answer(graph, outage, group, balancer, probe).last for group in groups]
    return all(reply.outcome in (Outcome.PAGE, Outcome.UNKNOWN) for reply in answered)


def target_groups(graph: Graph, balancer: LoadBalancer) -> tuple[TargetGroup, ...]:
    """Return the target groups in the template to which a load balancer forwards."""
    used = {arn for listener in graph.balancing.listeners.values() for arn in _forwards(graph, listener, balancer)}
    return tuple(graph.balancing.target_groups[name] for name in map(referenced_id, sorted(used)) if name is not None)


def _forwards(graph: Graph, listener: Listener, balancer: LoadBalancer) -> list[str]:
    """Return the target groups in the template to which a listener of the load balancer forwards."""
    if listener.load_balancer != reference(balancer.logical_id):
        return []
    arn = reference(listener.logical_id)
    actions = [listener.action, *(rule.action for rule in graph.balancing.rules if rule.listener == arn)]
    known = graph.balancing.target_groups
    return [target for action in actions for target in action.target_groups if referenced_id(target) in known]
