"""The identity of the deployed stack for policies and names: its id, and the GUID in it.

A stack's id is `arn:aws:cloudformation:<Region>:<account>:stack/<name>/<GUID>`. No other stack has the same GUID, so a
name with the GUID in it belongs to this stack. Source: "CreateStack" in the CloudFormation API Reference, StackId.
"""

from troposphere import AWSHelperFn, Join, Ref, Select, Split, Sub

STACK_ID = Ref("AWS::StackId")
GUID = Select(2, Split("/", STACK_ID))

# The name prefix, before the GUID, of rules and of stacks in other Regions that this stack's functions create.
PREFIX = "resilient-website-"


def with_guid(pattern: str) -> AWSHelperFn:
    """Return a text in which `${Guid}` is the stack's GUID, and `${AWS::...}` are the pseudo parameters."""
    return Sub(pattern, Guid=GUID)


def named(purpose: str, digest: str) -> AWSHelperFn:
    """Return a name that ends in the stack's GUID, as in `fallback-1a2b3c4d-<GUID>`."""
    return Join("-", [purpose, digest, GUID])
