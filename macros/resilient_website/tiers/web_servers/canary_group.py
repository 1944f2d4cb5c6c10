"""The servers of a canary: a small group of their own, which exists while a release is tried out."""

from dataclasses import replace

from troposphere import AWSObject

from resilient_website.context import Context
from resilient_website.tiers.web_servers import group, launch_template
from resilient_website.tiers.web_servers.group import CANARY
from resilient_website.tiers.web_servers.result import Dependencies
from resilient_website.tiers.web_servers.spec import WebServersSpec, sizes


def build(
    context: Context, spec: WebServersSpec, deps: Dependencies, waits_for: list[str], log_group: str | None
) -> tuple[AWSObject, ...]:
    """Return the launch template and the group, which waits for what the site's servers wait for; or nothing.

    The group does not wait for the listeners: their weights wait for it. Its size is that of its share, with room for
    one more, which an update needs.
    """
    canary, targets = spec.canary, deps.load_balancer.canary
    if canary is None or targets is None or not canary.runs:
        return ()
    size = canary.size(sizes(spec, deps.network.zone_count)[1])
    tried = replace(
        spec,
        artifact=canary.artifact(spec.artifact),
        container=canary.container(spec.container),
        min_size=size,
        max_size=size + 1,
        desired_capacity=None,
    )
    before = [name for name in waits_for if name not in deps.load_balancer.ready]
    return (
        launch_template.build(context, tried, deps, log_group, CANARY),
        group.build(context, tried, deps, before, CANARY, targets.arn),
    )
