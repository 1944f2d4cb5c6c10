"""The process of a function that is not called ends, as Lambda's environments do; ministack keeps one a function.

With functions in every stack these are hundreds, of up to 50 MB each. A macro's function stays longer: every stack
calls it. So do those that were called last: an update of the same stack calls them again.

`PUT /_emulator/idle-functions` with a JSON object: `{"later": 60}` ends those that will have
been idle for too long in 60 seconds.
"""

import asyncio
import json
import threading
import time
from typing import Any

from ministack.core import lambda_runtime  # type: ignore[import-not-found]

from tools.emulator import macros

PATH = "/_emulator/idle-functions"

IDLE_SECONDS = 3.0
# As many as one stack has.
LAST_CALLED = 4
IDLE_LAST_CALLED_SECONDS = 30.0
IDLE_MACRO_SECONDS = 300.0
PAUSE_SECONDS = 0.5


def register() -> None:
    """Look for idle processes for as long as the emulator runs."""
    threading.Thread(target=_end_idle_ones, daemon=True).start()


async def replace(body: bytes) -> tuple[int, dict[str, str], bytes]:
    """Look for idle processes as if it were later, as the body of a request says; return the response."""
    found = _taken_out(time.time() + json.loads(body)["later"])
    await asyncio.to_thread(lambda_runtime.kill_workers, found)
    return 204, {}, b""


def _end_idle_ones() -> None:
    while True:
        time.sleep(PAUSE_SECONDS)
        lambda_runtime.kill_workers(_taken_out(time.time()))


def _taken_out(now: float) -> list[object]:
    """Take the workers out of ministack's pools that have been idle for too long, and return them."""
    found: list[object] = []
    with lambda_runtime._lock:
        every = [worker for workers in lambda_runtime._workers.values() for worker in workers if not _is_macro(worker)]
        last_called = sorted(every, key=lambda worker: worker.last_used)[-LAST_CALLED:]
        for key, workers in list(lambda_runtime._workers.items()):
            idle = [each for each in workers if not each.in_use and each.last_used < now - _longest(each, last_called)]
            found += idle
            kept = [worker for worker in workers if worker not in idle]
            if kept:
                lambda_runtime._workers[key] = kept
            else:
                del lambda_runtime._workers[key]
    return found


def _longest(worker: Any, last_called: list[Any]) -> float:
    if _is_macro(worker):
        return IDLE_MACRO_SECONDS
    return IDLE_LAST_CALLED_SECONDS if worker in last_called else IDLE_SECONDS


def _is_macro(worker: Any) -> bool:
    return worker.config.get("FunctionArn") in macros.called
