"""The table: each case with its requests, the fault that each met, what was answered and when, and what was left."""

from collections.abc import Iterable

from rich.table import Table

from tests.faults.trial import Row


def table(rows: Iterable[Row]) -> Table:
    """Return the rows as a table; what broke a promise is red."""
    made = Table(title="Custom resources under fault (seconds are the function's own)", show_lines=True)
    for name in ("Custom resource", "Request", "Fault", "Answer", "Seconds", "What is left"):
        made.add_column(name)
    for row in rows:
        made.add_row(*_cells(row))
    return made


def _cells(row: Row) -> tuple[str, ...]:
    lines = [(one.request, one.fault, _short(one.answer), f"{one.seconds:.0f}") for one in row.seen]
    columns = ["\n".join(cells) for cells in zip(*lines, strict=True)]
    problems = [*row.problems, *(f"{one.request}: {problem}" for one in row.seen for problem in one.problems)]
    left = "\n".join([row.left, *(f"[red]{problem}[/]" for problem in problems)])
    return row.resource, *columns, left


def _short(answer: str, most: int = 46) -> str:
    flat = " ".join(answer.split())
    return flat if len(flat) <= most else flat[: most - 3] + "..."
