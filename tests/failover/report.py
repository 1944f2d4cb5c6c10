"""The table: each failure and request, what the model says about it, and what was seen."""

from collections.abc import Sequence
from itertools import groupby

from rich.table import Table

from tests.failover.trial import Row

_PARTS = 4


def table(title: str, rows: Sequence[Row]) -> Table:
    """Return the rows as a table; requests of a failure of which the same is said and seen share one."""
    made = Table(title=f"{title} (seconds of AWS)", show_lines=True)
    for name in ("What fails", "Request", "Said by the model", "Seen", "After", "Back after"):
        made.add_column(name)
    for _, same in groupby(sorted(rows, key=lambda row: _place(rows, row)), key=_alike):
        made.add_row(*_cells(list(same)))
    return made


def _alike(row: Row) -> tuple[object, ...]:
    return row.failure, row.said, row.seen, row.problems


def _place(rows: Sequence[Row], row: Row) -> int:
    """Return the index of the first equal row."""
    return next(number for number, other in enumerate(rows) if _alike(other) == _alike(row))


def _cells(rows: Sequence[Row]) -> tuple[str, ...]:
    first = rows[0]
    seen = list(first.seen)
    shortened = seen if len(seen) <= _PARTS else [*seen[: _PARTS - 1], f"... {seen[-1]}"]
    problems = [f"[red]{problem}[/]" for problem in first.problems]
    requests = "\n".join(row.request for row in rows)
    times = (_span([row.seconds for row in rows]), _span([row.back for row in rows]))
    return (first.failure, requests, "\n".join(first.said), "\n".join([*shortened, *problems]), *times)


def _span(seconds: Sequence[float]) -> str:
    low, high = round(min(seconds)), round(max(seconds))
    return f"{high} s" if low == high else f"{low}-{high} s"
