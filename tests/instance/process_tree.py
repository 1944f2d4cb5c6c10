"""Ends an application with all that it has started, as systemd ends a unit."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path


def kill_with_all(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process, its group and its descendants, as systemd does: PHP-FPM has a session of its own."""
    below = _descendants(process.pid) if process.poll() is None else []
    for kill, number in ((os.killpg, process.pid), *((os.kill, number) for number in below)):
        with suppress(ProcessLookupError):
            kill(number, signal.SIGKILL)
    process.wait()


def _descendants(process: int) -> list[int]:
    try:
        children = list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [*children, *(below for child in children for below in _descendants(child))]
