"""Reads from S3: a JSON object with its ETag, and the folders below a prefix."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from shared.aws_errors.codes import GONE, code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def read_json(s3: "S3Client", bucket: str, key: str) -> tuple[dict[str, Any], str]:
    """Return an object's content and ETag: an empty ETag if it does not exist, no content if it is not JSON."""
    try:
        answer = s3.get_object(Bucket=bucket, Key=key)
        body = answer["Body"].read()
    except ClientError as error:
        if code(error) in GONE and code(error) != "NoSuchBucket":
            return {}, ""
        raise
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    return (content if isinstance(content, dict) else {}), answer.get("ETag", "")


def folders(s3: "S3Client", bucket: str, prefix: str) -> list[str]:
    """Return the names of the folders directly below a prefix, in order."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
    found = [entry.get("Prefix", "") for page in pages for entry in page.get("CommonPrefixes", [])]
    return sorted(folder.removeprefix(prefix).rstrip("/") for folder in found)
