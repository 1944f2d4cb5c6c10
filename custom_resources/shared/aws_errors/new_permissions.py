"""Retries calls while a policy that was just attached to the function's role takes effect.

CloudFormation creates a function's policies seconds before it calls the function, and IAM changes take seconds to
propagate. Source: "Changes that I make are not always immediately visible" in the IAM User Guide.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from shared.aws_errors.codes import code

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

DENIED = ("AccessDenied", "AccessDeniedException")

# 30 seconds in total. A denial that lasts longer is an error in the policy.
PAUSES_SECONDS = (1, 2, 4, 8, 15)

# Reserved from the function's time for the call itself, the work that follows, and the response.
MARGIN_SECONDS = 15


def retry_while_denied(work: Callable[[], Answer], context: Any) -> Answer:
    """Return the result of `work`, retried while AWS denies access and the function has time left.

    `work` must be idempotent; `context` is Lambda's. Raises what `work` raises.
    """
    for pause in PAUSES_SECONDS:
        try:
            return work()
        except Exception as error:
            if not denied(error) or context.get_remaining_time_in_millis() < 1000 * (pause + MARGIN_SECONDS):
                raise
            logger.info("%s; retrying in %s seconds", error, pause)
        time.sleep(pause)
    return work()


def denied(error: Exception) -> bool:
    """Return whether an error, or the error that caused it, is a denial of access."""
    cause = error.__cause__
    return code(error) in DENIED or (isinstance(cause, Exception) and code(cause) in DENIED)
