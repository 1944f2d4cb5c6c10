"""The emulator's own life: starting, being used from another shell, and leaving nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.errorfactory import ClientExceptionsFactory
from botocore.model import ServiceModel
from botocore.utils import parse_timestamp

from tests.emulated_function import create_function
from tests.running_processes import processes, runs_in
from tools.emulator.endpoint import PYTHON, Emulator
from tools.emulator.instances import Instance
from tools.emulator.sessions import timestamp
from tools.forking.template import SHARED_TEMPLATES
from tools.repository import ROOT


def leftovers(folder: Path, port: int) -> list[str]:
    """Return what is left of an emulator: its folder, and processes that know it."""
    deadline = time.monotonic() + 180
    while True:
        left = [
            line
            for number, line in processes().items()
            if str(folder) in line or f"--port {port}" in line or runs_in(number, folder)
        ]
        left += [str(folder)] if folder.exists() else []
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


def use(emulator: Emulator) -> None:
    """Make it start a worker: a separate process, with files."""
    client = emulator.client("lambda")
    create_function(client, "f", "def handler(event, context):\n    return event\n")
    assert client.invoke(FunctionName="f", Payload=b'"hello"')["Payload"].read() == b'"hello"'


def session_of(process: int) -> int | None:
    """Return the session of a process; None if it has ended meanwhile, as those of other tests do."""
    try:
        return os.getsid(process)
    except ProcessLookupError:
        return None


def test_files_are_below_its_own_folder_only_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SHARED_TEMPLATES, raising=False)
    temporary = Path(tempfile.gettempdir())
    before = {path.name for path in temporary.iterdir()}
    with Emulator() as emulator:
        use(emulator)
        new = {path.name for path in temporary.iterdir()} - before
        assert {name for name in new if "ministack" in name} == set()
        assert emulator.folder.name in new
        started = {number for number in processes() if runs_in(number, emulator.folder)}
        # The function's, beside what forks it and the server.
        assert started
        sessions = {session_of(number) for number in started} - {None}
        started |= {number for number in processes() if session_of(number) in sessions}
        assert len(started) >= 3
    assert leftovers(emulator.folder, emulator.port) == []
    assert not started & set(processes())


def test_nothing_is_left_but_what_functions_are_forked_from_for_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv(SHARED_TEMPLATES, str(tmp_path_factory.mktemp("t")))
    with Emulator() as other:
        use(other)
        with Emulator() as emulator:
            use(emulator)
            assert any(runs_in(number, emulator.folder) for number in processes())
        assert leftovers(emulator.folder, emulator.port) == []
        create_function(other.client("lambda"), "g", "def handler(event, context):\n    return event\n")
        assert other.client("lambda").invoke(FunctionName="g", Payload=b"1")["Payload"].read() == b"1"
    assert leftovers(other.folder, other.port) == []


def test_port_of_ones_choice_and_no_other(emulator: Emulator) -> None:
    assert emulator.url == f"https://localhost:{emulator.port}"
    with pytest.raises(RuntimeError, match="already in use"), Emulator(emulator.port):
        pass


def test_accounts_and_regions_are_apart(emulator: Emulator) -> None:
    one = emulator.session("200000000040", "us-east-1").client("sns")
    one.create_topic(Name="t")
    assert len(one.list_topics()["Topics"]) == 1
    for account, region in (("200000000041", "us-east-1"), ("200000000040", "eu-west-1")):
        assert emulator.session(account, region).client("sns").list_topics()["Topics"] == []


def test_threads_know_each_others_errors(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ClientExceptionsFactory.create_client_exceptions

    def slowly(_: ClientExceptionsFactory, service_model: ServiceModel) -> object:
        time.sleep(0.1)
        return made(ClientExceptionsFactory(), service_model)

    monkeypatch.setattr(ClientExceptionsFactory, "create_client_exceptions", slowly)

    def error(_: int) -> type[Exception]:
        found: type[Exception] = emulator.client("iam", "200000000043").exceptions.EntityAlreadyExistsException
        return found

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(error, range(8)))) == 1


def test_environment_is_all_that_another_process_needs(emulator: Emulator) -> None:
    script = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    command = [sys.executable, "-c", script]
    environment = emulator.environment("200000000042", "eu-west-1")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("200000000042", 0), done.stderr


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_foreground_emulator_ends_cleanly(signal_number: signal.Signals) -> None:
    command = [sys.executable, "-m", "tools.emulator", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        exports = {}
        for line in process.stdout:
            if not line.startswith("export "):
                break
            name, _, value = line.removeprefix("export ").strip().partition("=")
            exports[name] = value
        folder = Path(exports["AWS_CA_BUNDLE"]).parent
        assert folder.exists()
        process.send_signal(signal_number)
        code = process.wait(180)
    assert code == (-signal.SIGKILL if signal_number == signal.SIGKILL else 0)
    assert leftovers(folder, -1) == []


@pytest.mark.parametrize(("name", "stays"), [("emulator-x", False), ("work", True)])
def test_server_without_its_starter_removes_no_other_folder(name: str, stays: bool, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    # As if its parent had been interrupted: the pipe has no reader, and its TMPDIR is gone.
    left = subprocess.Popen(
        [str(PYTHON), "-m", "tools.emulator.server"],
        cwd=ROOT,
        env={"TMPDIR": str(folder / "tmp")},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert left.wait(180) == -signal.SIGKILL
    assert folder.exists() == stays
    assert tmp_path.exists()


@pytest.mark.parametrize(
    "value",
    [
        *("2026-01-31T03:10:00Z", "2026-01-31T03:10:00.123Z", "2026-01-31T03:10:00.123456+00:00"),
        *("2026-01-31T03:10:00+02:00", "2026-01-31T03:10:00", "Sat, 31 Jan 2026 03:10:00 GMT", "1769829000"),
        *(1769829000, 1769829000.5, "nonsense T", None),
    ],
)
def test_times_are_read_as_botocore_reads_them(value: Any) -> None:
    def read(parse: Callable[[Any], datetime]) -> str:
        try:
            found = parse(value)
            return f"{found.isoformat()} {found.tzname()}"
        except (TypeError, ValueError, RuntimeError) as error:
            return type(error).__name__

    assert read(timestamp) == read(parse_timestamp)


def test_instance_that_does_not_listen_is_an_error() -> None:
    silent = Instance("silent", command=[sys.executable, "-c", "pass"])
    with pytest.raises(RuntimeError, match="does not listen"):
        silent.start()


def test_instance_leaves_no_child() -> None:
    script = (
        "import http.server, subprocess, sys; child = subprocess.Popen(['sleep', '60']);"
        "open(sys.argv[2], 'w').write(str(child.pid));"
        "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.BaseHTTPRequestHandler).serve_forever()"
    )
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "child"
        with Instance("parent", command=[sys.executable, "-c", script, "{port}", str(note)]):
            child = int(note.read_text())
            os.kill(child, 0)
        deadline = time.monotonic() + 180
        while child in processes() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert child not in processes()
