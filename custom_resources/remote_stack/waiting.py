"""Patience: with a stack that is in progress, and with an API that is busy, until a deadline."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from shared.aws_errors.codes import transient
from shared.aws_errors.new_rights import denied

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Between two looks at a stack. Short ones first: many stacks are done in seconds.
FIRST_PAUSE = 0.5
MAX_PAUSE_LENGTH = 8.0

# How long a new role may be unknown, or not have its rights yet. A denial that lasts longer is a mistake in a policy.
NEW_ROLE_SECONDS = 30.0

# What CloudFormation answers of a role that it does not know yet.
NOT_YET_ASSUMED = "cannot be assumed"


@dataclass(frozen=True)
class Deadline:
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
            pause = min(2 * pause, MAX_PAUSE_LENGTH)
            yield

    def retry(self, ask: Callable[[], Answer]) -> Answer:
        """Return what a call answers, asked again while its errors are such as go away by themselves."""
        last: Exception | None = None
        new_until = self.clock() + NEW_ROLE_SECONDS
        for _ in self.attempts():
            try:
                return ask()
            except Exception as error:
                new = (denied(error) or NOT_YET_ASSUMED in str(error)) and self.clock() < new_until
                if not (new or transient(error)):
                    raise
                logger.info("%s; asked again", error)
                last = error
        raise last or TimeoutError("no time was left to ask")
