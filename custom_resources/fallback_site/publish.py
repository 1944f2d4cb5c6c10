"""Keeps the bucket right: puts what the site is made of, and removes what it published itself, and nothing else.

What was published stands in a manifest beside it. The page goes first and the manifest last, so that a function killed
in between leaves a page in place, and the next try ends where this one should have.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from fallback_site.page import render
from fallback_site.properties import FallbackSite

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MANIFEST = "manifest.json"
PAGE = "index.html"

# The page must not outlive the outage in any cache on the way.
CACHE_CONTROL = "no-cache, max-age=0"

GONE = ("NoSuchBucket", "NoSuchKey", "404", "NotFound")


@dataclass(frozen=True)
class Published:
    """What is in the bucket now: the page's key and its digest."""

    key: str
    sha256: str


def publish(s3: "S3Client", site: FallbackSite) -> Published:
    """Put the site's files into its bucket, and remove earlier ones that are no more part of it."""
    files: Mapping[str, bytes] = {site.prefix + PAGE: render(site)}
    for key, body in files.items():
        s3.put_object(
            Bucket=site.bucket, Key=key, Body=body, ContentType="text/html; charset=utf-8", CacheControl=CACHE_CONTROL
        )
    earlier = published_keys(s3, site.bucket, site.prefix)
    digests = {key: hashlib.sha256(body).hexdigest() for key, body in files.items()}
    _put_manifest(s3, site, digests)
    _delete(s3, site.bucket, [key for key in earlier if key not in files])
    return Published(site.prefix + PAGE, digests[site.prefix + PAGE])


def withdraw(s3: "S3Client", bucket: str, prefix: str) -> None:
    """Remove what was published below a prefix, all versions of it. Succeeds if there is nothing, or no bucket."""
    try:
        keys = published_keys(s3, bucket, prefix)
        _delete(s3, bucket, [*keys, prefix + MANIFEST])
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise


def published_keys(s3: "S3Client", bucket: str, prefix: str) -> tuple[str, ...]:
    """Return the keys of the manifest below a prefix; none if there is no manifest, or one that is not ours.

    Only keys below the prefix count: whatever the manifest says, nothing else is ever touched.
    """
    try:
        body = s3.get_object(Bucket=bucket, Key=prefix + MANIFEST)["Body"].read()
        content: Any = json.loads(body)
        keys = content["files"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        return ()
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(key for key in keys if isinstance(key, str) and key.startswith(prefix))


def _put_manifest(s3: "S3Client", site: FallbackSite, digests: Mapping[str, str]) -> None:
    body = json.dumps({"files": digests}, indent=2, sort_keys=True).encode()
    s3.put_object(
        Bucket=site.bucket,
        Key=site.prefix + MANIFEST,
        Body=body,
        ContentType="application/json",
        CacheControl=CACHE_CONTROL,
    )


def _delete(s3: "S3Client", bucket: str, keys: Iterable[str]) -> None:
    """Delete keys with all their versions and delete markers, so that the bucket can be deleted after them."""
    for key in keys:
        versions = s3.list_object_versions(Bucket=bucket, Prefix=key)
        found = [*versions.get("Versions", []), *versions.get("DeleteMarkers", [])]
        for version in found:
            if version.get("Key") == key:
                s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
        if not found:
            s3.delete_object(Bucket=bucket, Key=key)
