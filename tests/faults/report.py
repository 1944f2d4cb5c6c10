"""The table: each case with its requests, the fault that each met, what was answered and when, and what was left."""

from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table

from tests.faults.trial import Row


def table(rows: Iterable[Row]) -> Table:
    """Return the rows as a table, a line for each request; what broke a promise is red."""
    made = Table(title="Custom resources under fault (seconds are the function's own)")
    for name in ("Custom resource", "Request", "Fault", "Answer", "Seconds", "What is left"):
        made.add_column(name)
    for row in rows:
        for number, one in enumerate(row.seen):
            first, last = number == 0, number == len(row.seen) - 1
            answer = [escape(" ".join(one.answer.split())), *map(_red, one.problems)]
            left = [row.left, *map(_red, row.problems)] if last else []
            made.add_row(
                f"{row.resource}\n[dim]{row.title}[/]" if first else "",
                one.request,
                one.fault,
                "\n".join(answer),
                f"{one.seconds:.0f}",
                "\n".join(left),
                end_section=last,
            )
    return made


def _red(problem: str) -> str:
    return f"[red]{escape(problem)}[/]"
