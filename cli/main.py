"""The command line: `resilient-website`, or `build_templates.py` in a clone."""

import click

from cli import __version__
from cli.grouped_commands import GroupedCommands
from cli.output_encoding import accept_all_characters


@click.group(cls=GroupedCommands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="resilient-website")
@click.pass_context
def main(context: click.Context) -> None:
    """Create, check and launch resilient websites on AWS, from your own machine.

    Without a command, writes the project's ready-made templates to build/. Only the commands under "Launch it" and
    "Look after a site" change anything in AWS, and `check` with --change-set.
    """
    accept_all_characters()
    if context.invoked_subcommand is None:
        from cli.templates.command import write_templates  # noqa: PLC0415  # it reads the functions' sources

        write_templates()
