"""Polls a stack that is in progress, and retries transient API errors, until a deadline."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from shared.aws_errors.codes import transient
from shared.aws_errors.new_permissions import denied

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Seconds between two DescribeStacks calls. Short ones first: many stacks are complete within seconds.
FIRST_PAUSE = 0.5
MAX_PAUSE = 8.0

# How long IAM may take to propagate a new role and its policy. A denial that lasts longer is an error in the policy.
NEW_ROLE_SECONDS = 30.0

# Part of CloudFormation's error message for a role that has not propagated yet.
NOT_YET_ASSUMED = "cannot be assumed"


@dataclass(frozen=True)
class Deadline:
    """Limits waiting: `deadline` is a value of `clock`; `sleep` waits."""

    deadline: float
    clock: Callable[[], float] = field(default=time.monotonic)
    sleep: Callable[[float], None] = field(default=time.sleep)

    def attempts(self) -> Iterator[None]:
        """Yield at once, then after increasing pauses, until the deadline."""
        pause = FIRST_PAUSE
        yield
        while self.clock() + pause < self.deadline:
            self.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE)
            yield

    def retry(self, ask: Callable[[], Answer]) -> Answer:
        """Return the result of a call, retried while its errors are transient or due to a new role."""
        last: Exception | None = None
        new_until = self.clock() + NEW_ROLE_SECONDS
        for _ in self.attempts():
            try:
                return ask()
            except Exception as error:
                new = (denied(error) or NOT_YET_ASSUMED in str(error)) and self.clock() < new_until
                if not (new or transient(error)):
                    raise
                logger.info("%s; retrying", error)
                last = error
        raise last or TimeoutError("the function ran out of time before the call")
