"""The tables of `failures`, and the same as JSON: what visitors get, for every failure and kind of request."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from cli.analysis.availability import formatting
from cli.analysis.availability.answers import Answer, Outcome, Phase
from cli.analysis.availability.documented_timings import TIMINGS, DocumentedTiming
from cli.analysis.availability.model import Cell, Survey
from cli.analysis.availability.requests import RequestKind, Visit

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
    for hosts, visits in _hosts(result):
        yield _table(result, hosts, visits, title, first)


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
        "answer": "; ".join(formatting.phases(answer, _requested(visit))),
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


def _hosts(result: Survey) -> list[tuple[list[str], list[Visit]]]:
    """Return the hosts, grouped if all their answers are the same, with the requests to the first of each group."""

    def answers(host: str) -> str:
        return repr(
            [(cell.failure.name, cell.visit.kind, cell.answer) for cell in result.cells if cell.visit.host == host]
        )

    names = list(dict.fromkeys(visit.host for visit in result.visits))
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(answers(name).replace(name, ""), []).append(name)
    return [(hosts, [visit for visit in result.visits if visit.host == hosts[0]]) for hosts in alike.values()]


def _table(result: Survey, hosts: list[str], visits: list[Visit], title: str, first: str) -> Table:
    """Return the table of a group of hosts: one row per failure, one column per set of requests with equal answers."""
    named = f"{title}{', '.join(map(formatting.address, hosts))}"
    table = Table(title=named, title_justify="left", show_lines=True)
    table.add_column(first, no_wrap=not title)
    columns = [list(same) for _, same in groupby(visits, lambda visit: _column(result, visit))]
    for same in columns:
        table.add_column(", ".join(f"{visit.kind} ({visit.method} {visit.path})" for visit in same), ratio=1)
    for failure in result.failures:
        table.add_row(failure.name, *(_shown(result.answer(failure.name, same[0]), same[0]) for same in columns))
    return table


def _column(result: Survey, visit: Visit) -> list[Answer]:
    return [result.answer(failure.name, visit) for failure in result.failures]


def _requested(visit: Visit) -> str:
    return "the asset" if visit.kind is RequestKind.ASSET else "the page"


def _shown(answer: Answer, visit: Visit) -> Group:
    """Return an answer, with a color per outcome, and below it the mechanisms."""
    lines = zip(formatting.phases(answer, _requested(visit)), answer.phases, strict=True)
    what = Text("\n").join(Text(text, style=COLORS[phase.reply.outcome]) for text, phase in lines)
    why = formatting.why(answer)
    return Group(what, Text(why, style="dim")) if why else Group(what)
