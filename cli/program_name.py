"""The name by which the command line was started, for texts that show a command: so that it can be copied from them."""

import click

IN_CLONE = "build_templates.py"
INSTALLED = "resilient-website"


def with_program_name(text: str, context: click.Context | None = None) -> str:
    """Return a text that names the file of a clone, with the name by which the command line was started.

    `context` is that of a command, by default of the running one. Names other than that of the installed program do
    not count, as those of tests.
    """
    running = context or click.get_current_context(silent=True)
    installed = running is not None and running.find_root().info_name == INSTALLED
    return text.replace(IN_CLONE, INSTALLED) if installed else text
