"""The command line as a process: forked from one that has imported what the commands import.

It has its own environment, folder, streams and exit status, as a process that starts Python has; that one would spend
most of its time on imports.
"""

import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from cli.command_groups import SECTIONS
from tools.forking.process import ForkedProcess
from tools.forking.template import Template, boto3_template
from tools.repository import ROOT

SCRIPT = str(ROOT / "build_templates.py")


def run_python(
    arguments: Sequence[str], env: Mapping[str, str], *, folder: Path = ROOT, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run what `python` runs with these arguments, such as `SCRIPT` and a command, to its end.

    `typed` is its standard input.
    """
    return ForkedProcess(commands_template(), arguments, env, folder=folder).completed(typed)


@cache
def commands_template() -> Template:
    """Return the process that has imported what the commands import."""
    commands = (listed.code.partition(":")[0] for section in SECTIONS.values() for listed in section)
    modules = ("resilient_website.site", "cli.main", *dict.fromkeys(commands))
    return Template(
        modules, path=(ROOT, ROOT / "macros", ROOT / "custom_resources"), parent=boto3_template(), shared=True
    )
