"""Deletes all that is in a bucket: every version of every object, and every delete marker."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


class NotEmptiedError(Exception):
    """An object that S3 does not let us delete; the text says which, and why."""


def empty(s3: "S3Client", bucket: str, has_time: Callable[[], bool]) -> bool:
    """Delete what is in the bucket for as long as there is time; return whether it is known to be empty.

    Each call deletes something, so that it comes to an end. A bucket that is gone is empty. Raises NotEmptiedError.
    """
    while True:
        try:
            page = _page(s3, bucket)
            if not page:
                return True
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": page, "Quiet": True})
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "NoSuchBucket":
                return True
            raise
        for failed in answer.get("Errors", []):
            # A version that somebody else has deleted meanwhile is deleted.
            if failed.get("Code") not in ("NoSuchKey", "NoSuchVersion"):
                raise NotEmptiedError(
                    f"{failed.get('Code')} for {failed.get('Key', '')[:100]}: empty {bucket} yourself"
                )
        if not has_time():
            return False


def _page(s3: "S3Client", bucket: str) -> list["ObjectIdentifierTypeDef"]:
    """Return the first versions and markers that are left: 1,000, which is what DeleteObjects takes."""
    listed = s3.list_object_versions(Bucket=bucket, MaxKeys=1000)
    found = [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]
    return [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in found]
