"""The command `failures`: shows what visitors get when something fails, from the template alone."""

from pathlib import Path
from typing import Any

import click

from cli.analysis.availability.copies import active_half, copies
from cli.analysis.availability.model import Survey, survey
from cli.console import report_console
from cli.failures import copy_report, report
from cli.failures.differences import differences, differences_json, differences_table
from cli.macro_listed import require_macro
from cli.no_website import no_website
from cli.options import json_option, name_and_value, print_json, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template
from cli.template_parameters import template_parameters_option

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
@template_parameters_option
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

    For a compact template whose sites have a copy in another Region (Secondary), it also shows what visitors get when
    one of the Regions is lost, before and after a switch, and what they get from the copy. --region is then the Region
    of the primary half.

    With --compare, it shows what another shape of the same template gives up or gains, as staging and production.
    """
    template = read_template(file)
    require_macro(template)
    result = _survey(file, template, parameters, region)
    if compared:
        _show_differences(result, _survey(file, template, {**parameters, **compared}, region), compared, as_json)
        return
    values = parameter_values(template, parameters)
    there = copies(template, values, region)
    if as_json:
        print_json(report.as_json(result) | copy_report.as_json(there))
        return
    console = report_console()
    for part in (*report.tables(result), *(table for copy in there for table in copy_report.tables(copy))):
        console.print(part)


def _survey(file: Path, template: dict[str, Any], parameters: dict[str, str], region: str) -> Survey:
    """Return what visitors get while the half of this Region is the active one."""
    values = parameter_values(template, parameters)
    result = survey(active_half(template, values, region).template, region, values)
    if not result.visits:
        raise no_website(file)
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
