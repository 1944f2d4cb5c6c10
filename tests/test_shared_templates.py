"""Processes that share what their forks are forked from: each has forks of its own, which end with it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running_processes import runs
from tools.forking.process import ForkedProcess
from tools.forking.template import MAX_ADDRESS_LENGTH, SHARED_TEMPLATES, Template

PARENT = "import os, sys; print(os.getppid(), flush=True); sys.stdin.read()"
# What a loaded machine may take at most.
TIMEOUT_SECONDS = 60


@pytest.fixture(autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a short name, which no other test shares."""
    made = tmp_path_factory.mktemp("t")
    monkeypatch.setenv(SHARED_TEMPLATES, str(made))
    return made


def test_processes_with_the_same_modules_share_one() -> None:
    first, second = Template(["decimal"], shared=True), Template(["decimal"], shared=True)
    others = Template(["fractions"], shared=True), Template(["decimal"]), Template(["decimal"], parent=first)
    shared = _parent(first)
    assert _parent(second) == shared
    assert len({shared, *map(_parent, others)}) == 1 + len(others)
    for template in (first, second, *others):
        template.close()


def test_processes_share_nothing_without_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHARED_TEMPLATES)
    _share_nothing()


def test_processes_share_nothing_in_a_folder_whose_name_is_too_long(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longer = folder / ("x" * MAX_ADDRESS_LENGTH)
    longer.mkdir()
    monkeypatch.setenv(SHARED_TEMPLATES, str(longer))
    _share_nothing()


def test_fork_has_none_of_the_descriptors_of_others() -> None:
    first, second = Template([], shared=True), Template([], shared=True)
    running = [_waiting(template) for template in (first, second)]
    look = (
        "import json, os; print(json.dumps([n for n in os.listdir('/proc/self/fd') if os.path.exists(f'/dev/fd/{n}')]))"
    )
    for template in (first, second):
        output, _ = ForkedProcess(template, ["-c", look], {}).communicate(timeout=TIMEOUT_SECONDS)
        assert sorted(json.loads(output)) == ["0", "1", "2"]
        template.close()
    for process in running:
        assert process.wait(TIMEOUT_SECONDS) == -signal.SIGKILL


def test_template_ends_with_the_last_process_that_shares_it(folder: Path) -> None:
    first, second = Template([], shared=True), Template([], shared=True)
    number = _parent(first)
    ends, goes_on = _waiting(first), _waiting(second)
    first.close()
    assert ends.wait(TIMEOUT_SECONDS) == -signal.SIGKILL
    assert goes_on.communicate(timeout=TIMEOUT_SECONDS) == ("", "")
    assert goes_on.returncode == 0
    assert _parent(second) == number
    second.close()
    _until(lambda: not runs(number))
    assert [path.suffix for path in folder.iterdir()] == [".lock"]
    other = _parent(first)
    assert other != number
    first.close()


def test_template_that_was_killed_is_replaced() -> None:
    first, second = Template([], shared=True), Template([], shared=True)
    number = _parent(first)
    os.kill(number, signal.SIGKILL)
    _until(lambda: not runs(number))
    assert _parent(second) != number
    for template in (first, second):
        template.close()


def test_fork_of_a_fork_goes_on_without_the_process_that_asked_for_it() -> None:
    parents = [Template([], shared=True) for _ in range(2)]
    first, second = (Template(["decimal"], parent=parent, shared=True) for parent in parents)
    number = _parent(first)
    assert _parent(second) == number
    for template in (first, *parents):
        template.close()
    assert _parent(second) == number
    second.close()
    _until(lambda: not runs(number))


def test_forks_end_with_a_process_that_is_killed() -> None:
    """The template goes on, even if that process has started it, and is killed with its group, as emulators are."""
    code = (
        "from tools.forking.process import ForkedProcess; from tools.forking.template import Template; import time\n"
        "code = 'import os, time; print(os.getppid(), os.getpid(), flush=True); time.sleep(600)'\n"
        "template = Template([], shared=True)\n"
        "print(ForkedProcess(template, ['-c', code], {}).stdout.readline(), flush=True)\n"
        "time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as asking:
        assert asking.stdout
        number, fork = map(int, asking.stdout.readline().split())
        kept = Template([], shared=True)
        assert _parent(kept) == number
        assert runs(fork)
        os.killpg(asking.pid, signal.SIGKILL)
    _until(lambda: not runs(fork))
    assert _parent(kept) == number
    kept.close()


def _share_nothing() -> None:
    templates = [Template([], shared=True) for _ in range(2)]
    numbers = {_parent(template) for template in templates}
    assert len(numbers) == len(templates)
    for template in templates:
        template.close()
    assert not any(map(runs, numbers))


def _parent(template: Template) -> int:
    """Return the process id of what a template's forks are forked from."""
    output, errors = ForkedProcess(template, ["-c", PARENT], {}).communicate(timeout=TIMEOUT_SECONDS)
    assert not errors
    return int(output)


def _waiting(template: Template) -> ForkedProcess:
    """Return a fork that runs until its input ends."""
    process = ForkedProcess(template, ["-c", PARENT], {})
    assert process.stdout.readline()
    return process


def _until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + TIMEOUT_SECONDS
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.01)
