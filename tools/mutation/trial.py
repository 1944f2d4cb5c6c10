"""Makes one mutant in a copy of the project, and runs tests until one notices it."""

import difflib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator

from tools.coverage.measurement import OPTIONS
from tools.coverage.plugin import CHOOSES, WRITES
from tools.coverage.workspace import environment
from tools.mutation import forked
from tools.mutation.mutants import Mutant
from tools.mutation.selection import Batch, Selection

KILLED, TIMED_OUT, SNAPSHOT, SURVIVED, NOT_COVERED = OUTCOMES = (
    "killed",
    "timed out",
    "by snapshot only",
    "survived",
    "not covered",
)
# A mutant that is still running after this much more than its tests took, in processor time, loops.
TIMES, MORE_SECONDS = 4, 30


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
    written, chosen, output = (folder / name for name in (".tests-run", ".tests-chosen", ".tests-output"))
    written.unlink(missing_ok=True)
    chosen.write_text(json.dumps(batch.tests))
    variables = {**environment(folder), WRITES: str(written), CHOOSES: str(chosen)}
    limit = batch.seconds * TIMES + MORE_SECONDS
    with use_mutation(folder / mutant.path, get_operator(mutant.operator)(), mutant.occurrence) as (before, after):
        status = forked.run([*OPTIONS, *batch.files], folder, variables, output, limit)
    diff = "\n".join(_difference(before, after))
    tests = json.loads(written.read_text()) if written.exists() else {}
    if status == forked.NOT_STARTED:
        raise RuntimeError(f"pytest did not run:\n{output.read_text(encoding='utf-8', errors='replace')}")
    if status is None:
        return TIMED_OUT, "", diff
    if status in {0, NO_TESTS}:
        return SURVIVED, "", diff
    failed = [name for name, (outcome, _) in tests.items() if outcome == "failed"]
    return KILLED, failed[0] if failed else f"exit status {status} of pytest: {_last_line(output)}", diff


def _difference(before: str, after: str) -> list[str]:
    """Return the changed lines."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def _last_line(output: Path) -> str:
    return (output.read_text(encoding="utf-8", errors="replace").strip().splitlines() or [""])[-1]
