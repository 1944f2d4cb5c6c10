"""The hop through DNS: which record of a name Route 53 answers with, and where it leads."""

from dataclasses import dataclass

from cli.analysis.availability import api, cloudfront, documented_timings, health, load_balancer
from cli.analysis.availability.answers import Answer, Outcome, Phase, Reply, time_out, unknown, worst
from cli.analysis.availability.documented_timings import Seconds
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.balancing import LoadBalancer
from cli.analysis.availability.nodes.names import Record, host_name
from cli.analysis.availability.references import attribute_of, referred
from cli.analysis.availability.requests import Request, Sender

FAILOVER = "Route 53's failover record"
MAX_ALIASES = 4


def answer(graph: Graph, outage: Outage, name: str, request: Request, depth: int = 0) -> Answer:
    """Return what comes of a request to a name: the worst over the types of its records, A and AAAA."""
    types = [kind for kind in ("A", "AAAA", "CNAME") if graph.records_of(name, kind)]
    if types and depth < MAX_ALIASES:
        return worst(_of_type(graph, outage, graph.records_of(name, kind), request, depth) for kind in types)
    carrier = next((made for made in graph.distributions.values() if name in made.aliases), None)
    if carrier and not types:
        return cloudfront.answer(graph, outage, carrier, request)
    return unknown(f"where the name {name} leads to")


def _of_type(graph: Graph, outage: Outage, records: tuple[Record, ...], request: Request, depth: int) -> Answer:
    primary = next((record for record in records if record.failover == "PRIMARY"), None)
    secondary = next((record for record in records if record.failover == "SECONDARY"), None)
    if primary and secondary:
        return _failover(_Pair(graph, outage, primary, secondary, request, depth))
    if primary or secondary:
        return _target(graph, outage, records[0], request, depth)
    weighted = [record for record in records if record.weight != 0] or list(records)
    healthy = [record for record in weighted if health.healthy(graph, outage, record) is not False]
    return worst(_target(graph, outage, record, request, depth) for record in healthy or weighted)


@dataclass(frozen=True)
class _Pair:
    """A failover pair and what is asked of it."""

    graph: Graph
    outage: Outage
    primary: Record
    secondary: Record
    request: Request
    depth: int

    def answer(self, record: Record) -> Answer:
        """Return what comes of going to where one of the two leads."""
        return _target(self.graph, self.outage, record, self.request, self.depth)

    def healthy(self, record: Record) -> bool | None:
        """Return whether Route 53 takes one of the two for healthy."""
        checked = health.healthy(self.graph, self.outage, record)
        if not record.evaluate_target_health or checked is False:
            return checked
        balancer = self.graph.balancing.load_balancers.get(referred(record.alias) or "")
        if balancer is None:
            return checked
        return checked if self._has_targets(balancer) else False

    def _has_targets(self, balancer: LoadBalancer) -> bool:
        return load_balancer.has_healthy_targets(self.graph, self.outage, balancer)

    @property
    def noticed(self) -> Seconds:
        """How long it takes to find the primary ill: by its check or by its target's health, whichever is sooner."""
        check = self.graph.health_checks.get(referred(self.primary.health_check) or "")
        failing = check and health.healthy(self.graph, self.outage, self.primary) is False
        balancer = self.graph.balancing.load_balancers.get(referred(self.primary.alias) or "")
        lost = balancer and self.primary.evaluate_target_health and not self._has_targets(balancer)
        groups = load_balancer.target_groups(self.graph, balancer) if balancer and lost else ()
        by_target = max((group.seconds for group in groups), default=0)
        if check is None or not failing:
            return Seconds(by_target, by_target)
        soonest = min(check.seconds, by_target) if lost else check.seconds
        # No document says what the targets of a load balancer that is down itself are taken for.
        unsure = self.outage.load_balancer or self.outage.region
        return Seconds(soonest, check.seconds if unsure else soonest)


def _failover(pair: _Pair) -> Answer:
    """Return what the PRIMARY's target answers while it is healthy, and afterwards what the SECONDARY's does."""
    state = pair.healthy(pair.primary)
    first = pair.answer(pair.primary)
    if state is None:
        return (
            first if first.last.outcome < Outcome.UNKNOWN else unknown(f"whether {pair.primary.logical_id} is healthy")
        )
    if state:
        return first
    if pair.healthy(pair.secondary) is False:
        # Source: "How Route 53 chooses records when health checking is configured".
        return first.because("both records are unhealthy: Route 53 answers with the PRIMARY")
    second = pair.answer(pair.secondary)
    ttl = documented_timings.ALIAS_TTL.seconds.high if pair.primary.alias else pair.primary.ttl
    until = pair.noticed + Seconds(0, ttl)
    kept = _kept_connections(pair, first.last)
    if first.last.outcome == second.last.outcome and first.last.status == second.last.status:
        return first.because(f"{FAILOVER} after {until}", *second.last.why)
    return second.prepend_reason(FAILOVER).after(Phase(first.last, until), *kept)


def _kept_connections(pair: _Pair, first: Reply) -> tuple[Phase, ...]:
    """Return what visitors get who keep a connection to a load balancer, and so do not ask DNS again.

    Source: "Edit attributes for your Application Load Balancer", HTTP client keepalive duration. A load balancer that
    does not answer keeps no connection.
    """
    balancer = pair.graph.balancing.load_balancers.get(referred(pair.primary.alias) or "")
    if balancer is None or first.outcome is Outcome.TIME_OUT or pair.request.sender is not Sender.VISITOR:
        return ()
    reply = first.because("a visitor's open connection to the load balancer")
    return (Phase(reply, Seconds(0, balancer.keep_alive), some=True),)


def _target(graph: Graph, outage: Outage, record: Record, request: Request, depth: int) -> Answer:
    """Return what comes of going to where a record leads."""
    leads_to = record.alias or next(map(host_name, record.values), "")
    name, attribute = referred(leads_to) or "", attribute_of(leads_to)
    distribution = graph.distributions.get(name)
    if distribution and attribute == "DomainName":
        return cloudfront.answer(graph, outage, distribution, request)
    balancer = graph.balancing.load_balancers.get(name)
    if balancer and attribute == "DNSName":
        return load_balancer.answer(graph, outage, balancer, request)
    domain_name = graph.apis.domain_names.get(name)
    if domain_name and attribute in ("RegionalDomainName", "DistributionDomainName"):
        return api.answer(graph, outage, domain_name, request)
    if graph.records_of(leads_to, "A", "AAAA", "CNAME") and leads_to != record.name:
        return answer(graph, outage, leads_to, request, depth + 1)
    if not leads_to:
        return time_out(f"{record.logical_id} leads nowhere")
    return unknown(f"{record.logical_id} leads to {leads_to}")
