"""Waits until a function may use a bucket.

Its role and its policy are made just before the custom resource that uses the bucket, and IAM takes seconds to have
them in force everywhere. Source: "Changes that I make are not always immediately visible" in the IAM User Guide.
"""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from shared.aws_errors.codes import code

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

# Half a minute in all; a denial that lasts longer is a mistake.
PAUSES_SECONDS = (1, 2, 4, 8, 15)


def retry_while_access_denied(read: Callable[[], Answer], sleep: Callable[[float], None] = time.sleep) -> Answer:
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
