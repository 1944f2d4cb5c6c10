"""Checks whether CloudFormation is about to delete a bucket, and not just the custom resource that empties it.

A Delete request does not say. CloudFormation sends it when the stack is deleted or the bucket leaves the template, but
also when only the custom resource leaves it (the bucket is kept from now on) or is replaced, or when the update that
added it is rolled back. So the stack's status and template decide. In doubt the objects are kept, and S3 then refuses
to delete the bucket.
"""

import json
import re
from typing import TYPE_CHECKING, Any

from empty_bucket.properties import TargetBucket
from shared.aws_errors.codes import code

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

# All resources of the stack are being deleted. Source of the statuses: "Stack status codes".
STACK_DELETION = ("DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS")

# Resources that are not in the template are being deleted: in the new one after an update, in the old one after a
# rollback.
CLEANUP = ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")

# The policies under which a failed creation deletes a resource. Source: "DeletionPolicy attribute".
DELETED_ON_FAILED_CREATION = ("Delete", "RetainExceptOnCreate")


def is_in_stack(cloudformation: "CloudFormationClient", stack_id: str, bucket: TargetBucket) -> bool:
    """Return whether the logical id names that bucket in the stack, also after it left the template, until deletion.

    Source: "DescribeStackResource" in the CloudFormation API Reference.
    """
    try:
        found = cloudformation.describe_stack_resource(StackName=stack_id, LogicalResourceId=bucket.logical_id)
    except cloudformation.exceptions.ClientError as error:
        if code(error) != "ValidationError":
            raise
        return False
    resource = found["StackResourceDetail"]
    return (resource["ResourceType"], resource.get("PhysicalResourceId")) == ("AWS::S3::Bucket", bucket.name)


def is_being_deleted(cloudformation: "CloudFormationClient", stack_id: str, bucket: TargetBucket) -> bool:
    """Return whether the stack's current operation deletes the bucket."""
    status = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
    if status not in STACK_DELETION and status not in CLEANUP:
        return False
    policy = _deletion_policy(cloudformation, stack_id, bucket.logical_id)
    if status in CLEANUP:
        return policy is None
    return policy in (DELETED_ON_FAILED_CREATION if status == "ROLLBACK_IN_PROGRESS" else ("Delete",))


def _deletion_policy(cloudformation: "CloudFormationClient", stack_id: str, logical_id: str) -> str | None:
    """Return a resource's deletion policy in the stack's processed template; None if it is not in the template."""
    body: Any = cloudformation.get_template(StackName=stack_id, TemplateStage="Processed")["TemplateBody"]
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return _in_yaml(body, logical_id)
    resource = body.get("Resources", {}).get(logical_id)
    return None if resource is None else str(resource.get("DeletionPolicy", "Delete"))


def _in_yaml(text: str, logical_id: str) -> str | None:
    """Return the same from a YAML template, without a YAML library: the policy in the block below the logical id."""
    block = re.search(rf"^( +)(['\"]?){logical_id}\2:[ \t]*\n((?:\1[ \t]+.*\n?|\s*\n)*)", text, re.MULTILINE)
    if block is None:
        # Not in block style: keep the objects, in doubt.
        return "Retain" if logical_id in text else None
    policy = re.search(r"^\s*DeletionPolicy:\s*['\"]?(\w+)", block[3], re.MULTILINE)
    return policy[1] if policy else "Delete"
