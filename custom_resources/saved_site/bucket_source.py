"""Captures a complete site from a prefix of a bucket, unchanged: it was created for this purpose."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from saved_site.addresses import MAX_KEY_BYTES
from saved_site.captured import Captured, File, LeftOut, SourceError, keep
from saved_site.clock import Clock
from saved_site.properties import MAX_BYTES, BucketPrefix
from saved_site.protection import reason_to_leave_out
from saved_site.rewrite import is_page
from shared.aws_errors.codes import code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

START_KEY = "index.html"
# The function has no time to copy more objects.
MAX_OBJECTS = 5_000
_CHUNK = 1_000_000
# The function's role has no permissions for any source bucket: the bucket's owner grants them.
ACCESS_ADVICE = (
    "allow the site's role, attribute SavedSiteRoleArn, to list and read the prefix in the bucket's policy, and to "
    "decrypt in the key's policy if the bucket uses a customer managed key"
)


def copy(s3: "S3Client", source: BucketPrefix, clock: Clock, folder: Path, seconds: float) -> Captured:
    """Copy the site's files to `folder` and return them. Keys below the prefix are kept.

    Raises SourceError if the prefix can't be read, or exceeds the function's limits.
    """
    deadline = clock.monotonic() + seconds
    where = source.address
    left_out = LeftOut()
    files: list[File] = []
    try:
        for key in _keys(s3, source, where, left_out):
            if clock.monotonic() > deadline:
                raise SourceError(f"{where}: the copy takes longer than the time available; remove files")
            answer = s3.get_object(Bucket=source.bucket, Key=source.prefix + key)
            kind = answer.get("ContentType", "") or "application/octet-stream"
            if reason := reason_to_leave_out(_headers(answer), kind):
                answer["Body"].close()
                left_out.add(key, reason)
                continue
            kept = keep(folder, str(len(files)), answer["Body"].iter_chunks(_CHUNK))
            files.append(File(key, where + key, 200, kind, is_page(kind), kept))
    except (ClientError, BotoCoreError) as error:
        advice = f"; {ACCESS_ADVICE}" if code(error) == "AccessDenied" else ""
        raise SourceError(f"{where}: {error}{advice}") from None
    if not files:
        raise SourceError(f"{where}: the prefix is empty; upload a site with an {START_KEY}")
    return Captured(where, START_KEY, files, left_out)


def _headers(answer: Mapping[str, Any]) -> dict[str, str]:
    """Return the stored headers that may forbid a copy."""
    return {
        "Cache-Control": answer.get("CacheControl", ""),
        "Content-Disposition": answer.get("ContentDisposition", ""),
    }


def _keys(s3: "S3Client", source: BucketPrefix, where: str, left_out: LeftOut) -> list[str]:
    found: list[str] = []
    size = 0
    pages: Any = s3.get_paginator("list_objects_v2").paginate(Bucket=source.bucket, Prefix=source.prefix)
    for entry in (entry for page in pages for entry in page.get("Contents", [])):
        key = entry["Key"].removeprefix(source.prefix)
        if not key or key.endswith("/"):
            continue
        if len(key.encode()) > MAX_KEY_BYTES:
            left_out.add(key, f"the path is longer than {MAX_KEY_BYTES} bytes")
            continue
        found.append(key)
        size += entry["Size"]
        if size > MAX_BYTES or len(found) > MAX_OBJECTS:
            raise SourceError(f"{where}: exceeds {MAX_BYTES} bytes or {MAX_OBJECTS} objects; remove files")
    return found
