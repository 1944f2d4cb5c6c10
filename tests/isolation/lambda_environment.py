"""One environment of Lambda's: imports a function once, then runs it for each line of standard input.

`python lambda_environment.py MODULE SCALE`: a line is [event, seconds that the run has]; a line of the answer is
{"result": ..., "error": ...}. Pauses and the function's own time pass SCALE times faster; connections have theirs.
"""

import importlib
import json
import os
import sys
import threading
import time
from typing import Any

_sleep, _monotonic = time.sleep, time.monotonic


class Context:
    """What Lambda tells a function about its run."""

    function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    invoked_function_arn = os.environ.get("FUNCTION_ARN", "")
    log_stream_name = aws_request_id = "test"

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * (self._ends - time.monotonic()))


def hasten(scale: float) -> None:
    """Let pauses be shorter for all that is imported from now on."""

    class Timer(threading.Timer):
        def __init__(self, interval: float, *arguments: Any, **named: Any) -> None:
            super().__init__(interval / scale, *arguments, **named)

    def sleep(seconds: float) -> None:
        _sleep(seconds / scale)

    time.sleep = sleep  # type: ignore[assignment]
    time.monotonic = lambda: _monotonic() * scale
    threading.Timer = Timer  # type: ignore[misc]


def main(module: str, scale: float) -> None:
    """Run the function until there are no more events. What it prints goes to standard error, as a log."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    hasten(scale)
    handler = importlib.import_module(module).handler
    for line in sys.stdin:
        event, seconds = json.loads(line)
        try:
            reported = {"result": handler(event, Context(seconds)), "error": ""}
        except Exception as error:
            reported = {"result": None, "error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(reported, default=str) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
