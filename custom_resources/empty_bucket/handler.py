"""Lambda entry point of the custom resource that empties a bucket.

What does not fit into one run is left to the next: crhelper creates a rule that calls the function every minute.
"""

import logging
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config

from empty_bucket.deletion_check import is_being_deleted, is_in_stack
from empty_bucket.properties import TargetBucket, read
from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import CustomResource
from shared.s3_deletion.deletion import NotDeletedError, delete_all

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# A run stops this long before the function's two-minute timeout: before the rule's next call, and with time for a slow
# last request.
MARGIN_SECONDS = 75

_session = botocore.session.get_session()
_session.set_default_client_config(
    Config(connect_timeout=3, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 4})
)
boto3.setup_default_session(botocore_session=_session)

helper = CustomResource(polls=True)


def handler(event: Event, context: Any) -> None:
    """Handle one CloudFormation request, or continue it in a minute."""
    # Poll only if something is left to do: polling delays every response by a minute.
    polling: Any = _continue if "CrHelperPoll" in event else None
    helper.poll_delete(polling)
    helper(event, context)


@helper.create
@helper.update
def create_or_update(event: Event, _context: Any) -> str:
    """Check the properties only. A new BucketName is a new resource: CloudFormation then deletes the old one."""
    return read(event["ResourceProperties"]).name


@helper.delete
def delete(event: Event, context: Any) -> str:
    """Empty the bucket if it is about to be deleted. If the id is not the bucket's name, creation had failed."""
    physical_id = str(event.get("PhysicalResourceId", ""))
    try:
        bucket = read(event["ResourceProperties"])
    except InvalidPropertiesError:
        logger.info("nothing was created with these properties; nothing is emptied")
        return physical_id
    if bucket.name != physical_id or not _is_deleted(event, bucket):
        logger.info("%s is not being deleted; nothing is emptied", bucket.name)
        return physical_id
    if not _emptied(bucket, context):
        event.pop("OldResourceProperties", None)
        polling: Any = _continue
        helper.poll_delete(polling)
    return physical_id


def _continue(event: Event, context: Any) -> str | None:
    """Return the physical id once the bucket is empty; None until then."""
    bucket = read(event["ResourceProperties"])
    if bucket.name != event["PhysicalResourceId"] or not _is_deleted(event, bucket):
        raise ValueError(f"{bucket.name} is no longer being deleted; its remaining objects are kept")
    return event["PhysicalResourceId"] if _emptied(bucket, context) else None


def _is_deleted(event: Event, bucket: TargetBucket) -> bool:
    """Return whether the bucket belongs to the stack and is being deleted."""
    cloudformation, stack_id = _cloudformation(), event["StackId"]
    return is_in_stack(cloudformation, stack_id, bucket) and is_being_deleted(cloudformation, stack_id, bucket)


def _emptied(bucket: TargetBucket, context: Any) -> bool:
    done = False
    try:
        done = delete_all(_s3(), bucket.name, _has_time(context))
    except NotDeletedError as error:
        raise ValueError(f"{error}: empty {bucket.name} manually, then delete again") from None
    logger.info("%s is %s", bucket.name, "empty" if done else "not empty yet; continuing in one minute")
    return done


def _has_time(context: Any) -> Callable[[], bool]:
    return lambda: context.get_remaining_time_in_millis() > 1000 * MARGIN_SECONDS


@cache
def _s3() -> "S3Client":
    return boto3.client("s3")


@cache
def _cloudformation() -> "CloudFormationClient":
    return boto3.client("cloudformation")
