"""What we ask S3 for: a JSON object with its ETag, the folders below a prefix, and to delete all below one."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cloudformation_answer.aws_errors import GONE, code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


class NotDeletedError(Exception):
    """Objects that could not be deleted; the text names the first and its reason."""


def read_json(s3: "S3Client", bucket: str, key: str) -> tuple[dict[str, Any], str]:
    """Return an object's content and ETag: no ETag if it is not there, no content if it is not a JSON object."""
    try:
        answer = s3.get_object(Bucket=bucket, Key=key)
        body = answer["Body"].read()
    except ClientError as error:
        if code(error) in GONE and code(error) != "NoSuchBucket":
            return {}, ""
        raise
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    return (content if isinstance(content, dict) else {}), answer.get("ETag", "")


def folders(s3: "S3Client", bucket: str, prefix: str) -> list[str]:
    """Return the names of the folders directly below a prefix, in order."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
    found = [entry.get("Prefix", "") for page in pages for entry in page.get("CommonPrefixes", [])]
    return sorted(folder.removeprefix(prefix).rstrip("/") for folder in found)


def delete_below(s3: "S3Client", bucket: str, prefix: str) -> None:
    """Delete every version and delete marker of every object below a prefix, so that the bucket can be deleted too.

    Succeeds if there is nothing, or no bucket. Raises NotDeletedError.
    """
    try:
        for page in _versions(s3, bucket, prefix):
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": page, "Quiet": True})
            for error in answer.get("Errors", []):
                raise NotDeletedError(f"{error.get('Key')}: {error.get('Code')}: {error.get('Message')}")
    except ClientError as error:
        if code(error) not in GONE:
            raise


def _versions(s3: "S3Client", bucket: str, prefix: str) -> Iterator[list["ObjectIdentifierTypeDef"]]:
    if not prefix.endswith("/"):
        raise ValueError(f"{prefix!r} is no prefix: it would name more than what is ours")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix)
    for page in pages:
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        # S3 is asked for this prefix only; that nothing else is ever deleted does not rest on its answer.
        # A page of the list has at most 1,000 entries, which is what one DeleteObjects takes ("DeleteObjects").
        ours = [entry for entry in found if entry.get("Key", "").startswith(prefix)]
        if ours:
            yield [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in ours]
