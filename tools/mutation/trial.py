"""Makes one mutant in a copy of the project, and runs tests until one notices it."""

import json
import os
import shlex
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_item import TestOutcome, WorkerOutcome

from tools.coverage.measurement import PYTEST
from tools.coverage.plugin import CHOOSES, WRITES
from tools.coverage.workspace import environment
from tools.mutation.mutants import Mutant
from tools.mutation.selection import Batch, Selection

KILLED, TIMED_OUT, SNAPSHOT, SURVIVED, NOT_COVERED = OUTCOMES = (
    "killed",
    "timed out",
    "by snapshot only",
    "survived",
    "not covered",
)
# A mutant that is still running after this much more than its tests took loops, or waits for what never comes.
TIMES, MORE_SECONDS = 5, 60


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


def prepare(folder: Path) -> None:
    """Make this process, and those it starts, work in a copy of the project."""
    os.chdir(folder)
    os.environ.update(environment(folder))
    os.environ[WRITES], os.environ[CHOOSES] = str(folder / "build-measured.json"), str(folder / "build-chosen.json")


def attempt(folder: Path, mutant: Mutant, selection: Selection) -> Verdict:
    """Try a mutant with the tests that execute its line, and if they all pass, with the snapshots."""
    begun = time.monotonic()
    batches = selection.batches(mutant)
    outcome, by, diff = (SURVIVED, "", "") if batches else (NOT_COVERED, "", "")
    for batch in batches:
        outcome, by, diff = _run(folder, mutant, batch)
        if outcome != SURVIVED:
            break
    if outcome in {SURVIVED, NOT_COVERED}:
        for batch in selection.batches(mutant, snapshots=True):
            noticed, by, diff = _run(folder, mutant, batch)
            if noticed != SURVIVED:
                outcome = SNAPSHOT
                break
    return Verdict(mutant.name, outcome, by, diff, sum(len(b.tests) for b in batches), time.monotonic() - begun)


def _run(folder: Path, mutant: Mutant, batch: Batch) -> tuple[str, str, str]:
    """Return the outcome, the test that failed, and the difference that the mutant makes."""
    written = Path(os.environ[WRITES])
    written.unlink(missing_ok=True)
    Path(os.environ[CHOOSES]).write_text(json.dumps(batch.tests))
    command = shlex.join([sys.executable, *PYTEST, "-x", *batch.files])
    result = mutate_and_test([mutant.specification(folder)], command, batch.seconds * TIMES + MORE_SECONDS)
    if result.worker_outcome != WorkerOutcome.NORMAL or result.test_outcome == TestOutcome.INCOMPETENT:
        raise RuntimeError(f"{mutant.path}:{mutant.line} {mutant.operator} could not be tried:\n{result.output}")
    diff = "\n".join(
        line for line in (result.diff or "").splitlines() if line[:1] in "-+" and line[:3] not in DIFF_HEAD
    )
    if result.test_outcome == TestOutcome.SURVIVED:
        return SURVIVED, "", diff
    if result.output == "timeout":
        return TIMED_OUT, "", diff
    tests = json.loads(written.read_text()) if written.exists() else {}
    failed = [name for name, (outcome, _) in tests.items() if outcome == "failed"]
    return KILLED, failed[0] if failed else "import", diff


DIFF_HEAD = ("---", "+++")
