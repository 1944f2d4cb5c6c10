"""The list of commands as a newcomer reads it: by what one wants to do, with examples and exit statuses.

Commands are loaded when they are called: importing what some of them need (AWS's SDK, tables) takes longer than an
expansion.
"""

from importlib import import_module

import click

# What one wants to do, and the commands for it.
SECTIONS = {
    "Start a site": ("init",),
    "Look at a template": ("expand", "diff", "failures", "check", "stack-policy"),
    "Launch it": ("deployer-policy", "flat", "publish", "stackset"),
    "Look after a site": ("saved-pages",),
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
}
EXAMPLES = (
    ("build_templates.py init my-site", "a folder with a site that `sam deploy` deploys"),
    ("build_templates.py expand examples/minimal.yaml", "every resource that a site is made of"),
    ("build_templates.py failures examples/minimal.yaml", "what visitors get when something fails"),
    ("build_templates.py COMMAND --help", "more about a command"),
)
EXIT_STATUSES = (
    ("0", "all went well"),
    ("1", "the input has problems, or something failed: the messages say what to do"),
    ("2", "the command line is not understood; for diff, the change is dangerous"),
    ("130", "interrupted"),
)


class GroupedCommands(click.Group):
    """A group of commands whose help has sections, and that loads some commands late."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *MODULES})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is none of this name."""
        if cmd_name not in MODULES:
            return super().get_command(ctx, cmd_name)
        module, _, name = MODULES[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections; those that no section names come last."""
        names = self.list_commands(ctx)
        named = {name for section in SECTIONS.values() for name in section}
        others = {"Other commands": tuple(name for name in names if name not in named)}
        for title, section in {**SECTIONS, **others}.items():
            commands = [(name, self.get_command(ctx, name)) for name in section if name in names]
            table = [(name, command.get_short_help_str(150)) for name, command in commands if command]
            if table:
                with formatter.section(title):
                    formatter.write_dl(table, col_max=50)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples and the exit statuses."""
        del ctx
        for title, table in (("Examples", EXAMPLES), ("Exit status", EXIT_STATUSES)):
            with formatter.section(title):
                formatter.write_dl(table, col_max=50)
