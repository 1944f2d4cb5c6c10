"""Runs the commands of `command_groups.py`, and writes their list.

A command's module is imported when the command runs: what some of them need (the AWS SDK, tables) takes longer to
import than an expansion.
"""

import copy
import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from cli.command_groups import COMMANDS, EXAMPLES, EXIT_STATUSES, SECTIONS
from cli.interruption import INTERRUPTED, ending_at_once
from cli.program_name import with_program_name


class GroupedCommands(click.Group):
    """A group of commands whose help has sections, and that imports a command when it is used."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line, and report an output that can't be written, such as the help on a full disk."""
        if sys.stdin is None:
            # It was closed: questions get no answer.
            sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  # until the end
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            from cli.options import report_unwritable_output  # noqa: PLC0415  # only a command and this need it

            report_unwritable_output(error)
            sys.exit(1)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; end with the status of an interruption if it is interrupted."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            sys.exit(INTERRUPTED)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if it does not exist."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, name = COMMANDS[cmd_name].code.partition(":")
        command: click.Command = getattr(_imported(module), name)
        epilog = with_program_name(command.epilog or "", ctx)
        if epilog != command.epilog:
            command = copy.copy(command)
            command.epilog = epilog
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; propose a name for one that does not exist, as click does for an option."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches  # noqa: PLC0415  # only a misspelt command needs it

            if near := get_close_matches(args[0], COMMANDS, n=1):
                error.message += f" Did you mean {near[0]!r}?"
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections."""
        del ctx
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(command.name, command.summary) for command in section], col_max=50)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples and the exit statuses."""
        examples = [(with_program_name(example, ctx), does) for example, does in EXAMPLES]
        for title, table in (("Examples", examples), ("Exit status", EXIT_STATUSES)):
            with formatter.section(title):
                formatter.write_dl(table, col_max=50)


def _imported(module: str) -> ModuleType:
    """Import a command's module without the garbage collector: what an import makes is used until the end.

    Frozen, it is not looked through at the end either, which takes as long as some of the imports.
    """
    if module in sys.modules:
        return sys.modules[module]
    gc.disable()
    try:
        with ending_at_once():
            return import_module(module)
    finally:
        gc.freeze()
        gc.enable()
