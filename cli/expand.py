"""The command `expand`: the macro's result for a template, without deploying the macro."""

from pathlib import Path

import click

from cli.macro_listed import require_macro
from cli.notes import note_unused_extensions, note_without_recipient, note_without_site
from cli.options import layer_option, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template, to_json, write_file
from cli.template_parameters import template_parameters_option
from resilient_website.expand import expand_template
from resilient_website.functions.code import FunctionCode
from resilient_website.read_template import DEFAULT_MACRO

EXAMPLES = """
\b
Examples:
  build_templates.py expand examples/minimal.yaml -o build/site.json
  build_templates.py expand site.yaml --region eu-west-1 \\
      --parameter HostedZoneId=Z0123456789ABCDEFGHIJ

Exit status: 0 if the result is written; 1 if FILE has problems: each is reported on a line, and nothing is written;
2 for a command line that is not understood.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
@template_parameters_option
@region_option
@click.option("--macro", default=DEFAULT_MACRO, show_default=True, help="The name under which the macro is installed.")
@layer_option
@problems_on_stderr
def expand(
    file: Path, output: Path | None, parameters: dict[str, str], region: str, macro: str, code: FunctionCode
) -> None:
    """Write the resources that the macro generates from FILE (JSON or YAML), as JSON.

    Without --layer, the functions' code is inline, so that the result can be deployed as it is.
    """
    template = read_template(file)
    require_macro(template, macro)
    expanded = expand_template(template, parameter_values(template, parameters), region, macro, code)
    note_unused_extensions(file, template)
    note_without_site(file, template)
    note_without_recipient(file, expanded)
    if output:
        write_file(output, to_json(expanded))
    else:
        click.echo(to_json(expanded), nl=False)
