"""Records what a command prints, line by line, and when."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.text import Text

from tools.repository import ROOT

# What the demo marks: a step that it took, or the heading of the steps that follow.
MARK = "✓"
# Longer lists are not read in a recording.
MAX_LISTED = 3


@dataclass(frozen=True)
class Line:
    """A line of a terminal: when it came, in seconds from the start, and its text with its styles."""

    seconds: float
    text: Text


def demo() -> list[Line]:
    """Run the demo and return what it prints; raise CalledProcessError if it fails."""
    command = [sys.executable, "-u", "-m", "tools.demo"]
    # With colors, but without the spinner of a terminal.
    variables = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/macros", "FORCE_COLOR": "1", "TTY_INTERACTIVE": "0"}
    begin = time.monotonic()
    with subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True) as running:
        printed = running.stdout or ()
        lines = [Line(time.monotonic() - begin, Text.from_ansi(line.rstrip("\n"))) for line in printed]
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command, "\n".join(line.text.plain for line in lines))
    return lines


def shortened(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines without the ends of long lists, whose lines are counted instead."""
    for listed, group in groupby(lines, _is_listed):
        members = list(group)
        if not listed or len(members) <= MAX_LISTED + 1:
            yield from members
            continue
        yield from members[:MAX_LISTED]
        yield Line(members[-1].seconds, Text(f"  … and {len(members) - MAX_LISTED} more lines", style="dim"))


def _is_listed(line: Line) -> bool:
    return line.text.plain.startswith("  ") and MARK not in line.text.plain
