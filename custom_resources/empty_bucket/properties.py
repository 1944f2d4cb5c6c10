"""Reads the properties of Custom::EmptyBucket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.cfn_response.properties import Table, bucket, matching, read_all

# Property -> field, reader, default (None: required).
PROPERTIES: Table = {
    "BucketName": ("name", bucket, None),
    "BucketLogicalId": (
        "logical_id",
        matching(r"[A-Za-z0-9]{1,255}", "write the bucket's logical id in the same template"),
        None,
    ),
}


@dataclass(frozen=True)
class TargetBucket:
    """The name of the bucket to empty, and its logical id in the stack."""

    name: str
    logical_id: str


def read(properties: Mapping[str, Any]) -> TargetBucket:
    """Return the bucket in a request's ResourceProperties. Raises InvalidPropertiesError."""
    return TargetBucket(**read_all(properties, PROPERTIES))
