"""The hop through DNS: which record Route 53 returns for a name, and its target."""

from dataclasses import dataclass, replace

from cli.analysis.availability import api, cloudfront, documented_timings, health, load_balancer
from cli.analysis.availability.answers import Answer, Outcome, Phase, Reply, time_out, unknown, worst
from cli.analysis.availability.documented_timings import Seconds
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.balancing import LoadBalancer
from cli.analysis.availability.nodes.names import Record, host_name
from cli.analysis.availability.references import attribute_of, referenced_id
from cli.analysis.availability.requests import Request, Sender

FAILOVER = "Route 53's failover record"
MAX_ALIASES = 4


def answer(graph: Graph, outage: Outage, name: str, request: Request, depth: int = 0) -> Answer:
    """Return the answer to a request to a name: the worst over its record types, A and AAAA."""
    types = [kind for kind in ("A", "AAAA", "CNAME") if graph.records_of(name, kind)]
    if types and depth < MAX_ALIASES:
        return worst(_of_type(graph, outage, graph.records_of(name, kind), request, depth) for kind in types)
    carrier = next((made for made in graph.distributions.values() if name in made.aliases), None)
    if carrier and not types:
        return cloudfront.answer(graph, outage, carrier, request)
    return unknown(f"the target of the name {name}")


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
    """A failover pair of records, and the request."""

    graph: Graph
    outage: Outage
    primary: Record
    secondary: Record
    request: Request
    depth: int

    def answer(self, record: Record) -> Answer:
        """Return the answer of the target of one of the two records."""
        return _target(self.graph, self.outage, record, self.request, self.depth)

    def healthy(self, record: Record) -> bool | None:
        """Return whether Route 53 considers one of the two records healthy."""
        checked = health.healthy(self.graph, self.outage, record)
        if not record.evaluate_target_health or checked is False:
            return checked
        balancer = self.graph.balancing.load_balancers.get(referenced_id(record.alias) or "")
        if balancer is None:
            return checked
        return checked if self._has_targets(balancer) else False

    def _has_targets(self, balancer: LoadBalancer) -> bool:
        return load_balancer.has_healthy_targets(self.graph, self.outage, balancer)

    @property
    def noticed(self) -> Seconds:
        """The time until the primary is unhealthy: by its health check or its target's health, whichever is sooner."""
        check = self.graph.health_checks.get(referenced_id(self.primary.health_check) or "")
        failing = check and health.healthy(self.graph, self.outage, self.primary) is False
        balancer = self.graph.balancing.load_balancers.get(referenced_id(self.primary.alias) or "")
        lost = balancer and self.primary.evaluate_target_health and not self._has_targets(balancer)
        groups = load_balancer.target_groups(self.graph, balancer) if balancer and lost else ()
        by_target = max((group.seconds for group in groups), default=0)
        if check is None or not failing:
            return Seconds(by_target, by_target)
        soonest = min(check.seconds, by_target) if lost else check.seconds
        # AWS does not document the health of the targets of a load balancer that is down itself.
        unsure = self.outage.load_balancer or self.outage.region
        return Seconds(soonest, check.seconds if unsure else soonest)


def _failover(pair: _Pair) -> Answer:
    """Return the answer of the PRIMARY's target while it is healthy, then that of the SECONDARY's."""
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
        return first.add_reason("both records are unhealthy: Route 53 returns the PRIMARY")
    second = pair.answer(pair.secondary)
    if pair.graph.settled and replace(pair, outage=Outage()).healthy(pair.primary) is False:
        # DNS left the primary before the outage.
        return second
    ttl = documented_timings.ALIAS_TTL.seconds.high if pair.primary.alias else pair.primary.ttl
    until = pair.noticed + Seconds(0, ttl)
    kept = _kept_connections(pair, first.last)
    if first.last.outcome == second.last.outcome and first.last.status == second.last.status:
        return first.add_reason(f"{FAILOVER} after {until}", *second.last.why)
    return second.prepend_reason(FAILOVER).after(Phase(first.last, until), *kept)


def _kept_connections(pair: _Pair, first: Reply) -> tuple[Phase, ...]:
    """Return the phase of visitors with an open connection to a load balancer, who do not resolve the name again.

    Source: "Edit attributes for your Application Load Balancer", HTTP client keepalive duration. A load balancer that
    does not respond keeps no connection open.
    """
    balancer = pair.graph.balancing.load_balancers.get(referenced_id(pair.primary.alias) or "")
    if balancer is None or first.outcome is Outcome.TIME_OUT or pair.request.sender is not Sender.VISITOR:
        return ()
    reply = first.add_reason("a visitor's open connection to the load balancer")
    return (Phase(reply, Seconds(0, balancer.keep_alive), some=True),)


def _target(graph: Graph, outage: Outage, record: Record, request: Request, depth: int) -> Answer:
    """Return the answer of a record's target."""
    target = record.alias or next(map(host_name, record.values), "")
    name, attribute = referenced_id(target) or "", attribute_of(target)
    distribution = graph.distributions.get(name)
    if distribution and attribute == "DomainName":
        return cloudfront.answer(graph, outage, distribution, request)
    balancer = graph.balancing.load_balancers.get(name)
    if balancer and attribute == "DNSName":
        return load_balancer.answer(graph, outage, balancer, request)
    domain_name = graph.apis.domain_names.get(name)
    if domain_name and attribute in ("RegionalDomainName", "DistributionDomainName"):
        return api.answer(graph, outage, domain_name, request)
    if graph.records_of(target, "A", "AAAA", "CNAME") and target != record.name:
        return answer(graph, outage, target, request, depth + 1)
    if not target:
        return time_out(f"{record.logical_id} has no target")
    return unknown(f"the target {target} of {record.logical_id}")
