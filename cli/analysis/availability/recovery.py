"""How long a switch to the other Region takes (RTO), and what it loses (RPO).

Each figure is a sum of the template's own times and of those that AWS documents. A person decides to switch: that time
is not part of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from cli.analysis.availability import documented_timings as timings
from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.copies import Copy
from cli.analysis.availability.documented_timings import Seconds
from cli.analysis.availability.failures import REGION
from cli.analysis.availability.graph import Graph
from cli.analysis.availability.health import probe
from cli.analysis.availability.nodes.compute import ServerGroup
from cli.analysis.availability.nodes.names import HealthCheck, Record
from cli.analysis.availability.references import referenced_id


@dataclass(frozen=True)
class Part:
    """A step of a switch, or data that it may lose, and its time."""

    what: str
    seconds: Seconds


@dataclass(frozen=True)
class Recovery:
    """A switch: its steps until visitors get the site again, and what was written last and is lost."""

    name: str
    steps: tuple[Part, ...]
    lost: tuple[Part, ...]

    @property
    def rto(self) -> Seconds:
        """The recovery time objective that can be kept, from the start of the switch."""
        return reduce(Seconds.__add__, (step.seconds for step in self.steps), Seconds(0, 0))

    @property
    def rpo(self) -> Seconds:
        """The recovery point objective that can be kept: the longest of what is lost; none if nothing is."""
        return max((part.seconds for part in self.lost), key=lambda span: span.high, default=Seconds(0, 0))


def recoveries(copy: Copy) -> tuple[Recovery, ...]:
    """Return the unplanned and the planned switch to the copy."""
    ready = (*_network(copy), *_stores(copy), *_servers(copy))
    turned = tuple(_turned(copy))
    unplanned = (*ready, *turned, *_front_door(copy))
    planned = (*_stopped(copy), *_caught_up(copy), *ready, *turned)
    return (
        Recovery(f"{copy.primary_region} lost", unplanned, tuple(_lost(copy))),
        Recovery("a planned switch", planned, ()),
    )


def _own(copy: Copy, graph: Graph, names: Iterable[str]) -> list[str]:
    """Return the logical ids, of those given, of the copy's resources."""
    return [name for name in names if graph.region_of(name) == copy.region]


def _replicates(copy: Copy) -> bool:
    """Return whether the copy has a replica of the primary half's database."""
    return any(copy.before.databases[name].source for name in _own(copy, copy.before, copy.before.databases))


def _restores(copy: Copy) -> bool:
    """Return whether the copy has a database only while it is active."""
    return bool(_own(copy, copy.after, copy.after.databases)) and not _own(copy, copy.before, copy.before.databases)


def _network(copy: Copy) -> list[Part]:
    """Return the wait for the copy's stack, if it has none on standby."""
    there = copy.before.balancing.load_balancers
    return [] if _own(copy, copy.before, there) else [Part("create the stack", timings.STACK_CREATION.seconds)]


def _stores(copy: Copy) -> list[Part]:
    """Return the wait for a database that takes writes."""
    if _restores(copy):
        return [Part("restore the database", timings.RDS_RESTORE.seconds)]
    return [Part("promote the database", timings.RDS_PROMOTION.seconds)] if _replicates(copy) else []


def _servers(copy: Copy) -> list[Part]:
    """Return the wait for servers that the copy lacks on standby."""
    fewer = [
        name
        for name in _own(copy, copy.after, copy.after.server_groups)
        if _least(copy.before.server_groups, name) < _least(copy.after.server_groups, name)
    ]
    return [Part("start the servers", timings.BOOT.seconds)] if fewer else []


def _least(groups: dict[str, ServerGroup], name: str) -> int:
    return groups[name].least if name in groups else 0


def _active(copy: Copy) -> list[tuple[Record, HealthCheck]]:
    """Return the primary half's records that lead to the active half, with the check of the switch signal."""
    graph = copy.after
    copied = {record.name for record in graph.records if _own(copy, graph, [record.logical_id])}
    return [
        (record, graph.health_checks[check])
        for record in graph.records
        if record.name in copied
        and record.failover == "PRIMARY"
        and (check := referenced_id(record.health_check)) in graph.health_checks
        and check is not None
    ]


def _turned(copy: Copy) -> list[Part]:
    """Return the time until visitors are led to the copy.

    By DNS: the signal's health check, and caches of the old answer. Or by the origin that CloudFront selects.
    """
    spans = [Seconds(check.seconds, check.seconds + record.ttl) for record, check in _active(copy)]
    if spans:
        return [Part("DNS follows the switch signal", max(spans, key=lambda span: span.high))]
    selects = copy.after.selected_origins
    return [Part("CloudFront selects the copy's origin", timings.ORIGIN_SELECTION.seconds)] if selects else []


def _front_door(copy: Copy) -> list[Part]:
    """Return the time until Route 53 leaves the fallback site: the front door's check has to pass again."""
    outage = REGION.in_region(copy.primary_region).outages[0]
    spans = []
    for record in copy.before.records:
        check = copy.before.health_checks.get(referenced_id(record.health_check) or "")
        if record.failover != "PRIMARY" or check is None or check.inverted or not copy.has(record.name):
            continue
        if probe(copy.before, outage, check).last.outcome is not Outcome.PAGE:
            spans.append(Seconds(check.seconds, check.seconds + record.ttl))
    return [Part("the front door's health check passes again", max(spans, key=lambda span: span.high))] if spans else []


def _stopped(copy: Copy) -> list[Part]:
    """Return the time until no server of the primary half writes any more."""
    groups = copy.before.balancing.target_groups.items()
    delays = [group.deregistration_seconds for name, group in groups if copy.before.region_of(name) != copy.region]
    return [Part("stop the servers of the primary half", Seconds(0, max(delays)))] if delays else []


def _caught_up(copy: Copy) -> list[Part]:
    if _restores(copy):
        return [Part("wait for the replicated backup", timings.BACKUP_LOGS.seconds)]
    return [Part("wait for the replica", timings.CAUGHT_UP.seconds)] if _replicates(copy) else []


def _lost(copy: Copy) -> list[Part]:
    """Return what an unplanned switch may lose."""
    found = []
    if _replicates(copy):
        found.append(Part(_unreplicated(copy), timings.REPLICA_LAG.seconds))
    if _restores(copy):
        found.append(Part("writes that no replicated backup has", timings.BACKUP_LOGS.seconds))
    if copy.before.replication.buckets:
        found.append(Part("assets that S3 did not replicate", timings.ASSETS_REPLICATION.seconds))
    return found


def _unreplicated(copy: Copy) -> str:
    """Return the writes that the replica did not receive, with the alarm on its lag."""
    alarms = [alarm for alarm in copy.before.replication.lag_alarms if _own(copy, copy.before, [alarm.database])]
    least = min((alarm.threshold for alarm in alarms), default=None)
    watched = f"; an alarm starts above {least} s" if least is not None else ""
    return f"writes that the replica did not receive (ReplicaLag{watched})"
