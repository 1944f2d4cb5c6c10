"""Route 53 health checks: the result of each, from the answer to its request."""

from cli.analysis.availability import cloudfront, dns, load_balancer
from cli.analysis.availability.answers import Answer, Outcome, unknown
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph, answered_once
from cli.analysis.availability.nodes.names import HealthCheck, Record
from cli.analysis.availability.references import referenced_id
from cli.analysis.availability.requests import Request, Sender

# The types that send HTTP requests; others evaluate alarms or other health checks, or open a connection.
HTTP_TYPES = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH")


def probe(graph: Graph, outage: Outage, check: HealthCheck) -> Answer:
    """Return the answer to a health check's request, which is assumed to need the servers but not their stores."""
    if check.type not in HTTP_TYPES:
        return unknown(f"the result of {check.logical_id} ({check.type})")
    # Route 53 does not validate certificates: no names. Source: "How Route 53 determines whether a health check is
    # healthy".
    scheme = "https" if check.type.startswith("HTTPS") else "http"
    request = Request(
        check.host, check.path, scheme=scheme, port=check.port, sender=Sender.HEALTH_CHECK, names=(), probe=True
    )
    distribution = graph.distributions.get(referenced_id(check.host) or "")
    if distribution:
        if distribution.behavior(check.path.partition("?")[0]).cache_policy not in graph.policies_without_cache:
            return unknown(f"whether {check.logical_id} is served from CloudFront's cache")
        return cloudfront.answer(graph, outage, distribution, request)
    balancer = graph.balancing.load_balancers.get(referenced_id(check.host) or "")
    if balancer:
        return load_balancer.answer(graph, outage, balancer, request)
    return dns.answer(graph, outage, check.host, request)


@answered_once
def healthy(graph: Graph, outage: Outage, record: Record) -> bool | None:
    """Return whether a record's health check passes after the failure; None if unknown. Without a check: healthy."""
    if not record.health_check:
        return True
    check = graph.health_checks.get(referenced_id(record.health_check) or "")
    if check is None or check.host == record.name:
        # A check of the same name that it controls is inconclusive. Source: "Values specific for failover alias
        # records" in the Amazon Route 53 guide.
        return None
    reply = probe(graph, outage, check).last
    if reply.outcome is Outcome.UNKNOWN:
        return None
    passed = reply.status is not None and reply.status < 400
    if check.search_string and reply.outcome is not Outcome.PAGE:
        passed = False
    return passed is not check.inverted
