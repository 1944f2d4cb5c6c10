"""The command `explain`: shows a template's architecture, failures and cost, as a file and in short on the terminal."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import click

from cli.analysis.availability.copies import active_half, active_template, copies
from cli.analysis.costs.charge import Traffic
from cli.analysis.costs.compact_sites import CompactTemplate
from cli.analysis.costs.price_list import price_list
from cli.analysis.costs.property_costs import property_costs
from cli.analysis.costs.variants import priced_variants
from cli.analysis.creation.schedule import Schedule
from cli.analysis.picture.draw import mermaid, svg_file
from cli.analysis.service_levels.composed import HostUptime
from cli.analysis.well_architected.answers import QuestionAnswer
from cli.console import print_wrapped
from cli.explain.as_json import as_json as report_json
from cli.explain.durations import minutes
from cli.explain.page import page
from cli.explain.report import Report, report
from cli.macro_listed import require_macro
from cli.no_website import no_website
from cli.options import json_option, print_json, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template, write_file
from cli.template_parameters import template_parameters_option
from cli.traffic_options import traffic_options

# The endings of files that can be written. A name without one, as /dev/stdout, gets the HTML file.
PICTURES = (".svg", ".mmd")
ENDINGS = ("", ".html", ".htm", *PICTURES)

# How many resources of the critical path the summary names.
MAX_SHOWN = 3

EXAMPLES = """
\b
Examples:
  build_templates.py explain examples/with-domain.yaml -o report.html
  build_templates.py explain site.yaml -o picture.svg
  build_templates.py explain site.yaml -o picture.mmd
  build_templates.py explain site.yaml --json

Exit status: 0 if the report is written; 1 if FILE has problems or is not the template of a
website, or the report can't be written; 2 for a command line that is not understood.
"""


def _output(_context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
    if path is not None and path.suffix not in ENDINGS:
        raise click.BadParameter(f"found {path.suffix}; give a file that ends with .html, .svg or .mmd")
    return path


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=_output,
    help="Write the report to this file: .html, or only the picture as .svg or .mmd (Mermaid).",
)
@template_parameters_option
@region_option
@traffic_options
@json_option("the figures of the report")
@problems_on_stderr
def explain(
    file: Path, output: Path | None, parameters: dict[str, str], region: str, traffic: Traffic, as_json: bool
) -> None:
    """Write a report on FILE: a picture of the architecture, what fails and how it recovers, and what it costs.

    It also has how long the first deployment takes (a Gantt chart, and the critical path, with the source of each time:
    documented by AWS, reported by others, or assumed), and the uptime that follows from AWS's service level agreements.
    It answers the questions of the AWS Well-Architected Framework that a template
    can answer, and shows what each property costs, and cheaper and more resilient variants.

    The report is one HTML file for any browser; it loads nothing from the network. Without --output, a summary is
    printed. --json prints what `failures` and `cost` do not.
    """
    template = read_template(file)
    require_macro(template)
    values = parameter_values(template, parameters)
    expanded = active_half(template, values, region)
    made = report(file.stem, expanded, copies(template, values, region), price_list(), traffic)
    if not made.failures:
        raise no_website(file)
    if as_json or (output is not None and output.suffix not in PICTURES):
        compact = CompactTemplate(active_template(template, values, region), values, region, price_list(), traffic)
        made = replace(made, property_costs=property_costs(compact), variants=priced_variants(compact))
    if output is not None:
        write_file(output, _written(made, output.suffix))
    if as_json:
        print_json(report_json(made))
    elif output is None:
        _summary(made)
    else:
        click.echo(output)


def _written(made: Report, suffix: str) -> str:
    if suffix == ".svg":
        return svg_file(made.picture)
    return mermaid(made.picture) if suffix == ".mmd" else page(made)


def _summary(made: Report) -> None:
    """Print the counts, the worst that visitors get in each failure, and the total."""
    click.echo(f"{made.title}: {made.resources} resources in {made.region}")
    for table in made.failures:
        click.echo()
        print_wrapped(f"{', '.join(table.addresses)}, {table.columns[0]}:")
        for name, cells in table.rows:
            print_wrapped(f"  {name}: {'; '.join(text for _, text in cells[0].phases)}")
    click.echo()
    for host in made.uptimes:
        print_wrapped(_uptime(host, made.levels.as_of))
    print_wrapped(_cost(made))
    print_wrapped(_deployment(made.creation))
    print_wrapped(_well_architected(made.well_architected))
    click.echo("Write the whole report with --output report.html.")


def _cost(made: Report) -> str:
    """Return the line on the sum a month, with the large parts that it lacks."""
    total = made.estimate.total
    lacks = (*(f"{what}, which has no known price" for what in made.estimate.unknown), *made.other_halves)
    return (
        f"{total.low:,.0f} to {total.high:,.0f} US dollars a month, {total.expected:,.0f} expected"
        f" (prices of {made.prices.as_of} in {made.prices.region})"
        + (f"; not in this sum: {'; '.join(lacks)}" if lacks else "")
    )


def _uptime(host: HostUptime, as_of: str) -> str:
    """Return the line on the uptime of some hosts, by AWS's promises."""
    parts = ", ".join(f"{100 * each.uptime:.2f} % for {each.pages}" for each in (host.dynamic, host.any))
    agreements = f"service level agreements (as of {as_of})"
    return f"{', '.join(host.addresses)}: {parts}, if AWS keeps its {agreements}; not a forecast"


def _deployment(made: Schedule) -> str:
    """Return the line on the first deployment: its time, and the resources that it waits for the longest."""
    longest = sorted(made.critical, key=lambda name: -made.steps[name].span.expected)[:MAX_SHOWN]
    waits = ", ".join(f"{name} {minutes(made.steps[name].span.expected)}" for name in made.critical if name in longest)
    span = made.total
    bases = ", ".join(f"{minutes(seconds)} {basis.words}" for basis, seconds in made.rests_on.items())
    return (
        f"about {minutes(span.expected)} for the first deployment ({minutes(span.low)} to {minutes(span.high)}),"
        f" most of it for {waits} (times of {made.as_of}: {bases})"
    )


def _well_architected(made: Collection[QuestionAnswer]) -> str:
    """Return the line on the questions of the Well-Architected Framework."""
    visible = [answer for answer in made if not answer.question.not_visible]
    whole = [answer for answer in visible if not answer.missing]
    return (
        f"AWS Well-Architected Framework: a template can answer {len(visible)} of {len(made)} questions; this one"
        f" answers {len(whole)} of them completely"
    )
