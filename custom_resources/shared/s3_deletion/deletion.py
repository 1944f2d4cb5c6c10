"""Permanently deletes objects: every version and delete marker. A bucket that does not exist counts as empty."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws_errors.codes import GONE, code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

# The maximum of keys per DeleteObjects call and per list page. Source: "DeleteObjects" in the S3 API Reference.
PAGE = 1000
# Another caller has deleted the version in the meantime.
_DELETED = ("NoSuchKey", "NoSuchVersion")


class NotDeletedError(Exception):
    """S3 refused to delete objects; the message names the first one and the reason."""


def delete_all(s3: "S3Client", bucket: str, has_time: Callable[[], bool] = lambda: True) -> bool:
    """Delete all objects in a bucket while there is time; return whether it is known to be empty.

    Each call deletes at least one page, so repeated calls finish. Raises NotDeletedError.
    """
    return _delete(s3, bucket, "", lambda _key: True, has_time)


def delete_below(s3: "S3Client", bucket: str, prefix: str) -> None:
    """Delete all objects below a prefix, which must end with a slash. Raises NotDeletedError."""
    if not prefix.endswith("/"):
        raise ValueError(f"prefix: found {prefix!r}, which does not end with a slash and could match other objects")
    _delete(s3, bucket, prefix, lambda key: key.startswith(prefix), lambda: True)


def delete_object(s3: "S3Client", bucket: str, key: str) -> None:
    """Delete one object. Raises NotDeletedError."""
    _delete(s3, bucket, key, lambda found: found == key, lambda: True)


def _delete(
    s3: "S3Client", bucket: str, prefix: str, ours: Callable[[str], bool], has_time: Callable[[], bool]
) -> bool:
    """Delete page by page: keys are listed in order, so the remaining ones that match `ours` come first."""
    try:
        while page := _page(s3, bucket, prefix, ours):
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": page, "Quiet": True})
            for failed in answer.get("Errors", []):
                if failed.get("Code") not in _DELETED:
                    parts = (failed.get("Key", "")[:100], failed.get("Code"), failed.get("Message"))
                    raise NotDeletedError(": ".join(str(part) for part in parts if part))
            if not has_time():
                return False
    except ClientError as error:
        if code(error) not in GONE:
            raise
    return True


def _page(s3: "S3Client", bucket: str, prefix: str, ours: Callable[[str], bool]) -> list["ObjectIdentifierTypeDef"]:
    """Return the first remaining versions and delete markers.

    The list call filters by prefix; `ours` checks every key again, so that no other object is ever deleted.
    """
    listed = s3.list_object_versions(Bucket=bucket, Prefix=prefix, MaxKeys=PAGE)
    found = [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]
    return [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in found if ours(entry.get("Key", ""))]
