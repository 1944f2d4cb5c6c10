"""The names that a stack's resources will have, as patterns for ARNs.

A resource without a name gets `<stack's name>-<logical id>-<random>` from CloudFormation, and a secret
`<logical id>-<random>`. Where the service takes no name that long, both parts are shortened.
"""

import re
from dataclasses import dataclass
from typing import Any

from cli.analysis.updates.stack import Resource

ANY = "*"

# The random part and its hyphen. The two other parts share the rest equally, and one gets what the other does not
# use. AWS does not document this. Source: names that CloudFormation gave, in issue 1113 of
# github.com/KensioSoftware/yulin.
RANDOM_PART = 13

# A value that only AWS knows; it may contain another one.
_MARK = re.compile(r"⟨[^⟨⟩]*⟩")
_STACK_NAME = "⟨?AWS::StackName⟩"


@dataclass(frozen=True)
class NamedType:
    """How resources of a type are named: the name's property, and the name that CloudFormation generates without it."""

    property: str
    max_length: int
    lower_case: bool = False
    with_stack: bool = True


# Source of the lengths: the name's property in each type's page of the CloudFormation Template Reference.
NAMED = {
    "AWS::IAM::InstanceProfile": NamedType("InstanceProfileName", 128),
    "AWS::IAM::Role": NamedType("RoleName", 64),
    "AWS::Lambda::Function": NamedType("FunctionName", 64),
    "AWS::S3::Bucket": NamedType("BucketName", 63, lower_case=True),
    "AWS::SecretsManager::Secret": NamedType("Name", 512, with_stack=False),
}


def name_pattern(resource: Resource, stack_name: str) -> str:
    """Return a pattern of a resource's name; the stack's name may be a pattern too. The type must be in NAMED."""
    kind = NAMED[resource.type]
    given = resource.properties.get(kind.property)
    if given is not None:
        return pattern(given, stack_name)
    if not kind.with_stack:
        return f"{resource.logical_id}-*"
    return stem(stack_name.lower() if kind.lower_case else stack_name, kind.max_length, resource.logical_id)


def stem(stack_name: str, longest: int, logical_id: str) -> str:
    """Return the prefix of a generated name with a wildcard: `shop-*`, or less if the name is shortened."""
    if stack_name == ANY:
        return ANY
    room = longest - RANDOM_PART - len("-")
    share = max((room + 1) // 2, room - len(logical_id))
    return f"{stack_name}-*" if len(stack_name) <= share else f"{stack_name[:share]}*"


def pattern(value: Any, stack_name: str = ANY) -> str:
    """Return a resolved value as a pattern, with a wildcard for what only AWS knows."""
    text = value if isinstance(value, str) else ANY
    text = text.replace(_STACK_NAME, stack_name)
    while _MARK.search(text):
        text = _MARK.sub(ANY, text)
    return re.sub(r"\*+", ANY, text)
