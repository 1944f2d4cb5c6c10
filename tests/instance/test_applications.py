"""The applications that `init --kind` writes: booted as on a server, then asked for pages, and ended.

`test_wordpress.py` has WordPress, which the sample pages have nothing in common with.
"""

import re
import threading
import time
from pathlib import Path

import pytest

from cli.init.kinds import KINDS
from tests.instance.booted import SECONDS, Booted, Stores, archive_of, boot, written
from tests.instance.gate import Gate
from tests.instance.systemd_units import verified
from tests.running_processes import processes, runs_in

# gunicorn waits this long for what it believes to be an open request: `graceful_timeout` in its gunicorn.conf.py.
GRACEFUL_SECONDS = 25
END_SECONDS = GRACEFUL_SECONDS + 15
SIGNAL_SECONDS = 1
SAMPLES = [name for name in KINDS if name != "wordpress"]


@pytest.mark.parametrize("kind", SAMPLES)
def test_application_shows_its_connections_and_ends_after_open_requests(
    kind: str, folder: Path, stores: Stores
) -> None:
    with Gate(stores.database.port) as gate:
        site = written(kind, folder)
        booted = boot(kind, site, archive_of(site), folder / "server", stores, gate.port)
        if kind != "container":
            verified(booted.sandbox.root / "etc/systemd/system")
        with booted.running() as process:
            answers: list[tuple[int, str]] = []
            visitor = threading.Thread(target=lambda: answers.append(booted.get("/")))
            visitor.start()
            assert gate.arrived.wait(SECONDS)
            booted.end(process)
            # No event shows that a process has the signal: some close their port only with the last request.
            time.sleep(SIGNAL_SECONDS)
            gate.opened.set()
            visitor.join(SECONDS)
            assert answers, booted.log.read_text()
            (status, page) = answers[0]
            assert status == 200, booted.log.read_text()
            assert re.search(r"Database</?\w*>.*connected, version 1", page), page + booted.log.read_text()
            assert re.search(r"Cache<dd>connected", page), page + booted.log.read_text()
            process.wait(END_SECONDS)
        assert "GET / " in booted.log.read_text()
        answer_without_database(booted, gate)


def answer_without_database(booted: Booted, gate: Gate) -> None:
    """Check a new process, whose database is down."""
    gate.close()
    with booted.running():
        assert booted.get("/health") == (200, "ok")
        status, page = booted.get("/")
        assert (status, "Database<dd>unreachable" in page, "Cache<dd>connected" in page) == (200, True, True)
        assert str(gate.port) not in page
        assert booted.get("/none")[0] == 404
        assert is_running(booted)
    deadline = time.monotonic() + SECONDS
    # A process that was killed can take a moment to go.
    while is_running(booted):
        assert time.monotonic() < deadline, "processes of the application are left"
        time.sleep(0.05)


def is_running(booted: Booted) -> bool:
    """Tell whether a process has its working folder in the server's or in the site's."""
    folders = (booted.sandbox.root, booted.site)
    return any(runs_in(number, folder) for number in processes() for folder in folders)
