"""The properties of Custom::EmptyBucket, read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# CloudFormation's own, which reach the function too.
NOT_OURS = ("ServiceToken", "ServiceTimeout")

PATTERNS = {
    "BucketName": (r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of a bucket"),
    "BucketLogicalId": (r"[A-Za-z0-9]{1,255}", "the logical id of that bucket in the same template"),
}


class InvalidPropertiesError(Exception):
    """Properties that can't be used; its text has every problem, one a line."""


@dataclass(frozen=True)
class EmptiedBucket:
    """The bucket, and its logical id in the stack."""

    name: str
    logical_id: str


def read(properties: Mapping[str, Any]) -> EmptiedBucket:
    """Return the bucket that a request's ResourceProperties name. Raises InvalidPropertiesError."""
    problems = [
        f"Properties.{name}: unknown property; known here: {', '.join(PATTERNS)}"
        for name in properties
        if name not in PATTERNS and name not in NOT_OURS
    ]
    for name, (pattern, what) in PATTERNS.items():
        value = properties.get(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            found = "missing" if value is None else f"found {str(value)[:60]!r}"
            problems.append(f"Properties.{name}: {found}; write {what}")
    if problems:
        raise InvalidPropertiesError("\n".join(problems))
    return EmptiedBucket(properties["BucketName"], properties["BucketLogicalId"])
