"""What the command line does without a command: it writes the templates that ship with the project."""

from pathlib import Path

import click

from cli.flat.size import flat_text
from cli.options import problems_on_stderr
from cli.template_file import to_json, write_file
from cli.templates.console_template import console_template
from cli.templates.ready_templates import ready_templates

BUILD = Path("build")


@problems_on_stderr
def write_templates() -> None:
    """Write the templates that ship with the project, and say where they are."""
    texts = {
        "console": to_json(console_template().to_dict()),
        **{name: flat_text(template) for name, template in ready_templates().items()},
    }
    for name, text in texts.items():
        path = BUILD / f"{name}.template.json"
        write_file(path, text)
        click.echo(path)
