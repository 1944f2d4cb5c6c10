"""Runs pytest in a fork of this process, which has imported what does not change: that takes longer than many tests."""

import importlib
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tools.coverage.workspace import ROOT

# What the tests and the project import of others.
LIBRARIES = (
    "boto3",
    "botocore.client",
    "click",
    "cryptography.x509",
    "hypothesis",
    "pytest",
    "rich.table",
    "troposphere",
    "trustme",
    "yaml",
)
# What the tests import from the copy, even if this process has imported the original.
OWN = frozenset({"cli", "resilient_website", "tests", "tools"})
POLL_SECONDS = 0.02
WAITING_TIMES = 10
# The exit status of a fork in which pytest did not run; pytest's own are smaller.
NOT_STARTED = 70


def import_libraries() -> None:
    """Import what all forks use. Call it before the first fork, in a process with one thread."""
    for name in LIBRARIES:
        importlib.import_module(name)


def run(arguments: Sequence[str], folder: Path, variables: dict[str, str], output: Path, seconds: float) -> int | None:
    """Run pytest in a folder, with what it prints in a file; return its exit status, or None if it took too long.

    `seconds` are seconds of processor time, which other programs don't prolong. What waits for something that never
    comes uses none, and is ended after many times as long.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        _become_pytest(arguments, folder, variables, output, round(seconds))
    ends = time.monotonic() + seconds * WAITING_TIMES
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _end(child)
            exited = os.waitstatus_to_exitcode(status)
            return None if exited in {-signal.SIGXCPU, -signal.SIGKILL} else exited
        time.sleep(POLL_SECONDS)
    _end(child)
    os.waitpid(child, 0)
    return None


def _end(child: int) -> None:
    """End a fork, and the processes that its tests have left."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        return


def _become_pytest(
    arguments: Sequence[str], folder: Path, variables: dict[str, str], output: Path, seconds: int
) -> None:
    """Run pytest as `python -m pytest` would in a new process, and end."""
    status = NOT_STARTED
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
        os.dup2(1, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(folder)
        os.environ.update(variables)
        sys.dont_write_bytecode = True
        libraries = (path for path in sys.path if "site-packages" in path or not Path(path).is_relative_to(ROOT))
        sys.path[:] = [*variables["PYTHONPATH"].split(os.pathsep), *libraries]
        for name in [name for name in sys.modules if name.partition(".")[0] in OWN]:
            del sys.modules[name]
        pytest = importlib.import_module("pytest")
        status = int(pytest.main(list(arguments)))
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        os._exit(status)
