"""Waits until a bucket lets a function in.

Its policy is made just before the custom resource that uses the bucket, and S3 takes seconds to have a bucket's
configuration in force everywhere. Source: "Amazon S3 data consistency model" in the S3 User Guide.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from cloudformation_answer.aws_errors import code

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Half a minute in all; a denial that lasts longer is a mistake.
PAUSES_SECONDS = (1, 2, 4, 8, 15)


def once_let_in(read: Callable[[], Answer], sleep: Callable[[float], None] = time.sleep) -> Answer:
    """Return what the first read of a bucket answers; it is tried again while S3 denies it. Raises what S3 says."""
    for pause in PAUSES_SECONDS:
        try:
            return read()
        except ClientError as error:
            if code(error) != "AccessDenied":
                raise
            logger.info("%s; asked again in %s seconds", error, pause)
        sleep(pause)
    return read()
