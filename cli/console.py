"""The console that reports and tables are printed on: as wide as the terminal, or a fixed width elsewhere."""

import os
import textwrap

import click
from rich.console import Console

# In a file or a pipe: the usual width of a terminal, a mail and a log.
PLAIN_WIDTH = 80


def report_console(*, plain_width: int | None = None, stderr: bool = False) -> Console:
    """Return the console; `plain_width` is its width, in characters, where the output is no terminal.

    By default, it is the environment's COLUMNS, else PLAIN_WIDTH. Source: "Environment Variables" in POSIX.1-2024.
    """
    console = Console(highlight=False, stderr=stderr)
    if not console.is_terminal:
        columns = os.environ.get("COLUMNS", "")
        console.width = plain_width or (int(columns) if columns.isdecimal() else 0) or PLAIN_WIDTH
    return console


def print_wrapped(line: str) -> None:
    """Print a line of a report, wrapped to the width of reports; ids and names stay whole."""
    width = report_console().width
    click.echo(textwrap.fill(line, width, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False))
