"""The command `schema`: the schema of the compact resource, for editors and linters."""

import json
from pathlib import Path

import click

from cli.options import problems_on_stderr
from cli.schema.editor_files import MODELINE, names_schema, other_configuration, write_editor_files
from cli.schema.schemas import resource_type_schema, template_schema
from cli.template_file import to_json, write_file
from resilient_website.problems import InvalidTemplateError, Problem

EXAMPLES = """
\b
Examples:
  build_templates.py schema --folder .
  build_templates.py schema -o template.schema.json
  build_templates.py schema --resource-type -o types/ResilientWebsite.json

Exit status: 0 if the schema is written; 1 if a file can't be written;
2 for a command line that is not understood.
"""


@click.command("schema", epilog=EXAMPLES)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of standard output.")
@click.option(
    "--resource-type",
    is_flag=True,
    help="Print the CloudFormation resource schema instead, for cfn-lint and cloudformation-validate.",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    help="Write what editors, cfn-lint and `sam validate --lint` need into this folder.",
)
@problems_on_stderr
def schema(output: Path | None, resource_type: bool, folder: Path | None) -> None:
    """Print the JSON Schema of templates with sites, with which an editor completes and checks properties.

    The YAML language server of Visual Studio Code and other editors reads the schema that the first line of site.yaml
    names. Run `schema --folder` again after an upgrade of the command line.
    """
    if folder is not None:
        if output or resource_type:
            raise click.UsageError("--folder writes every file; leave --output and --resource-type out")
        _write_into(folder)
        return
    made = resource_type_schema() if resource_type else template_schema()
    if output:
        write_file(output, to_json(made))
    else:
        click.echo(json.dumps(made, indent=2, ensure_ascii=False))


def _write_into(folder: Path) -> None:
    """Write the files; configuration that exists is left as it is, and reported once everything else is written."""
    for path in write_editor_files(folder):
        click.echo(path)
    if not names_schema(folder):
        click.echo(f"For completion in an editor, make this the first line of the template:\n{MODELINE}", err=True)
    kept = [
        Problem(str(path), "exists already, and has other settings", f"add to it:\n{text}")
        for path, text in other_configuration(folder)
    ]
    if kept:
        raise InvalidTemplateError(kept)
