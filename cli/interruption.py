"""How an interruption (Ctrl-C) ends the process: with status 130, and without a traceback."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# The exit status of a command that was interrupted, as shells have it: 128 and the signal's number.
INTERRUPTED = 130


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let an interruption end the process at once, as while modules are imported: there is nothing to undo or to say.

    A process that ignores interruptions, as a shell's job in the background does, goes on ignoring them.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    try:
        signal.signal(signal.SIGINT, _end)
    except ValueError:
        # Only the main thread can handle signals.
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
