"""Deletes stacks in another Region with the contents of their buckets, and finds the cause of a stack's failure."""

import logging
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from remote_stack import failures, stack
from remote_stack.stack import State
from remote_stack.waiting import Deadline
from shared.publish_target.own_bucket import is_own
from shared.s3_deletion.deletion import delete_all

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

logger = logging.getLogger(__name__)

# Parts of the reasons of resources that only failed because another one did.
_FOLLOWING = ("cancelled", "The following resource(s) failed")

# Statuses that start an operation. The deletion after a failed creation is part of that creation.
DEPLOYMENT = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
DELETION = ("DELETE_IN_PROGRESS",)


def delete(cloudformation: "CloudFormationClient", found: State, role_arn: str, deadline: Deadline) -> None:
    """Delete a stack, and first all objects in its buckets whose names end with the GUID of the function's stack.

    Raises RemoteStackError with the first resource that could not be deleted.
    """
    region = cloudformation.meta.region_name
    s3 = boto3.client("s3", region_name=region)
    for bucket in deadline.retry(lambda: _buckets(cloudformation, found.stack_id)):
        deadline.retry(lambda name=bucket: delete_all(s3, name))  # type: ignore[misc]
    deadline.retry(lambda: cloudformation.delete_stack(StackName=found.stack_id, RoleARN=role_arn))
    left = stack.settled(cloudformation, found.stack_id, deadline)
    if left is not None:
        reason = first_failure(cloudformation, found.stack_id, DELETION)
        raise failures.failed(left.status, reason, found.stack_id, region)


def abandon(cloudformation: "CloudFormationClient", stack_id: str, role_arn: str) -> None:
    """Start deleting the new stack of a failed request. A failure is only logged: the first error is reported."""
    try:
        cloudformation.delete_stack(StackName=stack_id, RoleARN=role_arn)
    except (ClientError, BotoCoreError):
        logger.exception("%s could not be deleted: delete it manually", stack_id)


def first_failure(cloudformation: "CloudFormationClient", stack_id: str, begins: tuple[str, ...] = DEPLOYMENT) -> str:
    """Return the first failed resource of a stack's last operation, which `begins` with a status; empty if unknown."""
    reason = ""
    try:
        pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        for event in (event for page in pages for event in page["StackEvents"]):
            given = event.get("ResourceStatusReason", "")
            status = event.get("ResourceStatus", "")
            if status.endswith("_FAILED") and given and not any(words in given for words in _FOLLOWING):
                reason = f"{event.get('LogicalResourceId', '')}: {given}"
            if status in begins and event.get("PhysicalResourceId") == event.get("StackId"):
                break
    except (ClientError, BotoCoreError) as error:
        logger.info("the stack's events could not be read: %s", error)
    return reason


def _buckets(cloudformation: "CloudFormationClient", stack_id: str) -> list[str]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return [
        resource["PhysicalResourceId"]
        for resource in resources
        if resource["ResourceType"] == "AWS::S3::Bucket"
        and resource["ResourceStatus"] != "DELETE_COMPLETE"
        and is_own(resource.get("PhysicalResourceId", ""))
    ]
