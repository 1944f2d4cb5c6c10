"""The hop from the load balancer to the web servers, and the stores that the servers need."""

from cli.analysis.availability import cache, database, documented_timings, files
from cli.analysis.availability.answers import (
    UNREACHABLE,
    Answer,
    Outcome,
    Phase,
    Reply,
    all_needed,
    page,
    unknown,
    worst,
)
from cli.analysis.availability.documented_timings import Seconds
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.balancing import LoadBalancer, TargetGroup
from cli.analysis.availability.nodes.compute import LaunchTemplate, ServerGroup
from cli.analysis.availability.nodes.network import allows_traffic
from cli.analysis.availability.references import is_unknown, reference
from cli.analysis.availability.requests import READING, Request

HEALTH_CHECK = "the load balancer's health check"
REPLACED = "the Auto Scaling group launches a new server"
ALL_REPLACED = "the health check's page may need the database, so the Auto Scaling group replaces every server"

# Commands that need S3 at boot: for Amazon Linux packages, and for archives. Source: "Amazon Linux 2023 package
# repositories" in the Amazon Linux 2023 guide.
FROM_S3 = ("dnf ", "yum ", "s3://", "aws s3")
NO_BOOT = "while S3 is down, no server can boot: the group can neither replace servers nor scale out"


def answer(graph: Graph, outage: Outage, targets: TargetGroup, balancer: LoadBalancer, request: Request) -> Answer:
    """Return the answer of a target group's servers."""
    arn = reference(targets.logical_id)
    groups = [group for group in graph.server_groups.values() if arn in group.target_groups]
    if not groups:
        if targets.targets:
            return unknown(f"the targets of {targets.logical_id}")
        return _down(f"no server is registered in {targets.logical_id}")
    return worst(_group(graph, outage, group, targets, balancer, request) for group in groups)


def _group(
    graph: Graph, outage: Outage, group: ServerGroup, targets: TargetGroup, balancer: LoadBalancer, request: Request
) -> Answer:
    """Return the answer of an Auto Scaling group's servers behind a target group, with the stores that they need."""
    template = graph.launch_templates.get(group.launch_template)
    if template is None:
        return unknown(f"the launch template of {group.logical_id}")
    if group.least < 1:
        return _down(f"{group.logical_id} may have no servers")
    if not allows_traffic(graph.network, balancer.groups, template.groups, targets.port):
        return _down(f"security groups do not allow traffic from {balancer.logical_id} to the servers")
    alive = _servers(graph, outage, group, targets, balancer)
    if request.probe:
        return alive
    if outage.s3 and any(text in template.text for text in FROM_S3):
        alive = alive.add_reason(NO_BOOT)
    stores = all_needed(
        database.answer(graph, outage, template, writes=request.method not in READING),
        cache.answer(graph, outage, template),
        files.answer(graph, outage, template, targets),
    )
    if _are_replaced(graph, group, targets, template):
        stores = _with_new_servers(stores, targets)
    return all_needed(alive, stores)


def _are_replaced(graph: Graph, group: ServerGroup, targets: TargetGroup, template: LaunchTemplate) -> bool:
    """Return whether servers are unhealthy while their database does not respond.

    A health check of `/` is assumed to need the database, but not the sample application's, nor one of another path.
    """
    used = template.referenced_ids & graph.databases.keys()
    checks_page = targets.health_check_path.partition("?")[0] == "/"
    return group.elb_checked and bool(used) and checks_page and not template.sample_application


def _with_new_servers(stores: Answer, targets: TargetGroup) -> Answer:
    """Return the answer to a page whose servers are replaced because a store is down for longer than the health check.

    Source: "Health checks for instances in an Auto Scaling group".
    """
    down = [phase for phase in stores.transient if not phase.some and phase.reply.outcome is Outcome.ERROR]
    longest = max((phase.lasts.high for phase in down if phase.lasts), default=0)
    if longest <= targets.seconds or stores.last.outcome is not Outcome.PAGE:
        return stores
    booting = Phase(_unreachable("new servers boot"), documented_timings.BOOT.seconds)
    return Answer((*stores.transient, booting, stores.phases[-1])).add_reason(ALL_REPLACED)


def _servers(graph: Graph, outage: Outage, group: ServerGroup, targets: TargetGroup, balancer: LoadBalancer) -> Answer:
    """Return the answer of the servers themselves, without their stores."""
    zones = _zones(graph, group, balancer)
    if not zones:
        return _down(f"{group.logical_id} has no zone in common with {balancer.logical_id}")
    if outage.region or outage.all_servers:
        return _down("no server responds")
    if outage.zone and any(is_unknown(zone) for zone in zones):
        return unknown(f"the zones of {group.logical_id}'s subnets")
    if set(zones) == {outage.zone}:
        return _down(f"all servers of {group.logical_id} are in {outage.zone}")
    return _some_lost(group, targets) if outage.one_server or outage.zone in zones else page()


def _some_lost(group: ServerGroup, targets: TargetGroup) -> Answer:
    """Return the answer after the loss of one server, or of a zone's servers: the group balances across zones."""
    noticed = Seconds(0, targets.seconds)
    if group.least > 1:
        return page(HEALTH_CHECK).after(
            Phase(_unreachable("the load balancer still sends requests to a lost server"), noticed, some=True)
        )
    starting = Seconds(targets.seconds, targets.seconds + group.start_seconds)
    return page(REPLACED).after(Phase(_unreachable(f"{group.logical_id} has only one server"), starting))


def _zones(graph: Graph, group: ServerGroup, balancer: LoadBalancer) -> tuple[str, ...]:
    """Return the zones of the servers that receive requests: those that the load balancer is also in."""
    servers = group.zones or graph.network.zones_of(group.subnets)
    balancing = graph.network.zones_of(balancer.subnets)
    known = set(graph.network.zones.values())
    if not (set(servers) <= known and set(balancing) <= known):
        return servers
    return tuple(zone for zone in servers if zone in balancing)


def _unreachable(why: str) -> Reply:
    """Return what the load balancer answers for servers that it does not reach."""
    first, *others = UNREACHABLE
    return Reply(Outcome.ERROR, first, (why,), also=tuple(others))


def _down(why: str) -> Answer:
    return Answer((Phase(_unreachable(why)),))
