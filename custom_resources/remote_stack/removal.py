"""Deletes stacks in another Region, with what is in their buckets, and tells by what a stack failed."""

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

# What CloudFormation says of resources that failed because another one had.
_FOLLOWING = ("cancelled", "The following resource(s) failed")

# How operations begin. A creation that fails goes on with the deletion of what there is; that is still its own end.
DEPLOYMENT = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
DELETION = ("DELETE_IN_PROGRESS",)


def delete(cloudformation: "CloudFormationClient", found: State, role_arn: str, patience: Deadline) -> None:
    """Delete a stack and all that is in those of its buckets whose names end in the GUID of the function's stack.

    Raises RemoteStackError with what it could not delete.
    """
    region = cloudformation.meta.region_name
    s3 = boto3.client("s3", region_name=region)
    for bucket in patience.retry(lambda: _buckets(cloudformation, found.stack_id)):
        patience.retry(lambda name=bucket: delete_all(s3, name))  # type: ignore[misc]
    patience.retry(lambda: cloudformation.delete_stack(StackName=found.stack_id, RoleARN=role_arn))
    left = stack.settled(cloudformation, found.stack_id, patience)
    if left is not None:
        reason = first_failure(cloudformation, found.stack_id, DELETION)
        raise failures.failed(left.status, reason, found.stack_id, region)


def abandon(cloudformation: "CloudFormationClient", stack_id: str, role_arn: str) -> None:
    """Begin to delete a new stack of a request that fails. If that fails too it is logged: there is worse to tell."""
    try:
        cloudformation.delete_stack(StackName=stack_id, RoleARN=role_arn)
    except (ClientError, BotoCoreError):
        logger.exception("%s stays: delete it by hand", stack_id)


def first_failure(cloudformation: "CloudFormationClient", stack_id: str, begins: tuple[str, ...] = DEPLOYMENT) -> str:
    """Return what went wrong first in a stack's last operation, by how it `begins`; empty if nothing says so."""
    reason = ""
    try:
        pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        for event in (event for page in pages for event in page["StackEvents"]):
            told = event.get("ResourceStatusReason", "")
            status = event.get("ResourceStatus", "")
            if status.endswith("_FAILED") and told and not any(words in told for words in _FOLLOWING):
                reason = f"{event.get('LogicalResourceId', '')}: {told}"
            if status in begins and event.get("PhysicalResourceId") == event.get("StackId"):
                break
    except (ClientError, BotoCoreError) as error:
        logger.info("its events can't be read: %s", error)
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
