"""A function's process as Lambda has it: warm for the next request, ended when its time is over, or at any point.

It is forked from one that has imported boto3 and the function, which takes longer than most runs.
"""

import json
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tools.forking.process import ForkedProcess, forked
from tools.repository import ROOT

FAULTS, FUNCTIONS = ROOT / "tests/faults", ROOT / "custom_resources"
# Until a process has imported its function, on a busy machine.
START_SECONDS = 60
# Lambda ends a run that is late at once. What a busy machine may add to one that has not answered, in seconds here.
GRACE_SECONDS = 5
_LOOK_SECONDS = 0.1


class LambdaProcess:
    """Runs events; `log` has what the function wrote. `scale`: how many of its seconds pass in one."""

    def __init__(self, module: str, scale: float, environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        self._module = module
        self._arguments = ["-P", str(FAULTS / "lambda_process.py"), module, str(scale)]
        # As Lambda does, it gives a function no variables of its own but those that measure coverage.
        inherited = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        self._environment = {**inherited, "PYTHONPATH": str(FUNCTIONS), **environment}
        self._scale = scale
        self._process: ForkedProcess | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def start(self) -> None:
        """Have a process that is ready, as Lambda has after its first phase."""
        if self._process and self._process.poll() is None:
            return
        self.end()
        with self.log.open("a") as log:
            self._process = forked(
                self._arguments,
                self._environment,
                stderr=log,
                imported=("lambda_process", self._module),
                path=(FAULTS, FUNCTIONS),
            )
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(self._process, self._lines), daemon=True).start()
        if self._lines.get(timeout=START_SECONDS) != "ready":
            raise RuntimeError(f"the function can't be imported:\n{self.log.read_text()}")

    def run(self, event: dict[str, Any], seconds: float, answered: Callable[[], bool] = lambda: False) -> bool:
        """Return whether the function came to its end; it gets this many seconds.

        One that is late is ended, a little later if it is not `answered`.
        """
        self.start()
        assert self._process is not None
        deadline = time.monotonic() + seconds / self._scale
        self._process.stdin.write(json.dumps([event, seconds]) + "\n")
        self._process.stdin.flush()
        if self._is_done(deadline):
            return True
        while time.monotonic() < deadline + GRACE_SECONDS and self._process.poll() is None and not answered():
            if self._is_done(time.monotonic() + _LOOK_SECONDS):
                return True
        self.end()
        return False

    def _is_done(self, deadline: float) -> bool:
        with suppress(queue.Empty):
            while line := self._lines.get(timeout=max(deadline - time.monotonic(), 0)):
                if line == "done":
                    return True
        return False

    def kill(self) -> None:
        """End the process by SIGKILL."""
        if self._process:
            self._process.kill()

    def end(self) -> None:
        """End the process, and let go of it."""
        if self._process:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                with suppress(OSError):
                    stream.close()
            self._process = None

    @staticmethod
    def _read(process: ForkedProcess, lines: "queue.Queue[str]") -> None:
        with suppress(ValueError):
            for line in process.stdout:
                lines.put(line.strip() or " ")
        lines.put("")
