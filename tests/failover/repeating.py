"""A thread that does something again and again, until it is stopped."""

import threading
import time
from collections.abc import Callable
from typing import Self


class Repeating:
    """Does `action` each `seconds`, counted from start to start; at once if it took longer. A context manager."""

    def __init__(self, action: Callable[[], None], seconds: float) -> None:
        self._action = action
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.error: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        if self.error:
            raise self.error

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                # A late start does not make the next one come sooner.
                started = time.monotonic()
                self._action()
                self._stopped.wait(max(started + self._seconds - time.monotonic(), 0))
        except BaseException as error:
            self.error = error
