"""One environment of Lambda's: imports a function once, then runs it for each event that a line of standard input has.

`python -P lambda_process.py MODULE SCALE`: a line is [event, seconds that this run has]; each run ends with "done" on
standard output. SCALE seconds pass in here while one passes outside, so that what the function waits for (pauses,
time-outs of connections, its own time) takes less: the production values are in force, on a clock that goes faster.
"""

import importlib
import json
import socket
import sys
import threading
import time
from typing import Any

# The date is not touched: signatures have it.
_sleep, _monotonic = time.sleep, time.monotonic
_set, _get = socket.socket.settimeout, socket.socket.gettimeout


class Context:
    """What Lambda tells a function about its run."""

    function_name = invoked_function_arn = log_stream_name = aws_request_id = "test"

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * (self._ends - time.monotonic()))


class Pace:
    """How fast time passes; 1 until it is known."""

    scale = 1.0


def hasten() -> None:
    """Let time pass at the pace for all that is imported from now on."""

    class Timer(threading.Timer):
        def __init__(self, interval: float, *arguments: Any, **named: Any) -> None:
            super().__init__(interval / Pace.scale, *arguments, **named)

    def sleep(seconds: float) -> None:
        _sleep(seconds / Pace.scale)

    def monotonic() -> float:
        return _monotonic() * Pace.scale

    def settimeout(self: socket.socket, seconds: float | None) -> None:
        _set(self, None if seconds is None else seconds / Pace.scale)

    def gettimeout(self: socket.socket) -> float | None:
        seconds = _get(self)
        return None if seconds is None else seconds * Pace.scale

    for place, name, faster in (
        (time, "sleep", sleep),
        (time, "monotonic", monotonic),
        (threading, "Timer", Timer),
        (socket.socket, "settimeout", settimeout),
        (socket.socket, "gettimeout", gettimeout),
    ):
        setattr(place, name, faster)


def main(module: str, scale: float) -> None:
    """Run the function until there are no more events."""
    Pace.scale = scale
    function = importlib.import_module(module)
    if module == "saved_site.handler":
        function.ADMITS = lambda _address: True  # type: ignore[attr-defined]  # the site is on loopback
    handler = function.handler
    print("ready", flush=True)
    for line in sys.stdin:
        event, seconds = json.loads(line)
        handler(event, Context(seconds))
        print("done", flush=True)


# A process may be forked from one that has imported this file and then the function (see `process.py`): time went at
# this pace when the function was imported, and goes on so.
_first = sys.modules.setdefault("lambda_process", sys.modules[__name__])
if _first is sys.modules[__name__]:
    hasten()

if __name__ == "__main__":
    _first.main(sys.argv[1], float(sys.argv[2]))
