"""Deletes objects for good: every version of each, and every delete marker. A bucket that is gone has none."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws_errors.codes import GONE, code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

# So many DeleteObjects takes at once, and a page of a list has. Source: "DeleteObjects" in the S3 API Reference.
PAGE = 1000
# A version that somebody else has deleted meanwhile is deleted.
_DELETED = ("NoSuchKey", "NoSuchVersion")


class NotDeletedError(Exception):
    """Objects that S3 does not let us delete; the text names the first, and why."""


def delete_all(s3: "S3Client", bucket: str, has_time: Callable[[], bool] = lambda: True) -> bool:
    """Delete all that is in a bucket for as long as there is time; return whether it is known to be empty.

    Each call deletes something, so that it comes to an end. Raises NotDeletedError.
    """
    return _delete(s3, bucket, "", lambda _key: True, has_time)


def delete_below(s3: "S3Client", bucket: str, prefix: str) -> None:
    """Delete all below a prefix, which ends in a slash. Raises NotDeletedError."""
    if not prefix.endswith("/"):
        raise ValueError(f"{prefix!r} is no prefix: it would name more than what is ours")
    _delete(s3, bucket, prefix, lambda key: key.startswith(prefix), lambda: True)


def delete_object(s3: "S3Client", bucket: str, key: str) -> None:
    """Delete one object. Raises NotDeletedError."""
    _delete(s3, bucket, key, lambda found: found == key, lambda: True)


def _delete(
    s3: "S3Client", bucket: str, prefix: str, ours: Callable[[str], bool], has_time: Callable[[], bool]
) -> bool:
    """Delete page after page: keys come in order, so that what is left of `ours` comes first."""
    try:
        while page := _page(s3, bucket, prefix, ours):
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": page, "Quiet": True})
            for failed in answer.get("Errors", []):
                if failed.get("Code") not in _DELETED:
                    told = (failed.get("Key", "")[:100], failed.get("Code"), failed.get("Message"))
                    raise NotDeletedError(": ".join(str(part) for part in told if part))
            if not has_time():
                return False
    except ClientError as error:
        if code(error) not in GONE:
            raise
    return True


def _page(s3: "S3Client", bucket: str, prefix: str, ours: Callable[[str], bool]) -> list["ObjectIdentifierTypeDef"]:
    """Return the first versions and markers that are left.

    S3 is asked for the prefix only; that nothing else is ever deleted does not rest on its answer.
    """
    listed = s3.list_object_versions(Bucket=bucket, Prefix=prefix, MaxKeys=PAGE)
    found = [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]
    return [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in found if ours(entry.get("Key", ""))]
