"""CloudFormation's door to emptying a bucket. crhelper answers it, whatever happens; the work is done elsewhere.

What one run has not the time for is left to the next: crhelper makes a rule that calls the function again each minute.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config

from empty_bucket.deletion_check import is_being_deleted, is_of_stack
from empty_bucket.properties import EmptiedBucket, read
from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import CustomResource
from shared.s3_deletion.deletion import NotDeletedError, delete_all

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# A run stops this long before the function's two minutes are over: within the minute after which the rule calls again,
# and with time for a last request that is slow.
MARGIN_SECONDS = 75

_session = botocore.session.get_session()
_session.set_default_client_config(
    Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 4})
)
boto3.setup_default_session(botocore_session=_session)

helper = CustomResource(polls=True)


def handler(event: Event, context: Any) -> None:
    """Answer one request of CloudFormation's, or go on with it in a minute."""
    # Polling only where something is left to do: it would delay every answer by a minute.
    polling: Any = _go_on if "CrHelperPoll" in event else None
    helper.poll_delete(polling)
    helper(event, context)


@helper.create
@helper.update
def create_or_update(event: Event, _context: Any) -> str:
    """Check the properties, and touch nothing. Another bucket is another resource: Delete is then asked for the old."""
    return _read(event).name


@helper.delete
def delete(event: Event, context: Any) -> str:
    """Empty the bucket if it is about to be deleted. An id that is none of ours: there never was one to empty."""
    physical_id = str(event.get("PhysicalResourceId", ""))
    try:
        bucket = read(event["ResourceProperties"])
    except InvalidPropertiesError:
        logger.info("nothing was created with such properties, nothing is emptied")
        return physical_id
    if bucket.name != physical_id or not _goes(event, bucket):
        logger.info("%s is not about to be deleted; nothing is emptied", bucket.name)
        return physical_id
    if not _emptied(bucket, context):
        event.pop("OldResourceProperties", None)
        polling: Any = _go_on
        helper.poll_delete(polling)
    return physical_id


def _go_on(event: Event, context: Any) -> str | None:
    """Return the physical id once the bucket is empty, None until then."""
    bucket = _read(event)
    if bucket.name != event["PhysicalResourceId"] or not _goes(event, bucket):
        raise ValueError(f"{bucket.name} is not about to be deleted; nothing more is emptied")
    return event["PhysicalResourceId"] if _emptied(bucket, context) else None


def _goes(event: Event, bucket: EmptiedBucket) -> bool:
    """Tell whether it is a bucket of the stack, and about to be deleted."""
    cloudformation, stack_id = _cloudformation(), event["StackId"]
    return is_of_stack(cloudformation, stack_id, bucket) and is_being_deleted(cloudformation, stack_id, bucket)


def _emptied(bucket: EmptiedBucket, context: Any) -> bool:
    done = False
    try:
        done = delete_all(_s3(), bucket.name, _has_time(context))
    except NotDeletedError as error:
        raise ValueError(f"{error}: empty {bucket.name} yourself") from None
    logger.info("%s is %s", bucket.name, "empty" if done else "not empty yet")
    return done


def _has_time(context: Any) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() > 1000 * MARGIN_SECONDS


def _read(event: Event) -> EmptiedBucket:
    try:
        return read(event["ResourceProperties"])
    except InvalidPropertiesError as error:
        raise ValueError(str(error)) from None


def _s3() -> "S3Client":
    return boto3.client("s3")


def _cloudformation() -> "CloudFormationClient":
    return boto3.client("cloudformation")
