"""Route 53's health checks: what they would find, asking as they do."""

from cli.analysis.availability import cloudfront, dns, load_balancer
from cli.analysis.availability.answers import Answer, Outcome, unknown
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.names import HealthCheck, Record
from cli.analysis.availability.references import referred
from cli.analysis.availability.requests import Request, Sender

# The kinds that send HTTP requests; the others look at alarms, at other checks, or open a connection.
ASKING = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH")


def found(graph: Graph, outage: Outage, check: HealthCheck) -> Answer:
    """Return what a health check gets. It asks the servers alone: whether its page needs a store, nothing says."""
    if check.type not in ASKING:
        return unknown(f"what {check.logical_id} ({check.type}) finds")
    # Route 53 does not validate certificates: no names. Source: "How Route 53 determines whether a health check is
    # healthy".
    scheme = "https" if check.type.startswith("HTTPS") else "http"
    request = Request(
        check.host, check.path, scheme=scheme, port=check.port, sender=Sender.HEALTH_CHECK, names=(), probe=True
    )
    distribution = graph.distributions.get(referred(check.host) or "")
    if distribution:
        if distribution.behavior(check.path.partition("?")[0]).cache_policy not in graph.policies_without_cache:
            return unknown(f"whether CloudFront's cache answers {check.logical_id}")
        return cloudfront.answer(graph, outage, distribution, request)
    balancer = graph.balancing.load_balancers.get(referred(check.host) or "")
    if balancer:
        return load_balancer.answer(graph, outage, balancer, request)
    return dns.answer(graph, outage, check.host, request)


def healthy(graph: Graph, outage: Outage, record: Record) -> bool | None:
    """Return whether a record's health check passes in the end; None where it can't be told. Without one: healthy."""
    if not record.health_check:
        return True
    check = graph.health_checks.get(referred(record.health_check) or "")
    if check is None or check.host == record.name:
        # A check that asks for the name it decides about proves nothing. Source: "Values specific for failover alias
        # records" in the Amazon Route 53 guide.
        return None
    reply = found(graph, outage, check).last
    if reply.outcome is Outcome.UNKNOWN:
        return None
    if check.search_string and reply.outcome is not Outcome.PAGE:
        return False
    return reply.status is not None and reply.status < 400
