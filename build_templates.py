#!/usr/bin/env python3
"""Builds and expands templates: the macro's work without the macro, on a laptop."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT), str(ROOT / "macros")]

import click  # noqa: E402

from cli.command_groups import GroupedCommands  # noqa: E402
from cli.flat.size import flat_text  # noqa: E402
from cli.macro_listed import require_macro  # noqa: E402
from cli.notes import note_unused_extensions, note_without_site  # noqa: E402
from cli.options import layer_option, parameters_option, problems_on_stderr, region_option  # noqa: E402
from cli.parameter_values import parameter_values  # noqa: E402
from cli.template_file import read_template, to_json, write_file  # noqa: E402
from cli.templates.console_template import console_template  # noqa: E402
from cli.templates.ready_templates import ready_templates  # noqa: E402
from resilient_website.expand import DEFAULT_MACRO, expand_template  # noqa: E402
from resilient_website.functions.code import FunctionCode  # noqa: E402

BUILD = Path("build")


@click.group(cls=GroupedCommands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option("0.1.0", prog_name="build_templates.py")
@click.pass_context
def cli(context: click.Context) -> None:
    """Write, check and launch resilient websites on AWS, from your own machine.

    Without a command, the templates that ship with the project are written below build/. Nothing is deployed unless a
    command says so.
    """
    if context.invoked_subcommand is None:
        build()


@problems_on_stderr
def build() -> None:
    """Write the templates that ship with the project, and say where they are."""
    texts = {
        "console": to_json(console_template().to_dict()),
        **{name: flat_text(template) for name, template in ready_templates().items()},
    }
    for name, text in texts.items():
        path = BUILD / f"{name}.template.json"
        write_file(path, text)
        click.echo(path)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here, not to standard output.")
@parameters_option
@region_option
@click.option("--macro", default=DEFAULT_MACRO, show_default=True, help="The name under which the macro is installed.")
@layer_option
@problems_on_stderr
def expand(
    file: Path, output: Path | None, parameters: dict[str, str], region: str, macro: str, code: FunctionCode
) -> None:
    """Write what the macro makes of FILE (JSON or YAML), as JSON.

    Without --layer the functions have their code inside, so that the result can be deployed as it is.

    Exits with 1 and every problem, one a line, if FILE can't be expanded; then nothing is written.
    """
    template = read_template(file)
    require_macro(template, macro)
    note_unused_extensions(file, template)
    expanded = expand_template(template, parameter_values(template, parameters), region, macro, code)
    note_without_site(file, template)
    if output:
        write_file(output, to_json(expanded))
    else:
        click.echo(to_json(expanded), nl=False)


if __name__ == "__main__":
    cli()
