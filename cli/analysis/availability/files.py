"""The hop to the shared files: requests that use them wait while EFS, or its mount target, does not respond."""

from cli.analysis.availability.answers import Answer, Outcome, Phase, Reply, all_needed, always, page
from cli.analysis.availability.documented_timings import Seconds
from cli.analysis.availability.failures import Outage
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.nodes.balancing import TargetGroup
from cli.analysis.availability.nodes.compute import LaunchTemplate
from cli.analysis.availability.nodes.network import allows_traffic
from cli.analysis.availability.nodes.stores import FileSystem
from resilient_website.facts.ports import NFS

# A hard mount, the mount helper's default, retries until the server responds, so that the load balancer and CloudFront
# time out. Sources: "Recommended NFS mount options" in the Amazon EFS User Guide; "Troubleshoot your Application Load
# Balancers", HTTP 504.
TIMED_OUT = 504
WAITING = "requests that use the shared files wait until EFS responds"
NOTICED = "the load balancer's health check stops the requests to the servers in that zone"
UNNOTICED = (
    "requests that use the shared files wait in one zone: the health check does not use the files, so that the load "
    "balancer keeps sending requests there until the zone is shifted away"
)


def answer(graph: Graph, outage: Outage, template: LaunchTemplate, targets: TargetGroup) -> Answer:
    """Return the answer to a page whose servers use the file systems in their launch template.

    Every page is assumed to use the files, and a health check of `/`, but none of another path. Servers with the sample
    application do not mount them.
    """
    used = [graph.file_systems[name] for name in sorted(template.referenced_ids) if name in graph.file_systems]
    return all_needed(page(), *(_of(graph, outage, template, targets, system) for system in used))


def _of(graph: Graph, outage: Outage, template: LaunchTemplate, targets: TargetGroup, system: FileSystem) -> Answer:
    for groups in system.mount_targets:
        if not allows_traffic(graph.network, template.groups, groups, NFS):
            why = f"{system.logical_id}'s security groups do not allow traffic from the web servers"
            return always(Outcome.ERROR, why, status=TIMED_OUT)
    if outage.file_system:
        return always(Outcome.ERROR, WAITING, status=TIMED_OUT)
    return _in_one_zone(targets, system) if outage.mount_target else page()


def _in_one_zone(targets: TargetGroup, system: FileSystem) -> Answer:
    """Return the answer after the loss of one mount target: servers in other zones use their own."""
    some = len(system.mount_targets) > 1
    if some and targets.health_check_path.partition("?")[0] == "/":
        waiting = Reply(Outcome.ERROR, TIMED_OUT, (WAITING,))
        return page(NOTICED).after(Phase(waiting, Seconds(0, targets.seconds), some=True))
    return Answer((Phase(Reply(Outcome.ERROR, TIMED_OUT, (UNNOTICED if some else WAITING,)), some=some),))
