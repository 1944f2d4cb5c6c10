"""A stack as CloudFormation describes it, if it exists."""

from typing import Any

from botocore.exceptions import ClientError


def described(cloudformation: Any, stack: str) -> dict[str, Any] | None:
    """Return a stack by its name or id, as DescribeStacks has it; None if it does not exist.

    A deleted stack exists by its id only. Raises ClientError if AWS refuses for another reason.
    """
    try:
        return dict(cloudformation.describe_stacks(StackName=stack)["Stacks"][0])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return None
