"""The command `explain`: shows a template's architecture, failures and cost, as a file and in short on the terminal."""

from pathlib import Path

import click

from cli.analysis.availability.copies import active_half, copies
from cli.analysis.costs.charge import Traffic
from cli.analysis.costs.price_list import price_list
from cli.analysis.picture.draw import mermaid, svg_file
from cli.console import print_wrapped
from cli.explain.page import page
from cli.explain.report import Report, report
from cli.macro_listed import require_macro
from cli.options import problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template, write_file
from cli.template_parameters import template_parameters_option
from cli.traffic_options import traffic_options

# The endings of files that can be written. A name without one, as /dev/stdout, gets the HTML file.
ENDINGS = ("", ".html", ".htm", ".svg", ".mmd")

EXAMPLES = """
\b
Examples:
  build_templates.py explain examples/with-domain.yaml -o report.html
  build_templates.py explain site.yaml -o picture.svg
  build_templates.py explain site.yaml -o picture.mmd

Exit status: 0 if the report is written; 1 if FILE has problems, or the report can't be written;
2 for a command line that is not understood.
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
@problems_on_stderr
def explain(file: Path, output: Path | None, parameters: dict[str, str], region: str, traffic: Traffic) -> None:
    """Write a report on FILE: a picture of the architecture, what fails and how it recovers, and what it costs.

    The report is one HTML file for any browser; it loads nothing from the network. Without --output, a summary is
    printed.
    """
    template = read_template(file)
    require_macro(template)
    values = parameter_values(template, parameters)
    expanded = active_half(template, values, region)
    made = report(file.stem, expanded, copies(template, values, region), price_list(), traffic)
    if output is None:
        _summary(made)
        return
    write_file(output, _written(made, output.suffix))
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
    total = made.estimate.total
    click.echo()
    print_wrapped(
        f"{total.low:,.0f} to {total.high:,.0f} US dollars a month, {total.expected:,.0f} expected"
        f" (prices of {made.prices.as_of} in {made.prices.region})"
    )
    click.echo("Write the whole report with --output report.html.")
