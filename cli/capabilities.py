"""The capabilities that a template needs, from its resources."""

from collections.abc import Mapping
from typing import Any

# Source: "Capabilities" of CreateStack in the CloudFormation API reference: the types, and the names that count.
IAM_TYPES = (
    "AWS::IAM::AccessKey",
    "AWS::IAM::Group",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::UserToGroupAddition",
)
IAM_NAMES = ("GroupName", "InstanceProfileName", "ManagedPolicyName", "RoleName", "UserName")
# These have no name of their own: their GroupName or UserName refers to another resource.
REFERRING = ("AWS::IAM::AccessKey", "AWS::IAM::UserToGroupAddition")


def capabilities(template: Mapping[str, Any]) -> list[str]:
    """Return the capabilities that CloudFormation needs for a template; macros may add resources that need some."""
    resources = [body for body in (template.get("Resources") or {}).values() if isinstance(body, Mapping)]
    iam = [body for body in resources if body.get("Type") in IAM_TYPES]
    needed = []
    if any(_named(body) for body in iam):
        needed.append("CAPABILITY_NAMED_IAM")
    elif iam or "Transform" in template:
        needed.append("CAPABILITY_IAM")
    if "Transform" in template:
        needed.append("CAPABILITY_AUTO_EXPAND")
    return needed


def _named(body: Mapping[str, Any]) -> bool:
    properties = body.get("Properties") or {}
    return body.get("Type") not in REFERRING and any(name in properties for name in IAM_NAMES)
