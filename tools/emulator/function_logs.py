"""A function writes no log to a group that was deleted, as its role may make none; ministack makes the group anew.

After an invocation ministack looks for log lines a thousand times a second, for up to 50 milliseconds: a fifth of the
time that an invocation takes. Here it waits for a line.
"""

import queue
import time
from typing import Any

from ministack.core import lambda_runtime  # type: ignore[import-not-found]
from ministack.services import cloudwatch_logs, lambda_svc  # type: ignore[import-not-found]


def register() -> None:
    """Write only to a group that exists, where the function's configuration names one; and wait for lines."""
    write = lambda_svc._emit_lambda_logs

    def write_to_what_is_there(func: Any, *rest: Any, **named: Any) -> Any:
        group = ((func.get("config") or func).get("LoggingConfig") or {}).get("LogGroup")
        return write(func, *rest, **named) if not group or group in cloudwatch_logs._log_groups else None

    lambda_svc._emit_lambda_logs = write_to_what_is_there
    lambda_runtime.Worker._drain_stderr_bounded = _lines


def _lines(worker: Any, first_line_wait: float = 0.05, idle_confirm: float = 0.005, hard_cap: float = 0.25) -> str:
    """Return what a function has logged: ministack's own method, with its limits in seconds."""
    found: list[str] = []
    end = time.monotonic() + hard_cap
    try:
        while (left := end - time.monotonic()) > 0:
            found.append(worker._stderr_queue.get(timeout=min(left, idle_confirm if found else first_line_wait)))
    except queue.Empty:
        pass
    return "\n".join(found)
