"""The hop from the load balancer to the web servers, and what these need in turn."""

from availability import cache, database
from availability.answers import UNREACHABLE, Answer, Outcome, Phase, Reply, all_needed, always, page, unknown, worst
from availability.failures import Outage
from availability.figures import Seconds
from availability.graph import Graph
from availability.nodes.balancing import LoadBalancer, TargetGroup
from availability.nodes.compute import ServerGroup
from availability.nodes.network import admits
from availability.references import is_unknown, reference
from availability.requests import Request

HEALTH_CHECK = "the load balancer's health check"
REPLACED = "the Auto Scaling group starts another server"


def answer(graph: Graph, outage: Outage, targets: TargetGroup, balancer: LoadBalancer, request: Request) -> Answer:
    """Return what the servers of a target group answer."""
    arn = reference(targets.logical_id)
    groups = [group for group in graph.server_groups.values() if arn in group.target_groups]
    if not groups:
        if targets.targets:
            return unknown(f"the targets that {targets.logical_id} names")
        return _down(f"no server is registered in {targets.logical_id}")
    return worst(_group(graph, outage, group, targets, balancer, request) for group in groups)


def _group(
    graph: Graph, outage: Outage, group: ServerGroup, targets: TargetGroup, balancer: LoadBalancer, request: Request
) -> Answer:
    template = graph.launch_templates.get(group.launch_template)
    if template is None:
        return unknown(f"what {group.logical_id} launches its servers from")
    if group.least < 1:
        return _down(f"{group.logical_id} may have no server")
    if not admits(graph.network, balancer.groups, template.groups, targets.port):
        return _down(f"security groups do not let {balancer.logical_id} reach the servers")
    alive = _servers(graph, outage, group, targets, balancer)
    if request.probe:
        return alive
    return all_needed(alive, database.answer(graph, outage, template), cache.answer(graph, outage, template))


def _servers(graph: Graph, outage: Outage, group: ServerGroup, targets: TargetGroup, balancer: LoadBalancer) -> Answer:
    """Return how the servers themselves fare."""
    zones = _zones(graph, group, balancer)
    if not zones:
        return _down(f"{group.logical_id} has no zone in common with {balancer.logical_id}")
    if outage.region or outage.all_servers:
        return _down("no server answers")
    if outage.zone and any(is_unknown(zone) for zone in zones):
        return unknown(f"the zones of {group.logical_id}'s subnets")
    if set(zones) == {outage.zone}:
        return _down(f"all servers of {group.logical_id} were in {outage.zone}")
    return _some_lost(group, targets) if outage.one_server or outage.zone in zones else page()


def _some_lost(group: ServerGroup, targets: TargetGroup) -> Answer:
    """Return how servers fare of which one is lost, or those of a zone: the group spreads them over its zones."""
    noticed = Seconds(0, targets.seconds)
    if group.least > 1:
        return page(HEALTH_CHECK).after(Phase(_unreachable("a lost server is still asked"), noticed, some=True))
    starting = Seconds(targets.seconds, targets.seconds + group.start_seconds)
    return page(REPLACED).after(Phase(_unreachable(f"{group.logical_id} has one server only"), starting))


def _zones(graph: Graph, group: ServerGroup, balancer: LoadBalancer) -> tuple[str, ...]:
    """Return the zones of the servers that the load balancer sends requests to: those that it stands in itself."""
    servers = group.zones or graph.network.zones_of(group.subnets)
    balancing = graph.network.zones_of(balancer.subnets)
    known = set(graph.network.zones.values())
    if not (set(servers) <= known and set(balancing) <= known):
        return servers
    return tuple(zone for zone in servers if zone in balancing)


def _unreachable(why: str) -> Reply:
    first, *others = UNREACHABLE
    return Reply(Outcome.ERROR, first, (why,), also=tuple(others))


def _down(why: str) -> Answer:
    first, *others = UNREACHABLE
    return always(Outcome.ERROR, why, status=first, also=tuple(others))
