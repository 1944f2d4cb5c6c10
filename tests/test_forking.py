"""A forked process is like one that Python starts: a comparison with `subprocess`, and what ends it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_processes import runs
from tools.forking.process import ForkedProcess
from tools.forking.template import Template

# What a process can see of itself, and what it should not see of others.
LOOK = """
import json, os, signal, sys, threading
print(json.dumps({
    "variables": dict(os.environ),
    "arguments": sys.argv,
    "folder": os.getcwd(),
    "path": sys.path,
    "name": __name__,
    "file": globals().get("__file__"),
    "input": sys.stdin.read(),
    "descriptors": [fd for fd in os.listdir("/proc/self/fd") if int(fd) > 2 and os.path.exists(f"/dev/fd/{fd}")],
    "threads": threading.active_count(),
    "interrupted": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
    "children": signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL,
    "bytecode": sys.dont_write_bytecode,
    "customized": getattr(sys, "customized", False),
}))
"""
# What a loaded machine may take at most.
TIMEOUT_SECONDS = 60


@pytest.fixture(scope="module")
def template() -> Iterator[Template]:
    made = Template(["decimal"])
    yield made
    made.close()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "look.py"
    path.write_text(LOOK)
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.customized = True")
    return path


@pytest.mark.parametrize("kind", ["script", "safe script", "code", "safe code"])
@pytest.mark.parametrize("variables", [{}, {"PYTHONDONTWRITEBYTECODE": "1"}], ids=["", "no bytecode"])
def test_fork_sees_what_a_new_process_sees(
    template: Template, script: Path, kind: str, variables: dict[str, str]
) -> None:
    what = ["-c", LOOK] if kind.endswith("code") else [str(script)]
    arguments = [*(["-P"] if kind.startswith("safe") else []), *what, "one", "two words"]
    env = {"PYTHONPATH": f"/one:{script.parent}", "OWN": "a value é", **variables}
    started = subprocess.run(
        [sys.executable, *arguments],
        env=env,
        cwd=script.parent,
        input="sent",
        capture_output=True,
        text=True,
        check=True,
    )
    forked = ForkedProcess(template, arguments, env, folder=script.parent)
    output, errors = forked.communicate("sent", TIMEOUT_SECONDS)
    assert errors == ""
    expected, found = json.loads(started.stdout), json.loads(output)
    # Python adds this one itself, where the locale is C.
    expected["variables"].pop("LC_CTYPE", None)
    assert found == expected
    assert found["variables"] == env


@pytest.mark.parametrize(
    "code",
    [
        "pass",
        "raise SystemExit",
        "raise SystemExit(7)",
        "raise SystemExit('words')",
        "import os; print('flushed', flush=True); os._exit(3)",
        "print('not flushed')",
        "1 / 0",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import atexit; atexit.register(print, 'at the end')",
        "import threading, time; threading.Thread(target=lambda: (time.sleep(0.1), print('thread'))).start()",
        "import threading, time; threading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
        "not Python",
    ],
)
def test_fork_ends_as_a_new_process_does(template: Template, code: str) -> None:
    started = subprocess.run([sys.executable, "-c", code], env={}, capture_output=True, text=True, check=False)
    forked = ForkedProcess(template, ["-c", code], {})
    output, errors = forked.communicate(timeout=TIMEOUT_SECONDS)
    assert (forked.returncode, output) == (started.returncode, started.stdout)
    assert errors.splitlines()[-1:] == started.stderr.splitlines()[-1:]


def test_modules_and_variables_of_one_fork_are_unknown_to_the_next(template: Template, tmp_path: Path) -> None:
    code = "import os, sys, own; os.environ['LEFT'] = 'x'; sys.left = own.NAME; print(own.NAME, os.environ['GIVEN'])"
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "own.py").write_text(f"NAME = {name!r}")
        forked = ForkedProcess(template, ["-c", code], {"PYTHONPATH": str(folder), "GIVEN": name})
        assert forked.communicate(timeout=TIMEOUT_SECONDS) == (f"{name} {name}\n", "")
    forked = ForkedProcess(template, ["-c", "import os, sys; print(dict(os.environ), hasattr(sys, 'left'))"], {})
    assert forked.communicate(timeout=TIMEOUT_SECONDS) == ("{} False\n", "")


def test_forks_have_their_own_random_numbers(template: Template) -> None:
    code = "import random, uuid; print(random.random(), uuid.uuid4())"
    outputs = [ForkedProcess(template, ["-c", code], {}).communicate(timeout=TIMEOUT_SECONDS)[0] for _ in range(3)]
    assert len(set(outputs)) == 3


@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_fork_is_ended_where_it_is(template: Template, end: str) -> None:
    forked = ForkedProcess(template, ["-c", "print('begun', flush=True); import time; time.sleep(600)"], {})
    assert forked.stdout.readline() == "begun\n"
    assert forked.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        forked.wait(0.01)
    getattr(forked, end)()
    assert forked.wait(TIMEOUT_SECONDS) == {"kill": -signal.SIGKILL, "terminate": -signal.SIGTERM}[end]
    assert forked.poll() == forked.returncode
    assert not Path(f"/proc/{forked.pid}").exists()
    forked.kill()


def test_fork_leads_a_group_if_it_should(template: Template, tmp_path: Path) -> None:
    code = "import os; print(os.getpid() == os.getpgrp() == os.getsid(0))"
    with (tmp_path / "output").open("w") as output:
        for new_session in (False, True):
            forked = ForkedProcess(template, ["-c", code], {}, stdout=output, new_session=new_session)
            assert forked.communicate(timeout=TIMEOUT_SECONDS) == ("", "")
    assert (tmp_path / "output").read_text() == "False\nTrue\n"


def test_input_ends_though_other_forks_run(template: Template) -> None:
    first = ForkedProcess(template, ["-c", "import sys; print(sys.stdin.read())"], {})
    second = ForkedProcess(template, ["-c", "import sys; print(sys.stdin.read())"], {})
    assert first.communicate("one", TIMEOUT_SECONDS)[0] == "one\n"
    assert second.poll() is None
    assert second.communicate("two", TIMEOUT_SECONDS)[0] == "two\n"


@pytest.mark.parametrize("kind", ["output", "file"])
def test_errors_go_where_they_should(template: Template, tmp_path: Path, kind: str) -> None:
    code = "import sys; print('out', flush=True); print('error', file=sys.stderr)"
    with (tmp_path / "log.txt").open("w") as log:
        forked = ForkedProcess(template, ["-c", code], {}, stderr=subprocess.STDOUT if kind == "output" else log)
        output, errors = forked.communicate(timeout=TIMEOUT_SECONDS)
    assert errors == ""
    assert (output, (tmp_path / "log.txt").read_text()) == (
        ("out\nerror\n", "") if kind == "output" else ("out\n", "error\n")
    )


def test_fork_has_the_modules_already_and_the_template_no_foreign_variables(
    template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    forked = ForkedProcess(template, ["-c", "import sys; print('decimal' in sys.modules)"], {})
    assert forked.communicate(timeout=TIMEOUT_SECONDS)[0] == "True\n"
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    other = Template([])
    forked = ForkedProcess(other, ["-c", "import os; print(os.getppid())"], {})
    parent = int(forked.communicate(timeout=TIMEOUT_SECONDS)[0])
    assert b"AWS_PROFILE" not in Path(f"/proc/{parent}/environ").read_bytes()
    other.close()
    assert not Path(f"/proc/{parent}").exists()


def test_template_ends_with_the_process_that_started_it_and_its_forks_with_their_input() -> None:
    code = (
        "from tools.forking.process import ForkedProcess; from tools.forking.template import Template; import os\n"
        "code = 'import os, sys; print(os.getppid(), os.getpid(), flush=True); sys.stdin.read()'\n"
        "print(ForkedProcess(Template([]), ['-c', code], {}).stdout.readline(), flush=True)\n"
        "os._exit(0)"
    )
    started = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ends = time.monotonic() + TIMEOUT_SECONDS
    for number in started.stdout.split():
        while runs(int(number)):
            assert time.monotonic() < ends
            time.sleep(0.01)


def test_fork_of_a_fork_has_modules_of_folders_that_are_not_on_its_path(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("import other, os; NAME = other.NAME; CONFIG = os.environ['AWS_CONFIG_FILE']")
    (tmp_path / "other.py").write_text("NAME = 'a name'")
    (tmp_path / "third.py").write_text("")
    parent = Template(["decimal"])
    made = Template(["own"], path=[tmp_path], parent=parent)
    look = "import sys, own; print(own.NAME, own.CONFIG, 'decimal' in sys.modules, {} in sys.path)"
    code = look.format(repr(str(tmp_path)))
    for _ in range(2):
        assert ForkedProcess(made, ["-c", code], {}).communicate(timeout=TIMEOUT_SECONDS) == (
            "a name /dev/null True False\n",
            "",
        )
    assert "No module" in ForkedProcess(made, ["-c", "import third"], {}).communicate(timeout=TIMEOUT_SECONDS)[1]
    assert "No module" in ForkedProcess(parent, ["-c", "import own"], {}).communicate(timeout=TIMEOUT_SECONDS)[1]
    number = int(
        ForkedProcess(made, ["-c", "import os; print(os.getppid())"], {}).communicate(timeout=TIMEOUT_SECONDS)[0]
    )
    made.close()
    assert not runs(number)
    parent.close()


def test_template_with_a_parent_has_no_other_path_than_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own.py").write_text("")
    monkeypatch.chdir(tmp_path)
    parent = Template([])
    with pytest.raises(RuntimeError, match="has ended"):
        ForkedProcess(Template(["own"], parent=parent), ["-c", "pass"], {})
    parent.close()


def test_template_that_cannot_import_says_so() -> None:
    with pytest.raises(RuntimeError, match="has ended"):
        ForkedProcess(Template(["no_such_module"]), ["-c", "pass"], {})
