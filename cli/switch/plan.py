"""The steps of a planned and of an unplanned switch, in order, and what speaks against starting them."""

from collections.abc import Iterator

from cli.deployed.stack_update import IDLE
from cli.deployed.step import Step
from cli.deployed.tools import Tools
from cli.switch import origin_store
from cli.switch.compact import may_be_rebuilt, original, written
from cli.switch.half import Half
from cli.switch.pointing import Pointing
from cli.switch.site_file import SiteFile
from cli.switch.steps.allow_launches import AllowLaunches
from cli.switch.steps.catch_up import CatchUp
from cli.switch.steps.promote import Promote
from cli.switch.steps.recover import Recover
from cli.switch.steps.scale import Scale
from cli.switch.steps.stop_servers import StopServers
from cli.switch.steps.turn import Turn
from cli.switch.steps.verify import Verify
from cli.switch.steps.write_active_region import WriteActiveRegion
from cli.switch.survey import HalfState, Survey
from resilient_website.problems import InvalidTemplateError, Problem


def unplanned(tools: Tools, target: Half) -> tuple[Step, ...]:
    """Return the steps with the APIs of the target's Region only.

    The stack is updated last, since that takes longest, and visitors do not need it.
    """
    write = WriteActiveRegion(tools, target, target.region)
    pointing = Pointing(tools, target)
    verify = Verify(tools, target, pointing)
    if target.primary and not target.behind_vpc_origin:
        # The signal is in the other Region. Unread, it leads here.
        return (Promote(tools, target), Scale(tools, target), verify, write)
    return (Promote(tools, target), Scale(tools, target), Turn(target, pointing), verify, write)


def planned(tools: Tools, target: Half, source: Half) -> tuple[Step, ...]:
    """Return the steps that lose nothing: writes stop, all arrives, and the stack update promotes.

    A half that was recovered from backups is no standby one afterwards: its stack is to be deleted.
    """
    pointing = Pointing(tools, source if target.primary else target)
    return (
        StopServers(tools, source, pointing),
        CatchUp(tools, target),
        WriteActiveRegion(tools, target, target.region),
        Scale(tools, target),
        Turn(target, pointing),
        Verify(tools, target, pointing),
        *(_standby(tools, source, target.region) if source.stays else ()),
    )


def recovery(tools: Tools, target: Half, file: SiteFile, source: Half | None) -> tuple[Step, ...]:
    """Return the steps that create the target from its file; with the `source` of a planned switch, nothing is lost."""
    recover = Recover(tools, target, file)
    if source is None:
        return (recover,)
    return StopServers(tools, source, Pointing(tools, target)), CatchUp(tools, target), recover


def after_recovery(tools: Tools, target: Half, source: Half | None) -> tuple[Step, ...]:
    """Return the steps that follow the target's creation."""
    standby = () if source is None else _standby(tools, source, target.region)
    pointing = Pointing(tools, target)
    return Scale(tools, target), Turn(target, pointing), Verify(tools, target, pointing), *standby


def _standby(tools: Tools, half: Half, active: str) -> tuple[Step, ...]:
    """Return the steps that make the half that was active the standby one."""
    return WriteActiveRegion(tools, half, active, rebuild=_rebuilds(tools, half)), AllowLaunches(tools, half)


def _rebuilds(tools: Tools, source: Half) -> bool:
    """Return whether the database of the half that was active is replaced by a replica when it becomes the standby one.

    All that was written to it has arrived by then. The primary half's is replaced only if its template says so, as it
    does after a switch and back.
    """
    return not source.primary or may_be_rebuilt(original(tools.client, source), source)


def refuse(tools: Tools, target: Half, source: Half | None, seen: Survey) -> None:
    """Raise InvalidTemplateError if the steps would fail, or lose what they promise to keep.

    `source` is the other half of a planned switch, None for an unplanned one.
    """
    problems = [*_dead_ends(target, seen), *(_planned(tools, target, source, seen) if source else ())]
    if problems:
        raise InvalidTemplateError(problems)


def _dead_ends(target: Half, seen: Survey) -> Iterator[Problem]:
    """Yield what neither kind of switch can do without."""
    lacking = origin_store.missing(target) if target.behind_vpc_origin and not target.primary else None
    if lacking:
        yield lacking
    state = seen.of(target.region)
    if state and state.lost and target.backups_only and state.lost.until is None:
        advice = "wait for the first one, or restore a snapshot: docs/switch.md, 'If the database is gone'"
        yield Problem(target.name, f"there is nothing to restore: {state.lost.why}", advice)


def _planned(tools: Tools, target: Half, source: Half, seen: Survey) -> Iterator[Problem]:
    """Yield what a planned switch would fail at, or lose: in the databases, in the stacks, and in their templates."""
    state, other = seen.of(target.region), seen.of(source.region)
    if state is None or other is None:
        return
    yield from _databases(tools, state, other, seen)
    for each in (state, other):
        if each.half.made and each.stack_status not in IDLE and not each.stack_status.endswith("_IN_PROGRESS"):
            advice = "continue or repair its last update in CloudFormation first"
            yield Problem(each.half.name, f"the stack is {each.stack_status}, and takes no update", advice)
    yield from _templates(tools, target, source)


def _databases(tools: Tools, state: HalfState, other: HalfState, seen: Survey) -> Iterator[Problem]:
    """Yield databases between which not everything would arrive. `state`: the target's; `other`: the source's."""
    target, source = state.half, other.half
    stopped = other.servers is not None and other.servers.empty
    # Once visitors get the target, or nothing writes in the source, a promotion was a step of this switch.
    begun = stopped or target.region in (seen.visitors_get, state.named_active)
    stale = state.database is not None and not state.replicates and other.database is not None
    if stale and not begun:
        advice = (
            f"first make it a replica: in the file, Secondary.Replica: true with the ActiveRegion of now, deployed to "
            f"{target.region} (docs/switch.md, 'Make the old half the copy')"
        )
        yield Problem(target.name, f"its database is no replica of that in {source.region}", advice)
    arrived = state.replicates or stopped
    if source.primary and other.database is not None and not arrived and _rebuilds(tools, source):
        advice = (
            "save what only it has (docs/switch.md, 'What was lost'), then deploy the file with "
            f"Secondary.ActiveRegion: {target.region} to {source.region}, which replaces the database and keeps a "
            "final snapshot"
        )
        found = "its database has what the active one lacks, and its template's Secondary.Replica lets it be replaced"
        yield Problem(source.name, found, advice)
    if state.database is not None and state.database.broken:
        advice = "repair it first (docs/switch.md, 'If the lag does not reach zero'): a planned switch loses nothing"
        yield Problem(target.name, f"its replication is in the state {state.database.replication}", advice)


def _templates(tools: Tools, target: Half, source: Half) -> Iterator[Problem]:
    """Yield why a half's template can't be written. Found before the servers stop, not by the step that writes it."""
    for half, rebuild in ((target, False), (source, _rebuilds(tools, source))):
        if not half.stays:
            continue
        try:
            written(original(tools.client, half), half, target.region, rebuild=rebuild)
        except InvalidTemplateError as error:
            yield from error.problems
