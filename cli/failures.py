"""The command `failures`: a table of what visitors get when something fails, from the template alone."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from cli.analysis.availability import formatting
from cli.analysis.availability.answers import Answer, Outcome, Phase
from cli.analysis.availability.documented_timings import FIGURES
from cli.analysis.availability.model import Cell, Survey, survey
from cli.analysis.availability.requests import RequestKind, Visit
from cli.macro_listed import require_macro
from cli.options import parameters_option, problems_on_stderr, region_option
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem

# A table in a file or a pipe is as wide as this; on a terminal, as wide as that is.
PLAIN_WIDTH = 140

COLORS = {
    Outcome.PAGE: "green",
    Outcome.SAVED_PAGE: "green",
    Outcome.FRIENDLY_PAGE: "yellow",
    Outcome.UNKNOWN: "magenta",
    Outcome.ERROR: "red",
    Outcome.TIME_OUT: "red",
}

EXAMPLES = """
\b
Examples:
  build_templates.py failures examples/with-domain.yaml
  build_templates.py failures site.yaml --region eu-west-1 --json

\b
Exit status: 0 if the table is printed, whatever it shows; 1 if FILE has problems, or is not the template of a website;
2 for a command line that is not understood.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@parameters_option
@region_option
@click.option("--json", "as_json", is_flag=True, help="For scripts: every failure and request, with all that is known.")
@problems_on_stderr
def failures(file: Path, parameters: dict[str, str], region: str, as_json: bool) -> None:
    """Say what visitors get from FILE's sites when something fails, by which mechanism, and after how long.

    FILE is a template, compact or already expanded, JSON or YAML. Nothing is deployed and AWS is not asked: the answers
    are worked out from the template's resources, and from figures that AWS documents.
    """
    template = read_template(file)
    require_macro(template)
    values = parameter_values(template, parameters)
    result = survey(expand_template(template, values, region), region, values)
    if not result.visits:
        found = "no CloudFront distribution, load balancer or DNS record that visitors could come to"
        raise InvalidTemplateError([Problem(str(file), found, "name the template of a website")])
    if as_json:
        click.echo(json.dumps(_as_json(result), indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    for hosts, visits in _hosts(result):
        console.print(_table(result, hosts, visits))


def _as_json(result: Survey) -> dict[str, Any]:
    """Return all answers, and the documented figures that they rest on."""
    return {
        "answers": [_cell(cell) for cell in result.cells],
        "figures": [
            {"what": figure.what, "seconds": [figure.seconds.low, figure.seconds.longest], "source": figure.source}
            for figure in FIGURES
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    """Return one failure and one request as JSON."""
    visit, answer = cell.visit, cell.answer
    return {
        "failure": cell.failure.name,
        "request": {
            "kind": visit.kind.value,
            "host": formatting.host(visit.host),
            "path": visit.path,
            "method": visit.method,
        },
        "answer": "; ".join(formatting.phases(answer, _asked_for(visit))),
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
    """Return the hosts, those that answer alike together, each group with the requests to its first."""

    def answers(host: str) -> str:
        return repr(
            [(cell.failure.name, cell.visit.kind, cell.answer) for cell in result.cells if cell.visit.host == host]
        )

    names = list(dict.fromkeys(visit.host for visit in result.visits))
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(answers(name).replace(name, ""), []).append(name)
    return [(hosts, [visit for visit in result.visits if visit.host == hosts[0]]) for hosts in alike.values()]


def _table(result: Survey, hosts: list[str], visits: list[Visit]) -> Table:
    """Return the table of one group of hosts: a row a failure, a column for requests with the same answers."""
    table = Table(title=f"https://{', '.join(map(formatting.host, hosts))}", title_justify="left", show_lines=True)
    table.add_column("What fails", no_wrap=True)
    columns = [list(same) for _, same in groupby(visits, lambda visit: _column(result, visit))]
    for same in columns:
        table.add_column(", ".join(f"{visit.kind} ({visit.method} {visit.path})" for visit in same), ratio=1)
    for failure in result.failures:
        table.add_row(failure.name, *(_shown(result.answer(failure.name, same[0]), same[0]) for same in columns))
    return table


def _column(result: Survey, visit: Visit) -> list[Answer]:
    return [result.answer(failure.name, visit) for failure in result.failures]


def _asked_for(visit: Visit) -> str:
    return "the asset" if visit.kind is RequestKind.ASSET else "the page"


def _shown(answer: Answer, visit: Visit) -> Group:
    """Return an answer, coloured by what comes when, and below it how it comes about."""
    said = zip(formatting.phases(answer, _asked_for(visit)), answer.phases, strict=True)
    what = Text("\n").join(Text(text, style=COLORS[phase.reply.outcome]) for text, phase in said)
    why = formatting.why(answer)
    return Group(what, Text(why, style="dim")) if why else Group(what)
