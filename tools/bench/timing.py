"""Measures times: the best of several runs, since what else the machine does only ever adds to one."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.repository import ROOT

# How often what takes some milliseconds is done: the start of a process takes a hundred times as long.
WARM_RUNS = 30


def best(work: Callable[[], Any], runs: int) -> float:
    """Return the fastest of several runs, in milliseconds."""
    return best_together({"": work}, runs)[""]


def best_together(works: Mapping[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """Return the fastest of several runs of each, in milliseconds: run in turns, so that each has the same machine."""
    return _best_together(works, runs, time.perf_counter)


def best_of_processor(works: Mapping[str, Callable[[], Any]], runs: int) -> dict[str, float]:
    """Return what `best_together` does, of the processor's time: for what waits for nothing, on a busy machine."""
    return _best_together(works, runs, time.process_time)


def _best_together(works: Mapping[str, Callable[[], Any]], runs: int, clock: Callable[[], float]) -> dict[str, float]:
    fastest = dict.fromkeys(works, float("inf"))
    for _ in range(runs):
        for name, work in works.items():
            started = clock()
            work()
            fastest[name] = min(fastest[name], 1000 * (clock() - started))
    return fastest


def process(
    arguments: Sequence[str | Path], *, folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> str:
    """Run a program to its end, and return what it writes. Raises CalledProcessError, with its errors, if it fails."""
    done = subprocess.run(
        [str(each) for each in arguments],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stdout[-2_000:] + done.stderr[-2_000:])
        done.check_returncode()
    return done.stdout


def process_errors(arguments: Sequence[str | Path], environment: Mapping[str, str]) -> str:
    """Run a program to its end, and return what it writes to standard error. Raises CalledProcessError if it fails."""
    done = subprocess.run(
        [str(each) for each in arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr


def python(*arguments: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """Run this Python, with the project's modules, and return what it writes."""
    path = os.pathsep.join(str(ROOT / part) for part in ("", "macros", "custom_resources"))
    return process([sys.executable, *arguments], environment={"PYTHONPATH": path, **(environment or {})})
