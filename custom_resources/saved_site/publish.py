"""Publishes a capture as a complete new version, then switches to it. The last good version stays until then."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from saved_site.captured import Captured, File, NotSavedError
from saved_site.properties import BucketPrefix, SavedSite
from saved_site.versions import (
    CACHE_CONTROL,
    MANIFEST,
    SITE,
    Current,
    LostRaceError,
    last_of_source,
    remove,
    remove_old,
    switch,
)
from shared.publish_target.published_place import Place
from shared.s3_deletion.deletion import NotDeletedError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

logger = logging.getLogger(__name__)

# botocore keeps ten connections; a request takes about 30 ms, so a thousand files take seconds.
_AT_ONCE = 8


class RefusedError(NotSavedError):
    """The new copy is worse than the last one."""


def refuse_worse(s3: "S3Client", site: SavedSite, current: Current, captured: Captured) -> None:
    """Raise RefusedError if the start page is missing, or if there are far fewer pages than in the last version.

    Only versions with the same source and the same limits are compared.
    """
    if not any(file.key == captured.start_key for file in captured.files):
        raise RefusedError(f"{captured.source}: the start page ({captured.start_key}) is missing")
    version, manifest = last_of_source(s3, site, current)
    last, least = manifest.get("page_count"), site.minimum_pages_percent
    if isinstance(last, int) and captured.pages * 100 < last * least:
        change = "move it to another Prefix" if isinstance(site.source, BucketPrefix) else "for example its MaxPages"
        raise RefusedError(
            f"{captured.source}: found {captured.pages} pages, less than {least} % of the {last} pages of the last "
            f"version ({version}), which stays current; if the site has become smaller, change Fallback.Source "
            f"({change}): a copy from a changed source is not compared with earlier versions"
        )


def publish(
    s3: "S3Client", site: SavedSite, current: Current, captured: Captured, version: str, time: datetime
) -> Current:
    """Upload a version and switch to it. On any error the last version stays current.

    Raises LostRaceError and ClientError.
    """
    place = site.place
    try:
        _upload(s3, place, captured, version)
        _put_manifest(s3, place, version, _manifest(captured, site, version, time))
    except BaseException:
        _tidy(s3, place, version)
        raise
    try:
        switch(s3, place, current, version, current.version)
    except LostRaceError:
        _tidy(s3, place, version)
        raise
    return Current(version, current.version, "")


def tidy_old(s3: "S3Client", site: SavedSite, current: Current) -> None:
    """Remove old versions. The new one is already current, so a failure is only logged."""
    try:
        remove_old(s3, site, current)
    except (ClientError, BotoCoreError, NotDeletedError) as error:
        logger.error("old versions below %s in %s could not be removed: %s", site.prefix, site.bucket, error)


def _upload(s3: "S3Client", place: Place, captured: Captured, version: str) -> None:
    def put(file: File) -> None:
        with file.kept.waits_at.open("rb") as body:
            s3.put_object(
                Bucket=place.bucket,
                Key=f"{place.prefix}{version}/{SITE}{file.key}",
                Body=body,
                ContentType=file.content_type,
                CacheControl=CACHE_CONTROL,
            )

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        puts = [pool.submit(put, file) for file in captured.files]
        try:
            for one in puts:
                one.result()
        finally:
            for one in puts:
                one.cancel()


def _put_manifest(s3: "S3Client", place: Place, version: str, manifest: dict[str, Any]) -> None:
    s3.put_object(
        Bucket=place.bucket,
        Key=f"{place.prefix}{version}/{MANIFEST}",
        Body=json.dumps(manifest, indent=1).encode(),
        ContentType="application/json",
        CacheControl=CACHE_CONTROL,
    )


def _manifest(captured: Captured, site: SavedSite, version: str, time: datetime) -> dict[str, Any]:
    return {
        "version": version,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "source": captured.source,
        "source_digest": site.source_digest,
        "start": captured.start_key,
        "page_count": captured.pages,
        "files": [_entry(file) for file in captured.files],
        "left_out": {
            "reasons": dict(captured.left_out.reasons),
            "named": [{"what": what, "why": why} for what, why in captured.left_out.named],
        },
    }


def _entry(file: File) -> dict[str, Any]:
    return {
        "url": file.url,
        "key": file.key,
        "status": file.status,
        "content_type": file.content_type,
        "sha256": file.kept.sha256,
        "bytes": file.kept.size,
        "page": file.is_page,
        **({"same_as": file.same_as} if file.same_as else {}),
    }


def _tidy(s3: "S3Client", place: Place, version: str) -> None:
    """Remove an incomplete version. If that fails, `remove_old` of a later run removes it."""
    with suppress(ClientError, BotoCoreError, NotDeletedError):
        remove(s3, place, version)
