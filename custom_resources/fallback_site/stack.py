"""Asks CloudFormation whether another resource of the stack publishes to the same place.

A stack that gets its functions from somewhere else has to give its custom resources other logical ids, since
CloudFormation takes no change of a ServiceToken ("Updates are not supported", in the reference of
AWS::CloudFormation::CustomResource). It then creates the new resource, which publishes, and deletes the old one
afterwards, which must not withdraw what the new one published. After a rollback it is the other way round.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


def published_by_another(cloudformation: "CloudFormationClient", stack: str, logical_id: str, physical_id: str) -> bool:
    """Tell whether the stack has another resource with this physical id that is neither deleted nor being deleted."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return any(
        entry.get("PhysicalResourceId") == physical_id
        and entry["LogicalResourceId"] != logical_id
        and not entry["ResourceStatus"].startswith("DELETE_")
        for page in pages
        for entry in page["StackResourceSummaries"]
    )
