"""Whether CloudFormation is about to delete a bucket, and not only the custom resource that empties it.

A Delete request says neither. It comes when the stack goes, when the bucket leaves the template, and also when only
the custom resource does (the bucket shall be kept from now on), or when it is replaced, or when an update that brought
it is rolled back. So the stack is asked. In any doubt the bucket keeps what it has: S3 then refuses to delete it.
"""

import json
import re
from typing import TYPE_CHECKING, Any

from empty_bucket.properties import EmptiedBucket
from shared.aws_errors.codes import code

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

# All that the stack made goes. Source of the statuses: "Stack status codes".
WHOLE_STACK = ("DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS")

# What the template no longer has goes: by now it is the new one, or again the old one.
LEFT_OVERS = ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")

# With a creation that fails, what this policy keeps otherwise goes too. Source: "DeletionPolicy attribute".
GOES_WITH_A_FAILED_CREATION = ("Delete", "RetainExceptOnCreate")


def is_of_stack(cloudformation: "CloudFormationClient", stack_id: str, bucket: EmptiedBucket) -> bool:
    """Tell whether the logical id is that bucket's in the stack. One that has left the template is known until it goes.

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


def is_being_deleted(cloudformation: "CloudFormationClient", stack_id: str, bucket: EmptiedBucket) -> bool:
    """Tell whether the bucket goes in what the stack is doing now."""
    status = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]
    if status not in WHOLE_STACK and status not in LEFT_OVERS:
        return False
    policy = _deletion_policy(cloudformation, stack_id, bucket.logical_id)
    if status in LEFT_OVERS:
        return policy is None
    return policy in (GOES_WITH_A_FAILED_CREATION if status == "ROLLBACK_IN_PROGRESS" else ("Delete",))


def _deletion_policy(cloudformation: "CloudFormationClient", stack_id: str, logical_id: str) -> str | None:
    """Return a resource's deletion policy in the stack's template, after its macros; None if it is not there."""
    body: Any = cloudformation.get_template(StackName=stack_id, TemplateStage="Processed")["TemplateBody"]
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            return _in_yaml(body, logical_id)
    resource = body.get("Resources", {}).get(logical_id)
    return None if resource is None else str(resource.get("DeletionPolicy", "Delete"))


def _in_yaml(text: str, logical_id: str) -> str | None:
    """Return the same from YAML, which Python's own library does not read: the policy in the block below the id."""
    block = re.search(rf"^( +)(['\"]?){logical_id}\2:[ \t]*\n((?:\1[ \t]+.*\n?|\s*\n)*)", text, re.MULTILINE)
    if block is None:
        # Written in another way than in blocks: kept, in doubt.
        return "Retain" if logical_id in text else None
    policy = re.search(r"^\s*DeletionPolicy:\s*['\"]?(\w+)", block[3], re.MULTILINE)
    return policy[1] if policy else "Delete"
