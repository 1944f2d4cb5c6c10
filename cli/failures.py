"""The command `failures`: shows what visitors get when something fails, from the template alone."""

from itertools import groupby
from pathlib import Path
from typing import Any

import click
from rich.console import Group
from rich.table import Table
from rich.text import Text

from cli.analysis.availability import formatting
from cli.analysis.availability.answers import Answer, Outcome, Phase
from cli.analysis.availability.documented_timings import TIMINGS
from cli.analysis.availability.model import Cell, Survey, survey
from cli.analysis.availability.requests import RequestKind, Visit
from cli.console import report_console
from cli.failure_differences import differences, differences_json, differences_table
from cli.macro_listed import require_macro
from cli.options import json_option, name_and_value, parameters_option, print_json, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem

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
  build_templates.py failures site.yaml \\
      --parameter Environment=production --compare Environment=staging

Exit status: 0 if the table is printed, whatever it shows; 1 if FILE has problems, or is not the template of a website;
2 for a command line that is not understood.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@parameters_option
@region_option
@click.option(
    "--compare",
    "compared",
    multiple=True,
    metavar="NAME=VALUE",
    callback=name_and_value,
    help="Show only what differs with this value of a parameter. Repeatable.",
)
@json_option("every failure and request with all details")
@problems_on_stderr
def failures(file: Path, parameters: dict[str, str], region: str, compared: dict[str, str], as_json: bool) -> None:
    """Show what visitors of FILE's sites get when something fails, by which mechanism and after how long.

    FILE is a template, compact or expanded, JSON or YAML. The command does not deploy anything or call AWS: it derives
    the results from the template's resources and from timings that AWS documents.

    With --compare, it shows what another shape of the same template gives up or gains, as staging and production.
    """
    template = read_template(file)
    require_macro(template)
    result = _survey(file, template, parameters, region)
    if compared:
        _show_differences(result, _survey(file, template, {**parameters, **compared}, region), compared, as_json)
        return
    if as_json:
        print_json(_report_json(result))
        return
    console = report_console()
    for hosts, visits in _hosts(result):
        console.print(_table(result, hosts, visits))


def _survey(file: Path, template: dict[str, Any], parameters: dict[str, str], region: str) -> Survey:
    values = parameter_values(template, parameters)
    result = survey(expand_template(template, values, region), region, values)
    if not result.visits:
        found = "found no CloudFront distribution, load balancer or DNS record that serves visitors"
        raise InvalidTemplateError([Problem(str(file), found, "use the template of a website")])
    return result


def _show_differences(given: Survey, other: Survey, compared: dict[str, str], as_json: bool) -> None:
    found = differences(given, other)
    shape = ", ".join(f"{name}={value}" for name, value in compared.items())
    if as_json:
        print_json(differences_json(found))
    elif found:
        report_console().print(differences_table(found, shape))
    else:
        click.echo(f"Nothing differs with {shape}.")


def _report_json(result: Survey) -> dict[str, Any]:
    """Return all answers, and the documented timings that they are based on."""
    return {
        "answers": [_cell(cell) for cell in result.cells],
        "figures": [
            {"what": timing.what, "seconds": [timing.seconds.low, timing.seconds.longest], "source": timing.source}
            for timing in TIMINGS
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    """Return the answer to one request during one failure as JSON."""
    visit, answer = cell.visit, cell.answer
    return {
        "failure": cell.failure.name,
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


def _table(result: Survey, hosts: list[str], visits: list[Visit]) -> Table:
    """Return the table of a group of hosts: one row per failure, one column per set of requests with equal answers."""
    table = Table(title=", ".join(map(formatting.address, hosts)), title_justify="left", show_lines=True)
    table.add_column("What fails", no_wrap=True)
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
