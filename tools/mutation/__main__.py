"""`python -m tools.mutation`: change the code in a fixed sample of places, and count the changes that tests notice.

Each mutant is tried in a copy of the project, with the tests that execute its line, the fastest first, up to a limit.
What is found is written to build/mutation/ as it is found. `--resume` goes on from there.
"""

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console

from tools.coverage.measurement import DATA, measure, processors
from tools.coverage.suite import files
from tools.coverage.workspace import copy_project
from tools.mutation.baseline import drops, written
from tools.mutation.mutants import Mutant, mutants, rank, sample
from tools.mutation.report import table, unnoticed
from tools.mutation.trial import KILLED, NOT_COVERED, SURVIVED, Verdict
from tools.mutation.workers import tried
from tools.repository import ROOT

WRITTEN = ROOT / "build" / "mutation"
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--count",
    default=200,
    show_default=True,
    help="How many mutants to draw, in proportion to the packages' sizes. Each package gets 5 at least: 200 makes 320.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed draws other mutants.")
@click.option("--path", "part", default="", help="Only the mutants of the sample whose path contains this.")
@click.option(
    "--processes", type=int, default=processors, help="How many mutants to try at once. [default: one per processor]"
)
@click.option("--list", "listing", is_flag=True, help="Print the sample, and try nothing.")
@click.option("--resume", is_flag=True, help="Keep the verdicts of the last run.")
@click.option("--again", is_flag=True, help="Like --resume, but try what was not killed again, with the tests as now.")
@click.option(
    "--confirm",
    is_flag=True,
    help="Like --resume, but try what was killed again, first with the test that noticed it. To see what a change of "
    "the tests has lost.",
)
@click.option("--baseline", type=FILE, help="Fail if the score of a package is lower than in this file.")
@click.option("--write-baseline", type=FILE, help="Write the scores of this run to this file.")
def main(
    count: int,
    seed: int,
    part: str,
    processes: int,
    listing: bool,
    resume: bool,
    again: bool,
    confirm: bool,
    baseline: Path | None,
    write_baseline: Path | None,
) -> None:
    """Print a table of the mutants by package, and each mutant that no test noticed."""
    drawn = [mutant for mutant in sample(mutants(ROOT), count, seed) if part in mutant.path]
    if listing:
        for mutant in drawn:
            print(f"{mutant.path}:{mutant.line} {mutant.operator.removeprefix('core/')}: {mutant.text}")
        return
    if baseline:
        _require_same_sample(baseline, count, seed, part)
    verdicts = WRITTEN / "verdicts.jsonl"
    if not (resume or again or confirm):
        shutil.rmtree(WRITTEN, ignore_errors=True)
    WRITTEN.mkdir(parents=True, exist_ok=True)
    known = _known(verdicts, again=again)
    if confirm:
        known = _confirmed(drawn, known, processes)
        verdicts.write_text("".join(f"{verdict.line()}\n" for verdict in known.values()), encoding="utf-8")
    # In random order, so that an interrupted run has tried a bit of everything.
    left = sorted((one for one in drawn if one.name not in known), key=lambda mutant: rank(mutant, seed))
    if left:
        _try(left, known, verdicts, processes)
    found = [(mutant, known[mutant.name]) for mutant in drawn if mutant.name in known]
    Console(width=150).print(table(found))
    print("\n\n".join(unnoticed(found)))
    if write_baseline:
        write_baseline.write_text(written(found, count, seed), encoding="utf-8")
    if baseline and (lower := drops(baseline, found, count, seed)):
        sys.exit("\n".join(lower))


def _require_same_sample(baseline: Path, count: int, seed: int, part: str) -> None:
    """Refuse a baseline before the run rather than after it."""
    if part:
        raise click.UsageError("--baseline compares the whole sample: leave out --path")
    try:
        drops(baseline, (), count, seed)
    except (OSError, KeyError, ValueError) as error:
        raise click.UsageError(str(error)) from error


def _try(left: list[Mutant], known: dict[str, Verdict], verdicts: Path, processes: int) -> None:
    """Measure the tests, try the mutants, and add each verdict to a file and to what is known."""
    with TemporaryDirectory(prefix="mutation-") as name:
        folder = copy_project(Path(name) / "measured")
        for one in measure(folder, files(folder), DATA, processes):
            if one.failed or not one.tests:
                print(f"{one.name}: {one.failed or one.output}", file=sys.stderr)
        with verdicts.open("a", encoding="utf-8") as lines:
            for number, verdict in enumerate(tried(Path(name), left, processes), 1):
                known[verdict.mutant] = verdict
                print(verdict.line(), file=lines, flush=True)
                print(f"{number}/{len(left)} {verdict.outcome}: {verdict.mutant}", file=sys.stderr, flush=True)


def _confirmed(drawn: list[Mutant], known: dict[str, Verdict], processes: int) -> dict[str, Verdict]:
    """Return the verdicts without those of mutants that the test which had noticed them no longer notices."""
    noticed_by = {name: verdict.by for name, verdict in known.items() if "::" in verdict.by}
    kept = {name: verdict for name, verdict in known.items() if verdict.outcome in {SURVIVED, NOT_COVERED}}
    with TemporaryDirectory(prefix="mutation-") as name:
        for verdict in tried(Path(name), [one for one in drawn if one.name in noticed_by], processes, noticed_by):
            if verdict.outcome == KILLED:
                kept[verdict.mutant] = verdict
            else:
                print(f"{noticed_by[verdict.mutant]} no longer notices {verdict.mutant}", file=sys.stderr, flush=True)
    return kept


def _known(verdicts: Path, *, again: bool) -> dict[str, Verdict]:
    lines = verdicts.read_text(encoding="utf-8").splitlines() if verdicts.exists() else []
    found = {verdict.mutant: verdict for line in lines if (verdict := Verdict(**json.loads(line)))}
    open_ones = {SURVIVED, NOT_COVERED}
    return {name: verdict for name, verdict in found.items() if not (again and verdict.outcome in open_ones)}


if __name__ == "__main__":
    main()
