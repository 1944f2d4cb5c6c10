"""The command `failures`: shows what visitors get when something fails, from the template alone."""

from pathlib import Path

import click

from cli.analysis.availability.copies import copies, sites_with_copy, with_active
from cli.analysis.availability.model import survey
from cli.console import report_console
from cli.failures import copy_report, report
from cli.macro_listed import require_macro
from cli.options import json_option, parameters_option, print_json, problems_on_stderr, region_option
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem

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
@json_option("every failure and request with all details")
@problems_on_stderr
def failures(file: Path, parameters: dict[str, str], region: str, as_json: bool) -> None:
    """Show what visitors of FILE's sites get when something fails, by which mechanism and after how long.

    FILE is a template, compact or expanded, JSON or YAML. The command does not deploy anything or call AWS: it derives
    the results from the template's resources and from timings that AWS documents.

    For a compact template whose sites have a copy in another Region (Secondary), it also shows what visitors get when
    one of the Regions is lost, before and after a switch, and what they get from the copy. --region is then the Region
    of the primary half.
    """
    template = read_template(file)
    require_macro(template)
    values = parameter_values(template, parameters)
    copied = sites_with_copy(template, values, region)
    result = survey(expand_template(with_active(template, copied, region), values, region), region, values)
    if not result.visits:
        found = "found no CloudFront distribution, load balancer or DNS record that serves visitors"
        raise InvalidTemplateError([Problem(str(file), found, "use the template of a website")])
    there = copies(template, values, region) if copied else ()
    if as_json:
        print_json(report.as_json(result) | copy_report.as_json(there))
        return
    console = report_console()
    for part in (*report.tables(result), *(table for copy in there for table in copy_report.tables(copy))):
        console.print(part)
