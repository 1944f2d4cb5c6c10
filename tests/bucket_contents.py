"""What a bucket holds, every version of it, and how a test empties it."""

from typing import Any

# Source: "DeleteObjects" in the Amazon S3 API Reference.
MAX_DELETED = 1000


def versions(s3: Any, bucket: str, prefix: str = "") -> list[dict[str, Any]]:
    """Return all versions and delete markers in a bucket, as S3 lists them."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    return [entry for page in pages for part in ("Versions", "DeleteMarkers") for entry in page.get(part, [])]


def empty(s3: Any, bucket: str, prefix: str = "") -> None:
    """Delete all versions and delete markers in a bucket, or of the keys there that begin with a prefix."""
    found = [{name: entry[name] for name in ("Key", "VersionId")} for entry in versions(s3, bucket, prefix)]
    for first in range(0, len(found), MAX_DELETED):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": found[first : first + MAX_DELETED], "Quiet": True})
        assert not answer.get("Errors"), answer["Errors"]
