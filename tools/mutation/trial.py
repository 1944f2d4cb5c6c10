"""Makes one mutant in a copy of the project, and runs tests until one notices it."""

import difflib
import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator

from tools.coverage.measurement import OPTIONS
from tools.coverage.plugin import CHOOSES, WRITES
from tools.coverage.workspace import environment
from tools.forking.process import ForkedProcess
from tools.forking.template import Template
from tools.mutation import limited_pytest
from tools.mutation.mutants import Mutant
from tools.mutation.selection import ALL_SECONDS, Batch, Selection

KILLED, TIMED_OUT, SURVIVED, NOT_COVERED = OUTCOMES = ("killed", "timed out", "survived", "not covered")
# A mutant that is still running after this much more than its tests took, in processor time, loops.
TIMES, MORE_SECONDS = 4, 30
# What waits for something that never comes uses no processor time. It is ended after many times as long.
WAITING_TIMES = 10
# The first test that fails decides, and hypothesis need not look for a smaller example.
UNTIL_NOTICED = ("-x", "--hypothesis-profile", "unshrunk")

# pytest's exit status if none of the chosen tests is there: they are named by values that the mutant changes.
NO_TESTS = 5


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: `by` is the test that noticed it, `tests` is how many were chosen."""

    mutant: str
    outcome: str
    by: str
    diff: str
    tests: int
    seconds: float

    def line(self) -> str:
        """Return it as a line of JSON."""
        return json.dumps(asdict(self))


def attempt(template: Template, folder: Path, mutant: Mutant, selection: Selection) -> Verdict:
    """Try a mutant with the tests that execute its line."""
    begun = time.monotonic()
    batches = selection.batches(mutant)
    outcome, by, diff = (SURVIVED, "", "") if batches else (NOT_COVERED, "", "")
    for batch in batches:
        outcome, by, diff = _run(template, folder, mutant, batch)
        if outcome != SURVIVED:
            break
    return Verdict(mutant.name, outcome, by, diff, sum(len(b.tests) for b in batches), time.monotonic() - begun)


def confirm(template: Template, folder: Path, mutant: Mutant, by: str) -> Verdict:
    """Try a mutant with one test alone: the one that noticed it in an earlier run."""
    begun = time.monotonic()
    outcome, failed, diff = _run(template, folder, mutant, Batch((by,), ALL_SECONDS))
    return Verdict(mutant.name, outcome, failed, diff, 1, time.monotonic() - begun)


def _run(template: Template, folder: Path, mutant: Mutant, batch: Batch) -> tuple[str, str, str]:
    """Return the outcome, the test that failed, and the difference that the mutant makes."""
    written, chosen, output = (folder / name for name in (".tests-run", ".tests-chosen", ".tests-output"))
    written.unlink(missing_ok=True)
    chosen.write_text(json.dumps(batch.tests))
    variables = {**environment(folder), WRITES: str(written), CHOOSES: str(chosen)}
    limit = batch.seconds * TIMES + MORE_SECONDS
    with use_mutation(folder / mutant.path, get_operator(mutant.operator)(), mutant.occurrence) as (before, after):
        arguments = [*OPTIONS, *UNTIL_NOTICED, *batch.files]
        status = _pytest(template, arguments, folder, variables, output, round(limit))
    diff = "\n".join(_difference(before, after))
    tests = json.loads(written.read_text()) if written.exists() else {}
    if status == limited_pytest.NOT_STARTED:
        raise RuntimeError(f"pytest did not run:\n{output.read_text(encoding='utf-8', errors='replace')}")
    if status is None:
        return TIMED_OUT, "", diff
    if status in {0, NO_TESTS}:
        return SURVIVED, "", diff
    failed = [name for name, (outcome, _) in tests.items() if outcome == "failed"]
    return KILLED, failed[0] if failed else f"exit status {status} of pytest: {_last_line(output)}", diff


def _pytest(
    template: Template, arguments: Sequence[str], folder: Path, variables: dict[str, str], output: Path, seconds: int
) -> int | None:
    """Run pytest in a folder, and write its output to a file; return its exit status, or None if it took too long.

    `seconds` are seconds of processor time, so that other programs don't use them up.
    """
    command = ["-P", str(Path(limited_pytest.__file__)), str(seconds), *arguments]
    with output.open("w", encoding="utf-8") as written:
        process = ForkedProcess(template, command, variables, folder=folder, stderr=written)
    with process.stdin, process.stdout:
        try:
            status = process.wait(seconds * WAITING_TIMES)
        except subprocess.TimeoutExpired:
            status = -signal.SIGKILL
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # with what its tests have left
    return None if status in {-signal.SIGXCPU, -signal.SIGKILL} else status


def _difference(before: str, after: str) -> list[str]:
    """Return the changed lines."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _last_line(output: Path) -> str:
    return (output.read_text(encoding="utf-8", errors="replace").strip().splitlines() or [""])[-1]
