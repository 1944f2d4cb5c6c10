"""Patience: with a stack that is in progress, and with an API that is busy, until a deadline."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from cloudformation_answer.aws_errors import transient

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Between two looks at a stack. Short ones first: many stacks are done in seconds.
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0


@dataclass(frozen=True)
class Patience:
    """How long there is to wait: until `deadline`, on `clock`. `sleep` is what passes the time."""

    deadline: float
    clock: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)

    def attempts(self) -> Iterator[None]:
        """Yield at once, and then after pauses, each longer than the last, as long as there is time."""
        pause = FIRST_PAUSE
        yield
        while self.clock() + pause < self.deadline:
            self.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            yield

    def insist(self, ask: Callable[[], Answer]) -> Answer:
        """Return what a call answers, asked again while its errors are such as go away by themselves."""
        last: Exception | None = None
        for _ in self.attempts():
            try:
                return ask()
            except Exception as error:
                if not transient(error):
                    raise
                logger.info("%s; asked again", error)
                last = error
        raise last or TimeoutError("no time was left to ask")
