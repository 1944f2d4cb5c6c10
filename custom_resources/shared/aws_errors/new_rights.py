"""Waits until a policy that was just attached to the function's role is in force.

CloudFormation makes a function's policies seconds before it calls the function, and IAM's changes take seconds to be
known everywhere. Source: "Changes that I make are not always immediately visible" in the IAM User Guide.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from shared.aws_errors.codes import code

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

DENIED = ("AccessDenied", "AccessDeniedException")

# Half a minute in all. A denial that lasts longer is a mistake in the policy.
PAUSES_SECONDS = (1, 2, 4, 8, 15)

# What remains of the function's time for the call itself, what follows it, and the answer.
MARGIN_SECONDS = 15


def once_in_force(work: Callable[[], Answer], context: Any) -> Answer:
    """Return what `work` returns; it is called again while AWS denies it and the function has time.

    `work` must be repeatable; `context` is Lambda's. Raises what `work` raises.
    """
    for pause in PAUSES_SECONDS:
        try:
            return work()
        except Exception as error:
            if not denied(error) or context.get_remaining_time_in_millis() < 1000 * (pause + MARGIN_SECONDS):
                raise
            logger.info("%s; tried again in %s seconds", error, pause)
        time.sleep(pause)
    return work()


def denied(error: Exception) -> bool:
    """Tell whether an error, or the one that it was raised from, is a denial of access."""
    cause = error.__cause__
    return code(error) in DENIED or (isinstance(cause, Exception) and code(cause) in DENIED)
