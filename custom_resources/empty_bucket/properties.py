"""The properties of Custom::EmptyBucket, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.cfn_response.properties import Table, bucket, matching, read_all

# Property -> field, reader, default (None: it must be there).
PROPERTIES: Table = {
    "BucketName": ("name", bucket, None),
    "BucketLogicalId": (
        "logical_id",
        matching(r"[A-Za-z0-9]{1,255}", "write the logical id of that bucket in the same template"),
        None,
    ),
}


@dataclass(frozen=True)
class EmptiedBucket:
    """The bucket, and its logical id in the stack."""

    name: str
    logical_id: str


def read(properties: Mapping[str, Any]) -> EmptiedBucket:
    """Return the bucket that a request's ResourceProperties name. Raises InvalidPropertiesError."""
    return EmptiedBucket(**read_all(properties, PROPERTIES))
