"""Compares the score of each package with that of an earlier run, which is kept in a file of TOML."""

import tomllib
from collections.abc import Iterable
from pathlib import Path

from tools.mutation.mutants import Mutant
from tools.mutation.report import counts_by_package, noticed
from tools.mutation.trial import Verdict

HEADER = """\
# How many mutants of each package the tests noticed, and of how many. `make mutation` fails if a later run of the same
# sample notices a smaller part of a package's mutants. Written by `python -m tools.mutation --write-baseline FILE`.
"""


def written(verdicts: Iterable[tuple[Mutant, Verdict]], count: int, seed: int) -> str:
    """Return the file of a run, with the options that its sample depends on."""
    rows = [
        f'"{name}" = {{ noticed = {noticed(counts)}, mutants = {counts.total()} }}'
        for name, counts in sorted(counts_by_package(verdicts).items())
    ]
    return "\n".join([f"{HEADER}count = {count}", f"seed = {seed}", "", "[packages]", *rows, ""])


def drops(path: Path, verdicts: Iterable[tuple[Mutant, Verdict]], count: int, seed: int) -> list[str]:
    """Return a line for each package whose score is lower than in the file. A package that only one has is skipped.

    Raises ValueError if the file is of another sample, or if it is no such file.
    """
    kept = tomllib.loads(path.read_text(encoding="utf-8"))
    if (kept["count"], kept["seed"]) != (count, seed):
        raise ValueError(
            f"{path} is of --count {kept['count']} --seed {kept['seed']}, this run of --count {count} --seed {seed}: "
            "use the same options, or write a new file with --write-baseline"
        )
    lines = []
    for name, counts in sorted(counts_by_package(verdicts).items()):
        before = kept["packages"].get(name)
        if before and noticed(counts) * before["mutants"] < before["noticed"] * counts.total():
            now = f"{noticed(counts)} of {counts.total()}"
            lines.append(f"{name}: {now} mutants were noticed, {before['noticed']} of {before['mutants']} in {path}")
    return lines
