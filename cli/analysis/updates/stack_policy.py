"""The stack policy that prevents updates from replacing or deleting a stack's stores."""

from typing import Any

from cli.analysis.updates.stack import Stack
from cli.analysis.updates.stores import is_store

# Source: "SetStackPolicy" in the AWS CloudFormation API Reference.
MAX_POLICY_LENGTH = 16384


def stack_policy(stack: Stack) -> dict[str, Any]:
    """Return the policy: it allows all updates except Replace and Delete of each store, by logical id.

    For a stack without stores it only has the Allow statement. Source: "Prevent updates to stack resources".
    """
    stores = [logical_id for logical_id, resource in stack.items() if is_store(resource)]
    allow = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    deny = {
        "Effect": "Deny",
        "Action": ["Update:Replace", "Update:Delete"],
        "Principal": "*",
        "Resource": [f"LogicalResourceId/{logical_id}" for logical_id in sorted(stores)],
    }
    return {"Statement": [allow, deny] if stores else [allow]}
