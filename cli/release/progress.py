"""Follows a release: the stack's events, and how many old and new servers are in service."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cli.deployed.servers import healthy_targets, members
from cli.deployed.site import CANARY_TARGET_GROUP, DeployedSite
from cli.deployed.stack_events import last_operation
from cli.deployed.stack_update import UPDATE, StackUpdate
from cli.deployed.tools import POLL, Tools
from resilient_website.problems import InvalidTemplateError, Problem


@dataclass(frozen=True)
class Servers:
    """The group's servers: those that are in service and those that are healthy, old and new."""

    old: int
    healthy_old: int
    new: int
    healthy_new: int

    def __str__(self) -> str:
        return f"new servers: {self.healthy_new} of {self.new} healthy; old ones: {self.healthy_old} of {self.old}"


@dataclass(frozen=True)
class Since:
    """What there was before the update: the group's servers, and the events of the last one."""

    servers: frozenset[str]
    events: frozenset[str]


def server_ids(client: Callable[[str, str], Any], site: DeployedSite) -> frozenset[str]:
    """Return the servers of the group now."""
    return frozenset(each["InstanceId"] for each in members(client, site))


def servers(client: Callable[[str, str], Any], site: DeployedSite, before: frozenset[str]) -> Servers:
    """Return the state of the servers; `before` are those from before the release."""
    now, healthy = server_ids(client, site), healthy_targets(client, site)
    old, new = now & before, now - before
    return Servers(len(old), len(old & healthy), len(new), len(new & healthy))


def event_ids(tools: Tools, stack: StackUpdate) -> frozenset[str]:
    """Return the events of the stack's last operation."""
    page = tools.client("cloudformation", stack.region).describe_stack_events
    return frozenset(event["EventId"] for event in last_operation(page, stack.stack))


def canary_servers(client: Callable[[str, str], Any], site: DeployedSite) -> str:
    """Return the state of the servers that try out a release."""
    return f"canary's servers: {len(healthy_targets(client, site, CANARY_TARGET_GROUP))} healthy"


def follow(tools: Tools, stack: StackUpdate, site: DeployedSite, since: Since, *, of_canary: bool = False) -> str:
    """Say what happens until the update has ended, and return the stack's status.

    The status is that of before until CloudFormation has written the update's first event. Raises InvalidTemplateError
    if the update does not end.
    """
    shown = set(since.events)
    last, end = None, tools.now() + UPDATE
    while True:
        status = stack.status()
        for line in _new_events(tools, stack, shown):
            tools.say(line)
        seen = canary_servers(tools.client, site) if of_canary else str(servers(tools.client, site, since.servers))
        if seen != last:
            tools.say(f"  {seen}")
        last = seen
        if len(shown) > len(since.events) and not status.endswith("_IN_PROGRESS"):
            return status
        if tools.now() >= end:
            minutes = int(UPDATE.total_seconds() // 60)
            raise InvalidTemplateError([Problem(site.title, f"still {status} after {minutes} minutes", stack.again)])
        tools.sleep(POLL.total_seconds())


def _new_events(tools: Tools, stack: StackUpdate, shown: set[str]) -> Iterator[str]:
    """Yield the events that were not shown yet, the oldest first, and note them in `shown`."""
    page = tools.client("cloudformation", stack.region).describe_stack_events
    new = [event for event in last_operation(page, stack.stack) if event["EventId"] not in shown]
    for event in reversed(new):
        shown.add(event["EventId"])
        reason = f": {event['ResourceStatusReason']}" if event.get("ResourceStatusReason") else ""
        yield f"{event['Timestamp']:%H:%M:%S} UTC {event['LogicalResourceId']} {event.get('ResourceStatus')}{reason}"
