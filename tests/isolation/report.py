"""The tables: what each function did for its own stack, and what came of turning it on the neighbour."""

from collections.abc import Iterable
from itertools import groupby

from rich.markup import escape
from rich.table import Table

from tests.isolation.attacks import Attack
from tests.isolation.intruder import Tried, is_accepted
from tests.isolation.own import Row


def own_table(rows: Iterable[Row]) -> Table:
    """Return a line for each request on a function's own stack."""
    made = _table("On its own stack", "Function", "Request", "Target", "Calls of AWS", "")
    for function, group in groupby(sorted(rows, key=lambda row: row.function), key=lambda row: row.function):
        for row in group:
            result = [f"[red]{escape(problem)}[/]" for problem in row.problems] or ["allowed"]
            made.add_row(function, row.what, row.target, str(row.requests), "\n".join(result))
        made.add_section()
    return made


def attack_table(attacks: Iterable[Attack]) -> Table:
    """Return a line for each attack on the neighbour."""
    made = _table("Turned on the neighbour", "Function", "How", "Target", "Denied by IAM", "")
    for function, group in groupby(sorted(attacks, key=lambda one: one.function), key=lambda one: one.function):
        for one in group:
            wrong = [f"[red]reached: {escape(what)}[/]" for what in one.reached]
            wrong += [f"[red]changed: {escape(what)}[/]" for what in one.changed]
            denied = sorted({entry.partition(" ")[0] for entry in one.denied})
            made.add_row(
                function, one.how, one.target, "\n".join(denied) or "nothing was asked", "\n".join(wrong) or "held"
            )
        made.add_section()
    return made


def intruder_table(tried: Iterable[Tried]) -> Table:
    """Return a line for each role: what it may do to the neighbour's resources."""
    made = _table("Every action of every role, on everything of the neighbour's", "Role", "Tried", "Allowed")
    for one in tried:
        lines = []
        for action, deployed_resources in groupby(one.reached, key=lambda pair: pair[0]):
            count, entry = len(list(deployed_resources)), is_accepted(one.role, action)
            text = f"{action} ({count} resources)" + (f": {entry.reason}" if entry else "")
            lines.append(escape(text) if entry else f"[red]{escape(text)}[/]")
        made.add_row(one.role, str(one.count), "\n".join(lines) or "nothing")
    return made


def _table(title: str, *columns: str) -> Table:
    made = Table(title=title)
    for name in columns:
        made.add_column(name)
    return made
