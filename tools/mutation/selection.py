"""Chooses the tests to run for a mutant: those that execute its line, the fastest first."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coverage import CoverageData

from tools.coverage.measurement import MeasuredFile
from tools.mutation.mutants import Mutant

# How long the tests of a mutant may take, in seconds of processor time as measured with coverage.py (without it they
# take about half): most mutants are noticed by the first few tests, so that these run on their own.
FIRST_SECONDS, ALL_SECONDS = 8.0, 30.0
# What a process spends until its first test, beside what importing a test file takes.
START_SECONDS = 3.0


@dataclass(frozen=True)
class Batch:
    """Tests that one process runs, in this order, and the seconds that they took when they were measured."""

    tests: tuple[str, ...]
    seconds: float

    @property
    def files(self) -> list[str]:
        """Return the files that the tests are in."""
        return list(dict.fromkeys(name.partition("::")[0] for name in self.tests))


class Selection:
    """What the tests were measured to execute."""

    def __init__(self, root: Path, data: Path, measured: Iterable[MeasuredFile]) -> None:
        self._root = root
        self._data = CoverageData(str(data))
        self._data.read()
        self._paths = {Path(path).as_posix(): path for path in self._data.measured_files()}
        self._passed = {
            one.name: {test: seconds for test, (outcome, seconds) in one.tests.items() if outcome == "passed"}
            for one in measured
        }
        self._lines = cache(self._read_lines)

    def batches(self, mutant: Mutant) -> list[Batch]:
        """Return the tests for a mutant, in up to two batches; none if no selected test executes its line.

        A line that runs on import alone is one that every test of what imports the module depends on.
        """
        files = self._files(mutant)
        ordered = sorted(
            files.items(), key=lambda item: (sum(self._passed[item[0]][test] for test in item[1]), item[0])
        )
        first: list[str] = []
        rest: list[str] = []
        spent = START_SECONDS
        limits = iter(((first, FIRST_SECONDS), (rest, ALL_SECONDS)))
        batch, limit = next(limits)
        for name, covering in ordered:
            for test in self._in_order(name, covering):
                spent += self._passed[name][test]
                while spent > limit:
                    if batch is rest:
                        return self._made(first, rest)
                    batch, limit = next(limits)
                batch.append(test)
        return self._made(first, rest)

    def _made(self, *batches: list[str]) -> list[Batch]:
        seconds = {test: taken for tests in self._passed.values() for test, taken in tests.items()}
        return [Batch(tuple(tests), sum(seconds[test] for test in tests)) for tests in batches if tests]

    def _in_order(self, name: str, covering: set[str]) -> Iterator[str]:
        """Yield a file's tests: what executes the line, then the others, which may share what those have made."""
        passed = self._passed[name]
        yield from sorted(passed, key=lambda test: (test not in covering, passed[test], test))

    def _files(self, mutant: Mutant) -> dict[str, set[str]]:
        """Return the test files that execute a mutant's line, with the tests that are known to."""
        lines = self._lines(mutant.path)
        contexts = lines.get(mutant.line) or {
            context
            for line in statement_lines(self._root / mutant.path, mutant.line)
            for context in lines.get(line, ())
        }
        tests, whole_files = self._split(contexts)
        if not tests:
            # It runs on import alone: what depends on it is what uses the module, or else what imports it.
            used = self._split({context for line in lines.values() for context in line})[0]
            tests = {name: used[name] for name in whole_files & used.keys()} or {name: set() for name in whole_files}
        return {
            name: covering & self._passed[name].keys() for name, covering in tests.items() if self._passed.get(name)
        }

    @staticmethod
    def _split(contexts: Iterable[str]) -> tuple[dict[str, set[str]], set[str]]:
        """Return the tests in contexts, by their file, and the files that execute something outside of a test."""
        tests: dict[str, set[str]] = defaultdict(set)
        files = set()
        for context in contexts:
            name, _, test = context.partition("|")
            if test:
                tests[name].add(test)
            elif name:
                files.add(name)
        return tests, files

    def _read_lines(self, path: str) -> dict[int, set[str]]:
        measured = self._paths.get(path)
        found = self._data.contexts_by_lineno(measured) if measured else {}
        return {line: set(contexts) for line, contexts in found.items()}


def statement_lines(path: Path, line: int) -> range:
    """Return the lines of the innermost statement at a line; of a compound one, those of its head."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = range(line, line + 1)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if isinstance(body, list) else node.end_lineno or node.lineno
            if line <= max(end, node.lineno):
                found = range(node.lineno, max(end, node.lineno) + 1)
    return found
