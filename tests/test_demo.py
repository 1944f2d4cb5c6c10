"""The demo leaves nothing behind, when it ends by itself and when it is ended."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from tools.pictures.__main__ import DEMO
from tools.pictures.terminal import lines_of
from tools.repository import ROOT


@contextmanager
def running(folder: Path, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the demo with its files in a folder; it ends with the block, if not before."""
    with subprocess.Popen(
        [sys.executable, "-m", "tools.demo"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/macros", "TMPDIR": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        try:
            yield demo
        finally:
            demo.kill()


def emulators(folder: Path) -> list[str]:
    """Return the processes that were started for this demo: they have its folder in their environment."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                if str(folder).encode() in (process / "environ").read_bytes():
                    found.append((process / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
    return found


def leftovers(folder: Path) -> list[str]:
    """Return what is left of a demo: its processes, and its files."""
    deadline = time.monotonic() + 120
    while True:
        left = [*emulators(folder), *map(str, folder.iterdir())]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)


def test_site_stays_up_if_asked_to_and_goes_without_a_trace(tmp_path: Path) -> None:
    with running(tmp_path, KEEP="1") as demo:
        assert demo.stdout
        output = ""
        address = None
        for line in demo.stdout:
            output += line
            address = re.search(r"http://127\.0\.0\.1:\d+/", line)
            if address:
                break
        assert address, output
        with urlopen(address[0]) as page:
            assert "made by the server that stayed" in page.read().decode()
        demo.send_signal(signal.SIGINT)
        rest, _ = demo.communicate(timeout=600)
    assert demo.returncode == 0, output + rest
    assert "nothing was left behind" in rest
    assert leftovers(tmp_path) == []
    recorded = [line for line in lines_of(DEMO.read_text(encoding="utf-8")) if "more lines" not in line]
    assert len(recorded) > 20
    assert [line for line in recorded if _normal(line) not in _normal(output + rest)] == [], "run `make pictures`"


def _normal(printed: str) -> str:
    """Return what is printed without its durations and line breaks."""
    return re.sub(r"\s+|\d+(\.\d+)? s\b", "", printed)


def test_interrupted_demo_cleans_up(tmp_path: Path) -> None:
    with running(tmp_path) as demo:
        deadline = time.monotonic() + 1200
        while not list(tmp_path.glob("emulator-*/log.txt")):
            assert demo.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        demo.send_signal(signal.SIGTERM)
        output, _ = demo.communicate(timeout=300)
    assert demo.returncode == 130, output
    assert leftovers(tmp_path) == []
