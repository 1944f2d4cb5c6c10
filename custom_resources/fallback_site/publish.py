"""Keeps the bucket right: puts what the site is made of, and removes what it published itself, and nothing else.

What was published stands in a manifest beside it. The page goes first and the manifest last, so that a function killed
in between leaves a page in place, and the next try ends where this one should have. Both only replace what was there
when the request began: of two at the same time, the one that is late changes nothing.
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

# The page must not outlive the outage in any cache on the way.
CACHE_CONTROL = "no-cache, max-age=0"

# Somebody wrote first, or is writing now. Source: "Conditional requests" in the S3 user guide.
_LOST = ("PreconditionFailed", "ConditionalRequestConflict")


class PublishedMeanwhileError(Exception):
    """Another request has published to the same place."""


@dataclass(frozen=True)
class Published:
    """What is in the bucket now: the page's key and its digest."""

    key: str
    sha256: str


def publish(s3: "S3Client", site: FallbackSite, begun: Callable[[], None]) -> Published:
    """Put the site's files into its bucket, and remove earlier ones that are no more part of it.

    `begun` is called before anything is put. Raises PublishedMeanwhileError: what is there then is another's.
    """
    page, manifest = site.prefix + PAGE, site.prefix + MANIFEST
    files: Mapping[str, bytes] = {page: render(site)}
    digests = {key: hashlib.sha256(body).hexdigest() for key, body in files.items()}
    seen = {key: _read(s3, site.bucket, key).etag for key in (*files, manifest)}
    earlier = published_keys(s3, site.place)
    begun()
    for key, body in files.items():
        _put(s3, site.bucket, key, body, "text/html; charset=utf-8", seen[key])
    told = json.dumps({"files": digests}, indent=2, sort_keys=True).encode()
    _put(s3, site.bucket, manifest, told, "application/json", seen[manifest])
    for key in earlier:
        if key not in files:
            delete_object(s3, site.bucket, key)
    return Published(page, digests[page])


def withdraw(s3: "S3Client", place: Place) -> None:
    """Remove what was published in a place, all versions of it. Succeeds if there is nothing, or no bucket."""
    # The page is there without a manifest if the function that published it was ended in between.
    keys = {place.prefix + PAGE, *published_keys(s3, place)}
    for key in (*sorted(keys), place.prefix + MANIFEST):
        delete_object(s3, place.bucket, key)


def published_keys(s3: "S3Client", place: Place) -> tuple[str, ...]:
    """Return the keys of the manifest in a place; none if there is no manifest, or one that is not ours.

    Only keys below its prefix count: whatever the manifest says, nothing else is ever touched.
    """
    try:
        content: Any = json.loads(_read(s3, place.bucket, place.prefix + MANIFEST).body)
        keys = content["files"]
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(key for key in keys if isinstance(key, str) and key.startswith(place.prefix))


@dataclass(frozen=True)
class _Object:
    """What is under a key; nothing if both are empty."""

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
    """Put an object in the place of the one with the ETag that was seen (empty: of none)."""
    condition: Any = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
    try:
        s3.put_object(
            Bucket=bucket, Key=key, Body=body, ContentType=content_type, CacheControl=CACHE_CONTROL, **condition
        )
    except ClientError as error:
        if etag and code(error) == "NoSuchKey":
            # Somebody has deleted it meanwhile.
            _put(s3, bucket, key, body, content_type, "")
        elif code(error) not in _LOST:
            raise
        # The same request may have put it: this one's first try, whose answer was lost, or the one that Lambda repeats.
        elif _read(s3, bucket, key).body != body:
            raise PublishedMeanwhileError(
                f"{bucket}/{key}: another request has published here while this one did, and its page stays; "
                "deploy again if it should be this one's"
            ) from None
