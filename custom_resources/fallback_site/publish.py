"""Uploads the fallback site's files, and removes files that it published itself, but no others.

A manifest beside the files lists what was published. The page is uploaded first and the manifest last: if the function
is stopped in between, the page is in place and the next attempt completes the work. Both uploads replace only the
version that existed when the request started, so of two concurrent requests the later one fails without changes.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from fallback_site.page import render
from fallback_site.properties import FallbackSite
from shared.aws_errors.codes import GONE, code
from shared.publish_target.published_place import Place
from shared.s3_deletion.deletion import delete_object

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MANIFEST = "manifest.json"
PAGE = "index.html"

# No cache may serve the page after the outage.
CACHE_CONTROL = "no-cache, max-age=0"

# Another request wrote first, or is writing now. Source: "Conditional requests" in the S3 user guide.
_LOST = ("PreconditionFailed", "ConditionalRequestConflict")


class PublishedMeanwhileError(Exception):
    """Another request has published to the same place in the meantime."""


@dataclass(frozen=True)
class Published:
    """The page's key and digest after publishing."""

    key: str
    sha256: str


def publish(s3: "S3Client", site: FallbackSite, on_start: Callable[[], None]) -> Published:
    """Upload the site's files to its bucket, and remove earlier ones that no longer belong to it.

    `on_start` is called before the first upload. Raises PublishedMeanwhileError if another request published first.
    """
    page, manifest = site.prefix + PAGE, site.prefix + MANIFEST
    files: Mapping[str, bytes] = {page: render(site)}
    digests = {key: hashlib.sha256(body).hexdigest() for key, body in files.items()}
    seen = {key: _read(s3, site.bucket, key).etag for key in (*files, manifest)}
    earlier = published_keys(s3, site.place)
    on_start()
    for key, body in files.items():
        _put(s3, site.bucket, key, body, "text/html; charset=utf-8", seen[key])
    content = json.dumps({"files": digests}, indent=2, sort_keys=True).encode()
    _put(s3, site.bucket, manifest, content, "application/json", seen[manifest])
    for key in earlier:
        if key not in files:
            delete_object(s3, site.bucket, key)
    return Published(page, digests[page])


def withdraw(s3: "S3Client", place: Place) -> None:
    """Remove all versions of what was published in a place. Succeeds if nothing or no bucket exists."""
    # The page may exist without a manifest if the function was stopped in between.
    keys = {place.prefix + PAGE, *published_keys(s3, place)}
    for key in (*sorted(keys), place.prefix + MANIFEST):
        delete_object(s3, place.bucket, key)


def published_keys(s3: "S3Client", place: Place) -> tuple[str, ...]:
    """Return the keys in the manifest of a place; none if there is no manifest or it can't be read.

    Keys outside the prefix are ignored, so that no other object is ever deleted.
    """
    try:
        content: Any = json.loads(_read(s3, place.bucket, place.prefix + MANIFEST).body)
        keys = content["files"]
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(key for key in keys if isinstance(key, str) and key.startswith(place.prefix))


@dataclass(frozen=True)
class _Object:
    """An object's content and ETag; both are empty if it does not exist."""

    body: bytes = b""
    etag: str = ""


def _read(s3: "S3Client", bucket: str, key: str) -> _Object:
    try:
        answer = s3.get_object(Bucket=bucket, Key=key)
        return _Object(answer["Body"].read(), answer.get("ETag", ""))
    except ClientError as error:
        if code(error) not in GONE:
            raise
        return _Object()


def _put(s3: "S3Client", bucket: str, key: str, body: bytes, content_type: str, etag: str) -> None:
    """Upload an object if the existing one still has this ETag (empty: if none exists)."""
    condition: Any = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    try:
        s3.put_object(
            Bucket=bucket, Key=key, Body=body, ContentType=content_type, CacheControl=CACHE_CONTROL, **condition
        )
    except ClientError as error:
        if etag and code(error) == "NoSuchKey":
            # The object has been deleted in the meantime.
            _put(s3, bucket, key, body, content_type, "")
        elif code(error) not in _LOST:
            raise
        # The same request may have uploaded it: a first attempt whose response was lost, or a repeat by Lambda.
        elif _read(s3, bucket, key).body != body:
            raise PublishedMeanwhileError(
                f"{bucket}/{key}: another request published here at the same time, and its page was kept; to publish "
                "this one instead, deploy again"
            ) from None
