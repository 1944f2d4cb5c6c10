"""The command `flat`: a site as a self-contained template, for accounts without the macro."""

from pathlib import Path

import click

from cli.flat.parameters import fixed_parameters
from cli.flat.size import flat_text, size_note
from cli.flat.template import flat_template
from cli.macro_listed import require_macro
from cli.notes import note_without_site
from cli.options import parameters_option, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template, write_file
from resilient_website.read_template import DEFAULT_MACRO

EXAMPLES = """
\b
Examples:
  build_templates.py flat examples/with-domain.yaml -o site.json \\
      --region eu-west-1
  build_templates.py flat site.yaml -o site.json --parameter Replicas=2

Exit status: 0 if the result is written; 1 if FILE has problems: each is reported on a line, and nothing is written;
2 for a command line that is not understood.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
@parameters_option
@region_option
@click.option("--macro", default=DEFAULT_MACRO, show_default=True, help="The macro's name in FILE's Transform.")
@problems_on_stderr
def flat(file: Path, output: Path | None, parameters: dict[str, str], region: str, macro: str) -> None:
    """Write FILE (JSON or YAML) with its sites expanded and the functions' code inline, as JSON.

    The result needs no macro, transform, nested stack or other file: for stack sets with service-managed permissions,
    for the Console, and for accounts where the macro can't be installed. Parameters that decide which resources are
    created get their value now, and are removed; the others stay.

    A parameter that decides through conditions stays, but accepts only its current value; a note says so.
    """
    template = read_template(file)
    require_macro(template, macro)
    made = flat_template(template, parameter_values(template, parameters), region, macro)
    text = flat_text(made)
    note_without_site(file, template)
    for name in fixed_parameters(template, made):
        decided = f"conditions on {name} were evaluated for its current value: it accepts no other value"
        click.echo(f"{file}: {decided}", err=True)
    if output:
        write_file(output, text)
    else:
        click.echo(text, nl=False)
    note = size_note(text, str(output or "FILE"))
    if note:
        click.echo(note, err=True)
