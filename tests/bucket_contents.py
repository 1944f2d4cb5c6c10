"""What a bucket holds, every version of it, and how a test empties it."""

from typing import Any


def versions(s3: Any, bucket: str) -> list[dict[str, Any]]:
    """Return all versions and delete markers in a bucket, as S3 lists them."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    return [entry for page in pages for part in ("Versions", "DeleteMarkers") for entry in page.get(part, [])]


def empty(s3: Any, bucket: str) -> None:
    """Delete all versions and delete markers in a bucket."""
    for entry in versions(s3, bucket):
        s3.delete_object(Bucket=bucket, Key=entry["Key"], VersionId=entry["VersionId"])
