"""The shell of the person on call: the AWS CLI and this project's command line, with the account's credentials."""

import os
import subprocess
from typing import Self

from tests.command_process import commands_template
from tests.forked_programs import Forks, Program, aws
from tests.night import runbook
from tests.sites import Installation
from tools.repository import ROOT

SECONDS = 240  # for all commands of a section on a busy machine
# A release ends with a request to the page, whose name the Internet does not know.
UNREACHABLE = "does not answer this machine"


class Shell:
    """Runs what the runbook shows, for one stack; a context manager. Its programs are forks."""

    def __init__(self, installation: Installation, stack: str) -> None:
        self._stack = stack
        # With the option, since its command `rds` does not read AWS_ENDPOINT_URL.
        own = str(ROOT / "tests/night/program.py")
        self._programs = Forks(
            {
                "aws": aws("--endpoint-url", installation.emulator.url),
                "resilient-website": Program(commands_template(), ["-P", own]),
            }
        )
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        self._environment = {
            **inherited,
            **installation.emulator.environment(installation.account, installation.region),
            "AWS_PAGER": "",
            "PATH": f"{self._programs.folder}:{os.environ['PATH']}",
            "PYTHONPATH": os.pathsep.join(str(ROOT / part) for part in ("", "macros", "custom_resources")),
        }

    def __enter__(self) -> Self:
        self._programs.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._programs.__exit__()

    def run(self, script: str) -> str:
        """Run commands after the page's first lines; return what they print. Questions are answered with yes."""
        done = subprocess.run(
            ["bash", "-eu", "-o", "pipefail", "-c", f"{runbook.preparation(self._stack)}\n{script}"],
            env=self._environment,
            input="y\n" * 3,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0 or UNREACHABLE in done.stderr, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout
