"""What `switch` and `switch status` show, as text and as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.table import Table

from cli.switch.agreement import Agreement
from cli.switch.half import Half
from cli.switch.lag import OLD_BACKUPS
from cli.switch.run import LEFT, Result
from cli.switch.servers import Servers
from cli.switch.survey import HalfState, Survey

# Differences between the halves' templates that are shown; the others are counted.
SHOWN = 5

# A database counts its transactions itself; AWS's APIs do not show that.
TRANSACTIONS = "how many transactions that is, only the databases know: docs/switch.md, 'What was lost'"


def headline(seen: Survey) -> str:
    """Return one line: the site, and where visitors are."""
    half = seen.states[0].half
    visitors = f"visitors get {seen.visitors_get}" if seen.visitors_get else "which half visitors get was not read"
    return f"Site {half.stack}:{half.site}: {visitors}"


def table(seen: Survey) -> Table:
    """Return both halves side by side: one row per half."""
    shown = Table(title=headline(seen), title_justify="left", show_lines=True)
    for column in ("Region", "Half", "Stack", "Database", "Servers"):
        shown.add_column(column)
    for state in seen.states:
        shown.add_row(*_row(state, seen))
    for region, reason in seen.unread:
        shown.add_row(region, "not read", reason, "", "")
    return shown


def _row(state: HalfState, seen: Survey) -> tuple[str, ...]:
    half = state.half
    role = "primary" if half.primary else "secondary"
    visitors = "\nvisitors get it" if seen.visitors_get == half.region else ""
    named = f"\nActiveRegion: {state.named_active or 'not in its template'}" if half.made else ""
    return (
        half.region,
        role + visitors,
        f"{state.stack_status}{named}",
        _database(state, seen.now),
        _servers(state.servers),
    )


def _servers(servers: Servers | None) -> str:
    if servers is None:
        return "none"
    stopped = "" if servers.launches else "\nlaunches suspended"
    return f"{servers.healthy} healthy of {servers.desired}; {servers.active_size} while active{stopped}"


def _database(state: HalfState, now: datetime) -> str:
    database = state.database
    if database is None:
        return _backups(state.lost.until if state.lost else None, now)
    zones = "Multi-AZ" if database.multi_az else "single AZ"
    if database.source is None:
        return f"{database.id}: {database.status}, {zones}\ntakes writes"
    lag = "lag unknown" if state.lag is None else f"lag {state.lag.seconds:g} s at {state.lag.start:%H:%M} UTC"
    broken = f", replication {database.replication}" if database.replication else ""
    return f"{database.id}: {database.status}, {zones}\nreplica{broken}, {lag}"


def _backups(until: datetime | None, now: datetime) -> str:
    if until is None:
        return "none"
    old = now - until > OLD_BACKUPS
    stopped = "\nOLD: see docs/second-region.md, 'If the backups are no longer replicated'" if old else ""
    return f"replicated backups\nrestorable until {until:%Y-%m-%d %H:%M} UTC{stopped}"


def lost_text(seen: Survey, target: Half) -> str:
    """Return what an unplanned switch to the target would lose now."""
    state = seen.of(target.region)
    if state is None:
        return ""
    if state.lost is None:
        return _nothing_replicated(state, seen)
    if state.lost.until is None:
        return f"A switch to {target.region} loses an unknown part of what was written: {state.lost.why}"
    seconds = state.lost.seconds(seen.now) or 0
    return (
        f"A switch to {target.region} now loses what was written after {state.lost.until:%Y-%m-%d %H:%M:%S} UTC and is "
        f"not replicated: at most the last {seconds:.0f} s; {TRANSACTIONS}"
    )


def _nothing_replicated(state: HalfState, seen: Survey) -> str:
    region = state.half.region
    if state.database is None:
        return f"A switch to {region} loses nothing: the site has no database"
    if seen.visitors_get == region or (seen.visitors_get is None and state.named_active == region):
        return f"A switch to {region} loses nothing: its database already takes the writes"
    return (
        f"The database in {region} is no replica: after a switch, what was written in {state.half.other_region} since "
        "then is missing"
    )


def differing_text(found: Agreement) -> str:
    """Return what differs in the halves' templates, and which half to deploy."""
    shown = [
        f"{each.path} ({', '.join(f'{region}: {value}' for region, value in each.values.items())})"
        for each in found.differing[:SHOWN]
    ]
    left = len(found.differing) - len(shown)
    more = f", and {left} more" if left else ""
    text = f"The halves have different templates: {'; '.join(shown)}{more}."
    if found.behind is None:
        return f"{text} Deploy the same file to both Regions."
    times = ", ".join(f"{region} was updated {at:%Y-%m-%d %H:%M} UTC" for region, at in found.updated.items())
    return f"{text} {found.behind} is behind ({times}): deploy the same file there, with the same parameter values."


def results_table(results: Sequence[Result]) -> Table:
    """Return the steps of a dry run."""
    shown = Table(title="Steps", title_justify="left")
    for column in ("", "Step", "State", "Takes"):
        shown.add_column(column)
    for number, result in enumerate(results, 1):
        shown.add_row(str(number), result.title, result.state, result.takes if result.state == LEFT else "")
    return shown


def next_lines(target: Half, source: Half | None) -> tuple[str, ...]:
    """Return what to do after a switch; `source` is the other half of a planned one."""
    is_planned = source is not None
    secondary = target.secondary_region
    wrote = f"ActiveRegion: {secondary} in Secondary"
    if target.region != secondary:
        wrote = "Secondary without ActiveRegion" + (", with Replica: true" if is_planned and target.database_id else "")
    lines = [f"Write into the file, before its next deployment: {wrote}."]
    other = target.other_region
    again = f"switch {target.stack}:{target.site} --to {target.region} --planned"
    if target.region == secondary:
        if not is_planned:
            lines.append(f"As soon as {other} answers again: {again}. It makes that half the standby one.")
        lines.append(f"The database in {other} keeps its old data: docs/switch.md, 'Make the old half the copy'.")
    elif source is not None and not source.stays:
        lines.append(f"Delete the stack {source.stack} in {other}, if any. A final snapshot of its database remains.")
    elif not is_planned:
        signal = "" if target.behind_vpc_origin else " Its switch signal may lead visitors there."
        lines.append(f"As soon as {other} answers again: {again}.{signal}")
    return tuple(lines)


def survey_json(seen: Survey) -> dict[str, Any]:
    """Return the state of both halves."""
    half = seen.states[0].half
    return {
        "stack": half.stack,
        "site": half.site,
        "at": seen.now.isoformat(),
        "visitorsGet": seen.visitors_get,
        "halves": [_half_json(state, seen) for state in seen.states],
        "templates": _agreement_json(seen.agreement),
        "unread": [{"region": region, "reason": reason} for region, reason in seen.unread],
    }


def _agreement_json(found: Agreement | None) -> dict[str, Any] | None:
    if found is None:
        return None
    differing = [{"path": each.path, "values": dict(each.values)} for each in found.differing]
    return {"differing": differing, "behind": found.behind}


def _half_json(state: HalfState, seen: Survey) -> dict[str, Any]:
    """Return one half for `--json`; each part is None if the half does not have it."""
    half, database, servers, lost = state.half, state.database, state.servers, state.lost
    return {
        "region": half.region,
        "primary": half.primary,
        "stackStatus": state.stack_status,
        "activeRegion": state.named_active,
        "database": database
        and {
            "id": database.id,
            "status": database.status,
            "replicaOf": database.source,
            "replication": database.replication or None,
            "multiAz": database.multi_az,
            "lagSeconds": state.lag.seconds if state.lag else None,
            "lagAt": state.lag.start.isoformat() if state.lag else None,
        },
        "servers": servers
        and {
            "healthy": servers.healthy,
            "desired": servers.desired,
            "minimum": servers.minimum,
            "activeSize": servers.active_size,
            "launches": servers.launches,
        },
        "wouldBeLost": lost
        and {
            "writtenAfter": lost.until.isoformat() if lost.until else None,
            "seconds": lost.seconds(seen.now),
            "transactions": None,
            "why": lost.why or TRANSACTIONS,
        },
    }


def results_json(results: Sequence[Result]) -> list[dict[str, str]]:
    """Return the steps and what became of them."""
    return [{"step": result.title, "state": result.state, "takes": result.takes} for result in results]
