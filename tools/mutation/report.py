"""Prints what became of the mutants: a row for each package, then each mutant that no test noticed."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from rich.table import Table

from tools.mutation.mutants import Mutant
from tools.mutation.trial import KILLED, NOT_COVERED, OUTCOMES, SURVIVED, TIMED_OUT, Verdict


def counts_by_package(verdicts: Iterable[tuple[Mutant, Verdict]]) -> dict[str, Counter[str]]:
    """Return how many mutants of each package had each outcome."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, verdict in verdicts:
        counts[mutant.package][verdict.outcome] += 1
    return counts


def noticed(counts: Counter[str]) -> int:
    """Return how many were noticed: one that timed out was."""
    return counts[KILLED] + counts[TIMED_OUT]


def table(verdicts: Iterable[tuple[Mutant, Verdict]]) -> Table:
    """Return the table: how many mutants of each package had each outcome, and both scores."""
    counts = counts_by_package(verdicts)
    made = Table("package", title="Mutants")
    for title in ("mutants", *OUTCOMES, "score", "of covered"):
        made.add_column(title, justify="right")
    for name in sorted(counts):
        made.add_row(name, *_cells(counts[name]))
    made.add_section()
    made.add_row("total", *_cells(sum(counts.values(), Counter())))
    return made


def unnoticed(verdicts: Iterable[tuple[Mutant, Verdict]]) -> list[str]:
    """Return a paragraph for each mutant that survived, or that no test executes."""
    paragraphs = []
    for mutant, verdict in verdicts:
        if verdict.outcome in {SURVIVED, NOT_COVERED}:
            change = verdict.diff or f"  {mutant.text}"
            operator = mutant.operator.removeprefix("core/")
            head = f"{mutant.path}:{mutant.line} {verdict.outcome} ({operator}, {verdict.tests} tests)"
            paragraphs.append(f"{head}\n{change}")
    return paragraphs


def _cells(counts: Counter[str]) -> list[str]:
    every = counts.total()
    return [
        str(every),
        *(str(counts[outcome] or "") for outcome in OUTCOMES),
        _percent(noticed(counts), every),
        _percent(noticed(counts), every - counts[NOT_COVERED]),
    ]


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"
