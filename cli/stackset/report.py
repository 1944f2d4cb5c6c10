"""The result of a roll-out: for each account and Region, whether it succeeded, and if not, why."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table
from rich.text import Text

from cli.stackset.request import AccountRegion, Request
from cli.stackset.roll_out import RolledOut
from cli.stackset.state import INOPERABLE, SUCCEEDED, Instance

SUCCESS = ("succeeded", "deleted")
COLORS = {"succeeded": "green", "deleted": "green", "failed": "red", "not reached": "yellow"}
INOPERABLE_ADVICE = "delete it with --delete --retain-stacks, and then delete its stack manually"


@dataclass(frozen=True)
class Row:
    """The result in one account and Region, and the reason."""

    account: str
    region: str
    status: str
    reason: str


def rows(places: Iterable[AccountRegion], done: RolledOut) -> list[Row]:
    """Return a row for each target account and Region."""
    instances = {instance.place: instance for instance in done.found.instances} if done.found else {}
    return [_row(place, instances.get(place), done) for place in places]


def _row(place: AccountRegion, instance: Instance | None, done: RolledOut) -> Row:
    results = [result for operation in done.operations for result in operation.results if result.place == place]
    last = results[-1] if results else None
    reason_given = (last.reason if last else "") or (instance.reason if instance else "")
    if instance and instance.good and (not last or last.status == SUCCEEDED):
        return Row(place.account, place.region, "succeeded", "")
    if instance and instance.status == INOPERABLE:
        return Row(place.account, place.region, "failed", "; ".join(filter(None, [reason_given, INOPERABLE_ADVICE])))
    if (last and last.status == "FAILED") or (instance and instance.last == "FAILED"):
        return Row(place.account, place.region, "failed", reason_given or "StackSets gives no reason")
    reason = reason_given or "an earlier operation failed"
    return Row(place.account, place.region, "not reached", reason)


def deletion_rows(done: RolledOut) -> list[Row]:
    """Return a row for each stack that was deleted or failed to be."""
    gone = [Row(place.account, place.region, "deleted", "") for place in done.deleted]
    failed = [
        Row(result.place.account, result.place.region, "failed", result.reason)
        for operation in done.operations
        for result in operation.results
        if operation.action == "DELETE" and result.status != SUCCEEDED and result.place not in done.deleted
    ]
    return [*gone, *failed]


def succeeded(table: Iterable[Row], done: RolledOut) -> bool:
    """Return whether everything succeeded."""
    last = done.operations[-1].status if done.operations else SUCCEEDED
    return last == SUCCEEDED and all(row.status in SUCCESS for row in table)


def as_table(request: Request, table: Iterable[Row]) -> Table:
    """Return the report for people."""
    shown = Table(title=f"Stack set {request.name}", title_justify="left")
    for heading in ("Account", "Region", "Status", "Why"):
        shown.add_column(heading, no_wrap=heading != "Why", overflow="fold")
    for row in table:
        color = COLORS.get(row.status, "")
        shown.add_row(row.account, row.region, Text(row.status, style=color), Text(row.reason))
    return shown


def report_json(request: Request, table: Iterable[Row], done: RolledOut) -> dict[str, Any]:
    """Return the report for scripts."""
    operations = [
        {"id": operation.id, "action": operation.action, "status": operation.status, "reason": operation.reason}
        for operation in done.operations
    ]
    return {"stackSet": request.name, "operations": operations, "stacks": [asdict(row) for row in table]}
