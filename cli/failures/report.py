"""The tables of `failures`, and the same as JSON: what visitors get, for every failure and kind of request."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from cli.analysis.availability import formatting
from cli.analysis.availability.answers import Answer, Outcome, Phase
from cli.analysis.availability.documented_timings import TIMINGS, DocumentedTiming
from cli.analysis.availability.model import Cell, Survey
from cli.analysis.availability.tables import AnswerTable, answer_tables, requested
from cli.console import report_console

# The maximum width of the first column: in characters, or on a wide console, as a part of its width. A longer name
# takes two lines, so that the answers keep their room.
NAME_WIDTH, NAME_SHARE = 24, 1 / 4
COLORS = {
    Outcome.PAGE: "green",
    Outcome.SAVED_PAGE: "green",
    Outcome.FRIENDLY_PAGE: "yellow",
    Outcome.UNKNOWN: "magenta",
    Outcome.ERROR: "red",
    Outcome.TIME_OUT: "red",
}


def as_json(result: Survey) -> dict[str, Any]:
    """Return all answers, and the documented timings that they are based on."""
    return {
        "answers": [cell(item) for item in result.cells],
        "figures": [figure(timing) for timing in TIMINGS],
    }


def figure(timing: DocumentedTiming) -> dict[str, Any]:
    """Return a documented timing as JSON."""
    return {"what": timing.what, "seconds": [timing.seconds.low, timing.seconds.longest], "source": timing.source}


def tables(result: Survey, title: str = "", first: str = "What fails") -> Iterator[Table]:
    """Yield a table for each group of hosts whose answers are the same. `title` is written before the hosts."""
    for found in answer_tables(result):
        yield _table(found, title, first)


def cell(item: Cell) -> dict[str, Any]:
    """Return the answer to one request during one failure as JSON."""
    visit, answer = item.visit, item.answer
    return {
        "failure": item.failure.name,
        "request": {
            "kind": visit.kind.value,
            "host": formatting.host(visit.host),
            "path": visit.path,
            "method": visit.method,
        },
        "answer": "; ".join(formatting.phases(answer, requested(visit))),
        "phases": [_phase(phase) for phase in answer.phases],
    }


def _phase(phase: Phase) -> dict[str, Any]:
    return {
        "outcome": phase.reply.outcome.name.lower().replace("_", " "),
        "status": phase.reply.status,
        "requests": "some" if phase.some else "all",
        "seconds": [phase.lasts.low, phase.lasts.longest] if phase.lasts else None,
        "wait": phase.reply.wait,
        "why": list(phase.reply.why),
    }


def _table(found: AnswerTable, title: str, first: str) -> Table:
    """Return the table of a group of hosts: one row per failure, one column per set of requests with equal answers."""
    table = Table(title=f"{title}{', '.join(found.addresses)}", title_justify="left", show_lines=True)
    widest = max(NAME_WIDTH, int(report_console().width * NAME_SHARE))
    table.add_column(first, no_wrap=not title and max(map(len, found.failures)) <= widest, max_width=widest)
    for column in found.columns:
        table.add_column(column.title, ratio=1, overflow="fold")
    for number, failure in enumerate(found.failures):
        table.add_row(failure, *(_shown(column.answers[number], column.requested) for column in found.columns))
    return table


def _shown(answer: Answer, page: str) -> Group:
    """Return an answer, with a color per outcome, and below it the mechanisms."""
    lines = zip(formatting.phases(answer, page), answer.phases, strict=True)
    what = Text("\n").join(Text(text, style=COLORS[phase.reply.outcome]) for text, phase in lines)
    why = formatting.why(answer)
    return Group(what, Text(why, style="dim")) if why else Group(what)
