"""The console that reports and tables are printed on: as wide as the terminal, or as a fixed width elsewhere."""

from rich.console import Console

# In a file or a pipe: the usual width of a terminal, a mail and a log.
PLAIN_WIDTH = 80


def report_console(*, plain_width: int = PLAIN_WIDTH, stderr: bool = False) -> Console:
    """Return the console; `plain_width` is its width, in characters, where the output is no terminal."""
    console = Console(highlight=False, stderr=stderr)
    if not console.is_terminal:
        console.width = plain_width
    return console
