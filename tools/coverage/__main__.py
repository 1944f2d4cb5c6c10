"""`python -m tools.coverage`: branch coverage of the tests that run in their own process, as a table by package.

Each test file runs in a copy of the project, in a process of its own, unless neither it nor the code has changed since.
The first run takes some twenty minutes of processor time.
The data stay in build/coverage/data, for `.venv-mutation/bin/coverage html --data-file=build/coverage/data`, say.
"""

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from tools.coverage.measurement import DATA, measure, processors
from tools.coverage.suite import SOURCES, files, package
from tools.coverage.workspace import copy_project

NUMBERS = ("num_statements", "missing_lines", "num_branches", "missing_branches")
NOT_MEASURED = """\
Not measured: what runs elsewhere. That is the macro and the functions in the emulator (tests/deployment,
tests/failover, tests/isolation, tests/faults), code on servers and in CloudFront, and commands that tests start as
processes of .venv. With a tenth of the random examples."""


@click.command()
@click.option(
    "--processes", type=int, default=processors, help="How many files to run at once. [default: one per processor]"
)
@click.option("--path", "part", default="", help="Only the test files whose path contains this.")
def main(processes: int, part: str) -> None:
    """Print the table, the tests that failed, and what is not measured."""
    with TemporaryDirectory(prefix="coverage-") as name:
        folder = copy_project(Path(name))
        measured = measure(folder, [test for test in files(folder) if part in test], DATA, processes)
        report = _report(folder, DATA)
    Console(width=120).print(table(report))
    failed = [test for one in measured for test in one.failed]
    print(f"{len(measured)} test files, {sum(len(one.tests) for one in measured)} tests, {len(failed)} failed")
    print("\n".join([*failed, NOT_MEASURED]))
    sys.exit(1 if failed else 0)


def table(report: dict[str, Any]) -> Table:
    """Return the table of a report, as `coverage json` writes it."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(NUMBERS))
    for path, found in report["files"].items():
        if path.startswith(tuple(f"{source}/" for source in SOURCES)):
            for row in (package(path), "total"):
                counts[row] = [sum(pair) for pair in zip(counts[row], _numbers(found["summary"]), strict=True)]
    made = Table("package", title="Branch coverage")
    for title in ("statements", "missed", "branches", "missed", "covered"):
        made.add_column(title, justify="right")
    total = counts.pop("total")
    for name in sorted(counts):
        made.add_row(name, *_cells(counts[name]))
    made.add_section()
    made.add_row("total", *_cells(total))
    return made


def _numbers(summary: dict[str, Any]) -> list[int]:
    return [summary[name] for name in NUMBERS]


def _cells(numbers: list[int]) -> list[str]:
    """Return a row's numbers, and the percentage as coverage.py counts it: of statements and branches together."""
    statements, missed, branches, missed_branches = numbers
    whole = statements + branches
    covered = f"{(whole - missed - missed_branches) / whole:.0%}" if whole else "-"
    return [*map(str, numbers), covered]


def _report(folder: Path, data: Path) -> dict[str, Any]:
    """Return coverage.py's report of a copy of the project."""
    written = data.with_name("report.json")
    settings = [f"--data-file={data}", f"--rcfile={folder / 'pyproject.toml'}", "--quiet", "-o", str(written)]
    subprocess.run([sys.executable, "-m", "coverage", "json", *settings], cwd=folder, check=True)
    report: dict[str, Any] = json.loads(written.read_text())
    return report


if __name__ == "__main__":
    main()
