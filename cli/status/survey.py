"""Reads all parts of a site in parallel; what may not be read becomes a row."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import Unavailable
from cli.deployed.site import DeployedSite
from cli.deployed.tools import Visitor
from cli.status import alarms, cache, database, deployment, dns, edge, servers
from cli.status.rows import Row, State
from resilient_website.problems import InvalidTemplateError

# More threads would only be throttled.
THREADS = 8

Reading = Callable[[DeployedSite, Aws], Iterator[Row]]


def survey(site: DeployedSite, aws: Aws, visitor: Visitor) -> tuple[Row, ...]:
    """Return the rows of all tiers, in the order of the request path."""
    with ThreadPoolExecutor(THREADS) as pool:
        rows = pool.map(lambda part: _read(site, aws, *part), _parts(visitor))
        return tuple(row for found in rows for row in found)


def _parts(visitor: Visitor) -> tuple[tuple[str, str, Reading], ...]:
    """Return each part's tier, its name if it can't be read, and what reads it."""
    return (
        (dns.TIER, "page", partial(dns.page, visitor=visitor)),
        (dns.TIER, "names", partial(dns.names, visitor=visitor)),
        (dns.TIER, "health checks", dns.health_checks),
        (edge.TIER, "distributions", edge.distributions),
        (edge.TIER, "load balancer", edge.balancers),
        (edge.TIER, "certificates", edge.certificates),
        (servers.TIER, "targets", servers.targets),
        (servers.TIER, "group", servers.groups),
        (database.TIER, "instances", database.instances),
        (database.TIER, "storage and lag", database.storage),
        (database.TIER, "maintenance", database.maintenance),
        (cache.TIER, "replication group", cache.groups),
        (cache.TIER, "cluster", cache.clusters),
        (alarms.TIER, "alarms", alarms.alarms),
        (deployment.TIER, "last deployment", deployment.last_deployment),
        (deployment.TIER, "version", deployment.version),
        (deployment.TIER, "functions", deployment.layer),
        (deployment.TIER, "copy", deployment.copy),
    )


def _read(site: DeployedSite, aws: Aws, tier: str, part: str, reading: Reading) -> list[Row]:
    """Return a part's rows; if it can't go on, the rows so far and the reason."""
    rows: list[Row] = []
    try:
        for row in reading(site, aws):
            rows.append(row)
    except Unavailable as stuck:
        rows.append(Row(tier, part, State.UNREAD, stuck.why))
    except InvalidTemplateError as error:
        rows.append(Row(tier, part, State.UNREAD, str(error)))
    return rows
