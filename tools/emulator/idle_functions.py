"""The process of a function that is not called ends, as Lambda's environments do; ministack keeps one a function.

With functions in every stack these are hundreds, of 50 MB each. A macro's function stays longer: every stack calls it.
"""

import threading
import time
from typing import Any

from ministack.core import lambda_runtime  # type: ignore[import-not-found]

from tools.emulator import macros

IDLE_SECONDS = 3.0
IDLE_MACRO_SECONDS = 300.0
PAUSE_SECONDS = 0.5


def register() -> None:
    """Look for idle processes for as long as the emulator runs."""
    threading.Thread(target=_end_idle_ones, daemon=True).start()


def _end_idle_ones() -> None:
    while True:
        time.sleep(PAUSE_SECONDS)
        lambda_runtime.kill_workers(_taken_out(time.time()))


def _taken_out(now: float) -> list[object]:
    """Take the workers out of ministack's pools that have been idle for too long, and return them."""
    found: list[object] = []
    with lambda_runtime._lock:
        for key, workers in list(lambda_runtime._workers.items()):
            idle = [worker for worker in workers if not worker.in_use and worker.last_used < now - _longest(worker)]
            found += idle
            kept = [worker for worker in workers if worker not in idle]
            if kept:
                lambda_runtime._workers[key] = kept
            else:
                del lambda_runtime._workers[key]
    return found


def _longest(worker: Any) -> float:
    return IDLE_MACRO_SECONDS if worker.config.get("FunctionArn") in macros.called else IDLE_SECONDS
