"""The list of commands in the help: by purpose, with examples and exit statuses.

A command's module is imported when the command runs: what some of them need (the AWS SDK, tables) takes longer to
import than an expansion. So the list has its own copy of each command's summary, which a test compares.
"""

from importlib import import_module

import click

# By purpose.
SECTIONS = {
    "Start a site": ("init",),
    "Look at a template": ("expand", "diff", "failures", "check", "stack-policy"),
    "Launch it": ("deployer-policy", "flat", "publish", "stackset"),
    "Look after a site": ("saved-pages", "switch"),
}
MODULES = {
    "check": "cli.check.command:check",
    "deployer-policy": "cli.deployer_policy.command:deployer_policy",
    "expand": "cli.expand:expand",
    "diff": "cli.diff.command:diff",
    "failures": "cli.failures:failures",
    "flat": "cli.flat.command:flat",
    "init": "cli.init.command:init",
    "saved-pages": "cli.saved_pages:saved_pages",
    "publish": "cli.publish.command:publish",
    "stack-policy": "cli.stack_policy:print_stack_policy",
    "stackset": "cli.stackset.command:stackset",
    "switch": "cli.switch.command:switch",
}
# The first sentence of each command's help.
SUMMARIES = {
    "check": "Ask AWS, before FILE is deployed, what would make the deployment fail, and warn of what is unwise.",
    "deployer-policy": "Print the IAM policies needed to create, update and delete the stack of FILE, as JSON.",
    "diff": "Show what an update from OLD to NEW replaces, interrupts, changes and deletes, data stores first.",
    "expand": "Write the resources that the macro generates from FILE (JSON or YAML), as JSON.",
    "failures": "Show what visitors get from FILE's sites when something fails, why, and for how long.",
    "flat": "Write FILE (JSON or YAML) with its sites expanded and the functions' code inline, as JSON.",
    "init": "Create a site in FOLDER: site.yaml, samconfig.toml and .gitignore, ready for `sam deploy`.",
    "publish": "Upload FILES (templates) to S3, and print links and commands that launch them.",
    "saved-pages": "Save the pages of a site in STACK now, or go back to the previous version (and stop the schedule).",
    "stack-policy": "Print a stack policy that denies Replace and Delete of every data store in FILE.",
    "stackset": "Roll FILE out to accounts and Regions as a CloudFormation stack set, and wait until it is done.",
    "switch": "Make the copy of SITE in another Region the active one, or show the state of both halves (status).",
}
EXAMPLES = (
    ("build_templates.py init my-site", "create a folder with a site, ready for `sam deploy`"),
    ("build_templates.py expand examples/minimal.yaml", "print all resources of a site"),
    ("build_templates.py failures examples/minimal.yaml", "show what visitors get when something fails"),
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

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *MODULES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if it does not exist."""
        if cmd_name not in MODULES:
            return super().get_command(ctx, cmd_name)
        module, _, name = MODULES[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections."""
        del ctx
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, SUMMARIES[name]) for name in section], col_max=50)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples and the exit statuses."""
        del ctx
        for title, table in (("Examples", EXAMPLES), ("Exit status", EXIT_STATUSES)):
            with formatter.section(title):
                formatter.write_dl(table, col_max=50)
