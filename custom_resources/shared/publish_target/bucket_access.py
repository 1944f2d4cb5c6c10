"""Retries the first call to a bucket until the function's permissions are in effect.

Its role and policy are created just before the custom resource that uses the bucket, and IAM changes take seconds to
propagate. Source: "Changes that I make are not always immediately visible" in the IAM User Guide.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from shared.aws_errors.codes import code

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# 30 seconds in total. A denial that lasts longer is an error in the policy.
PAUSES_SECONDS = (1, 2, 4, 8, 15)


def retry_while_access_denied(read: Callable[[], Answer], sleep: Callable[[float], None] = time.sleep) -> Answer:
    """Return the result of the first read of a bucket, retried while S3 denies access. Raises ClientError."""
    for pause in PAUSES_SECONDS:
        try:
            return read()
        except ClientError as error:
            if code(error) != "AccessDenied":
                raise
            logger.info("%s; retrying in %s seconds", error, pause)
        sleep(pause)
    return read()
