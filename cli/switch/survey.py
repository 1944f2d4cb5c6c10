"""The state of a site's halves, read from AWS: what `switch status` shows, and what a switch is decided on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.aws_problems import AWS_ERRORS
from cli.deployed.tools import Tools
from cli.switch.agreement import Agreement
from cli.switch.compact import active_region, original
from cli.switch.database import Database, read_database
from cli.switch.half import Half, status_of
from cli.switch.lag import LOOK_BACK, Lost, Point, lost_by_backups, lost_by_replica, points
from cli.switch.pointing import Pointing
from cli.switch.servers import Servers, read_servers


@dataclass(frozen=True)
class HalfState:
    """The state of one half. `named_active` is the active Region by its stack's template; None for a flat template.

    A half that is not created has neither that nor servers.
    """

    half: Half
    stack_status: str
    named_active: str | None
    database: Database | None
    lag: Point | None
    servers: Servers | None
    lost: Lost | None

    @property
    def replicates(self) -> bool:
        """Whether it gets the other half's data: by a replica or by backups."""
        return self.lost is not None


@dataclass(frozen=True)
class Survey:
    """The halves that were read, which of them visitors get (None if it was not read), and why a half was not read.

    `agreement` is what differs in the halves' templates; None if it was not read.
    """

    now: datetime
    states: tuple[HalfState, ...]
    visitors_get: str | None
    unread: tuple[tuple[str, str], ...] = ()
    agreement: Agreement | None = None

    def of(self, region: str) -> HalfState | None:
        """Return the state of the half in a Region, if it was read."""
        return next((state for state in self.states if state.half.region == region), None)


def survey(tools: Tools, halves: tuple[Half, ...], unread: tuple[tuple[str, str], ...] = ()) -> Survey:
    """Return the state of these halves, and where visitors are sent if one of them knows."""
    states = tuple(half_state(tools, half) for half in halves)
    knows = next((half for half in halves if not half.primary or half.behind_vpc_origin), None)
    visitors_get = Pointing(tools, knows).region() if knows else None
    return Survey(tools.now(), states, visitors_get, unread)


def half_state(tools: Tools, half: Half) -> HalfState:
    """Return the state of one half, by its Region's APIs."""
    client, now = tools.client, tools.now()
    status = status_of(client("cloudformation", half.region), half.stack)
    if not half.made:
        return HalfState(half, status, None, None, None, None, _lost(client, half, None, ()))
    database = read_database(client, half)
    measured, unmeasured = _measured(client, half, database, now)
    return HalfState(
        half=half,
        stack_status=status,
        named_active=active_region(original(client, half), half),
        database=database,
        lag=measured[-1] if measured else None,
        servers=read_servers(client, half),
        lost=Lost(None, unmeasured) if unmeasured else _lost(client, half, database, measured),
    )


def _measured(client: Any, half: Half, database: Database | None, now: datetime) -> tuple[tuple[Point, ...], str]:
    """Return the replica's lag, and why there is none: without CloudWatch, a switch must still be possible."""
    if database is None or database.source is None:
        return (), ""
    try:
        return points(client, half, database.id, now - LOOK_BACK, now), ""
    except AWS_ERRORS as error:
        return (), f"CloudWatch did not give ReplicaLag ({error})"


def _lost(client: Any, half: Half, database: Database | None, measured: tuple[Point, ...]) -> Lost | None:
    """Return what a switch to this half would lose; None if nothing is replicated to it."""
    if database is not None:
        return lost_by_replica(measured) if database.source is not None else None
    return lost_by_backups(client, half) if half.backups_only else None
