"""A pytest plugin that labels what each test executes, and writes what each test took.

Environment variables: `MEASURED_TESTS` is the JSON file to write, `{test: [outcome, seconds]}`, in
seconds of processor time, which other programs don't prolong. `CHOSEN_TESTS`, if set,
is a JSON list of the tests to run, in this order; what is not found is skipped.
"""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.coverage.suite import ELSEWHERE

WRITES, CHOOSES = "MEASURED_TESTS", "CHOSEN_TESTS"


def pytest_configure(config: pytest.Config) -> None:
    """Register what measures, with the files that the environment names."""
    config.pluginmanager.register(Measuring(Path(os.environ[WRITES]), os.environ.get(CHOOSES)))


class Measuring:
    """Measures the tests of one process."""

    def __init__(self, written: Path, chosen: str | None) -> None:
        self._written = written
        self._places: dict[str, int] | None = None
        if chosen:
            self._places = {name: place for place, name in enumerate(json.loads(Path(chosen).read_text()))}
        self._found: dict[str, tuple[str, float]] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the tests that were chosen, in their order, without those whose work is done elsewhere."""
        kept = [item for item in items if not ELSEWHERE & set(getattr(item, "fixturenames", ()))]
        if self._places is not None:
            places = self._places
            kept = sorted((item for item in kept if item.nodeid in places), key=lambda item: places[item.nodeid])
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Label the lines that are executed from a test's set-up to its end with the test's name."""
        measuring = _running_coverage()
        if measuring:
            measuring.switch_context(item.nodeid)
        begun = time.process_time()
        try:
            return (yield)
        finally:
            outcome, _ = self._found.get(item.nodeid, ("passed", 0.0))
            self._found[item.nodeid] = (outcome, time.process_time() - begun)
            if measuring:
                measuring.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember a test that did not pass."""
        if report.outcome != "passed":
            self._found[report.nodeid] = (report.outcome, 0.0)

    def pytest_sessionfinish(self) -> None:
        """Write what was found."""
        self._written.write_text(json.dumps(self._found))


def _running_coverage() -> Any:
    """Return the measurement of this process, if there is one: a mutant is tried without."""
    try:
        from coverage import Coverage  # noqa: PLC0415
    except ImportError:
        return None
    return Coverage.current()
