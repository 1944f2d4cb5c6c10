"""The list of commands in the help: by purpose, with examples and exit statuses.

A command's module is imported when the command runs: what some of them need (the AWS SDK, tables) takes longer to
import than an expansion. So the list has its own copy of each command's summary, which a test compares.
"""

import copy
import gc
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from cli.interruption import INTERRUPTED, ending_at_once
from cli.program_name import with_program_name


@dataclass(frozen=True)
class Listed:
    """A command in the list: its name, where its code is, and the first sentence of its help."""

    name: str
    code: str
    summary: str


# By purpose.
SECTIONS: Mapping[str, tuple[Listed, ...]] = {
    "Start a site": (
        Listed(
            "init",
            "cli.init.command:init",
            "Create a site in FOLDER: site.yaml, samconfig.toml and .gitignore, ready for `sam deploy`.",
        ),
        Listed(
            "schema",
            "cli.schema.command:schema",
            "Print the JSON Schema of templates with sites, with which an editor completes and checks properties.",
        ),
    ),
    "Look at a template": (
        Listed(
            "expand",
            "cli.expand:expand",
            "Write the resources that the macro generates from FILE (JSON or YAML), as JSON.",
        ),
        Listed(
            "diff",
            "cli.diff.command:diff",
            "Show what an update from OLD to NEW replaces, interrupts, changes and deletes, data stores first.",
        ),
        Listed(
            "failures",
            "cli.failures.command:failures",
            "Show what visitors of FILE's sites get when something fails, by which mechanism and after how long.",
        ),
        Listed(
            "explain",
            "cli.explain.command:explain",
            "Write a report on FILE: a picture of the architecture, what fails and how it recovers, and what it costs.",
        ),
        Listed(
            "cost",
            "cli.cost:cost",
            "Estimate what FILE costs a month in US dollars, by tier.",
        ),
        Listed(
            "doctor",
            "cli.doctor.command:doctor",
            "Report what in FILE goes out of support, when, and what to do.",
        ),
        Listed(
            "check",
            "cli.check.command:check",
            "Ask AWS, before FILE is deployed, what would make the deployment fail, and warn of what is unwise.",
        ),
        Listed(
            "stack-policy",
            "cli.stack_policy:print_stack_policy",
            "Print a stack policy that denies Replace and Delete of every data store in FILE.",
        ),
    ),
    "Launch it": (
        Listed(
            "deployer-policy",
            "cli.deployer_policy.command:deployer_policy",
            "Print the IAM policies needed to create, update and delete the stack of FILE, as JSON.",
        ),
        Listed(
            "flat",
            "cli.flat.command:flat",
            "Write FILE (JSON or YAML) with its sites expanded and the functions' code inline, as JSON.",
        ),
        Listed(
            "publish",
            "cli.publish.command:publish",
            "Upload FILES (templates) to S3, and print links and commands that launch them.",
        ),
        Listed(
            "prove",
            "cli.prove.command:prove",
            "Deploy FILE's site under a fresh name, break it on purpose, and measure what visitors get.",
        ),
        Listed(
            "stackset",
            "cli.stackset.command:stackset",
            "Roll FILE out to accounts and Regions as a CloudFormation stack set, and wait until it is done.",
        ),
    ),
    "Look after a site": (
        Listed(
            "status",
            "cli.status.command:status",
            "Show what of the site in STACK is up, tier by tier, from the front door to the last deployment.",
        ),
        Listed(
            "logs",
            "cli.logs.command:logs",
            "Show the logs of the site in STACK: servers, database, load balancer and functions, ordered by time.",
        ),
        Listed(
            "open",
            "cli.open:open_page",
            "Print and open the page of the site in STACK, or its dashboard, stack, database or group in the Console.",
        ),
        Listed(
            "release",
            "cli.release.command:release",
            "Release an application to the servers of the site in STACK, or go back to the release before.",
        ),
        Listed(
            "shell",
            "cli.shell.command:shell",
            "Open a session on a healthy server of the site in STACK, or run COMMAND there.",
        ),
        Listed(
            "maintenance",
            "cli.maintenance.command:maintenance",
            "Show visitors of a site in STACK the friendly page on purpose, or end it, or show whether it is on.",
        ),
        Listed(
            "restore",
            "cli.restore.command:restore",
            "Restore the database of a site in STACK to a point in time, or from a snapshot, and keep the old one.",
        ),
        Listed(
            "saved-pages",
            "cli.saved_pages:saved_pages",
            "Save the pages of a site in STACK now, or go back to the previous version (and stop the schedule).",
        ),
        Listed(
            "switch",
            "cli.switch.command:switch",
            "Make the copy of SITE in another Region the active one, or show the state of both halves (status).",
        ),
    ),
}
COMMANDS = {command.name: command for section in SECTIONS.values() for command in section}
EXAMPLES = (
    ("build_templates.py init my-site", "create a folder with a site, ready for `sam deploy`"),
    ("build_templates.py expand my-site/site.yaml", "print all resources of a site"),
    ("build_templates.py failures my-site/site.yaml", "show what visitors get when something fails"),
    ("build_templates.py COMMAND --help", "show a command's options"),
)
EXIT_STATUSES = (
    ("0", "success"),
    ("1", "the input has problems, or something failed; the messages say what to do"),
    ("2", "the command line is invalid; for diff: the update loses data, or AWS would refuse it"),
    ("130", "interrupted"),
)


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
