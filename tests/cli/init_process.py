"""The command `init`, as a process with no settings of AWS."""

import os
import subprocess
from pathlib import Path

from tests.command_process import SCRIPT, run_python


def environment() -> dict[str, str]:
    """Return this process's environment without settings of AWS."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}


def init(*arguments: str | Path, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run `init` with these arguments, and with these lines as its standard input."""
    return run_python([SCRIPT, "init", *map(str, arguments)], environment(), typed=typed)
