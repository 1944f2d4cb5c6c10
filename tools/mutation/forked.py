"""Runs pytest in a fork of this process, which has imported what does not change: that takes longer than many tests."""

import importlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

# What the tests and the project import of others.
LIBRARIES = ("boto3", "botocore.client", "click", "cryptography.x509", "hypothesis", "pytest", "rich.table", "trustme",
             "troposphere", "yaml")  # fmt: skip
# What the tests import from the copy, even if this process has imported the original.
OWN = frozenset({"cli", "resilient_website", "tests", "tools"})
POLL_SECONDS = 0.02


def import_libraries() -> None:
    """Import what all forks use. Call it before the first fork, in a process with one thread."""
    for name in LIBRARIES:
        importlib.import_module(name)


def run(arguments: Sequence[str], folder: Path, variables: dict[str, str], output: Path, seconds: float) -> int | None:
    """Run pytest in a folder, with what it prints in a file; return its exit status, or None if it took too long."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        _become_pytest(arguments, folder, variables, output)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _end(child)
            return os.waitstatus_to_exitcode(status)
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


def _become_pytest(arguments: Sequence[str], folder: Path, variables: dict[str, str], output: Path) -> None:
    """Run pytest as `python -m pytest` would in a new process, and end."""
    status = 1
    try:
        os.setsid()
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
        os.dup2(1, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(folder)
        os.environ.update(variables)
        sys.dont_write_bytecode = True
        sys.path[:] = [*variables["PYTHONPATH"].split(os.pathsep), *(path for path in sys.path if "-packages" in path or
                       "/lib/python" in path)]  # fmt: skip
        for name in [name for name in sys.modules if name.partition(".")[0] in OWN]:
            del sys.modules[name]
        pytest = importlib.import_module("pytest")
        status = int(pytest.main(list(arguments)))
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)
