"""Versions of the copy. One small object names the current version, and switching replaces it atomically.

<Prefix>current.json                  {"version": ..., "previous": ...}, written last, unless another run was faster
<Prefix><version>/manifest.json       the version's files, and what was left out
<Prefix><version>/site/<key>          a file, with a key as in `addresses`; only these files are served
"""

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from saved_site.bucket import folders, read_json
from saved_site.captured import NotSavedError
from saved_site.properties import SavedSite
from shared.aws_errors.codes import code
from shared.publish_target.published_place import Place
from shared.s3_deletion.deletion import delete_below

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

logger = logging.getLogger(__name__)

CURRENT = "current.json"
MANIFEST = "manifest.json"
SITE = "site/"

# No cache may serve the copy after the outage: its files have the URLs of the original ones.
CACHE_CONTROL = "no-cache, max-age=0"

_VERSION = re.compile(r"\d{8}T\d{9}Z-[0-9a-f]{8}")
# Another run wrote first, is writing now, or has deleted the object. Source: "Conditional requests", S3 user guide.
_LOST = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")


class LostRaceError(NotSavedError):
    """Another run has switched in the meantime, or the current version was deleted."""


class NoVersionError(NotSavedError):
    """There is no earlier version to switch back to."""


@dataclass(frozen=True)
class Current:
    """The current and the previous version, and the ETag of the object that names them (empty if it does not exist)."""

    version: str
    previous: str
    etag: str


def version_name(time: datetime, run: str) -> str:
    """Return a version's name: names sort by time and are unique per run. `run` has 8 hexadecimal digits."""
    return f"{time:%Y%m%dT%H%M%S}{time.microsecond // 1000:03d}Z-{run}"


def read_current(s3: "S3Client", place: Place) -> Current:
    """Return the current version. An invalid object counts as none."""
    content, etag = read_json(s3, place.bucket, place.prefix + CURRENT)
    names = [content.get(name) for name in ("version", "previous")]
    version, previous = (name if isinstance(name, str) and _VERSION.fullmatch(name) else "" for name in names)
    if etag and not version:
        logger.error(
            "%s%s in %s names no valid version; the next save replaces it", place.prefix, CURRENT, place.bucket
        )
    return Current(version, previous, etag)


def read_manifest(s3: "S3Client", place: Place, version: str) -> dict[str, Any]:
    """Return a version's manifest; empty if it does not exist."""
    return read_json(s3, place.bucket, f"{place.prefix}{version}/{MANIFEST}")[0] if version else {}


def is_of_source(manifest: Mapping[str, Any], site: SavedSite) -> bool:
    """Return whether a version was saved from the site's current source. Old manifests only have its address."""
    if "source_digest" in manifest:
        return bool(manifest["source_digest"] == site.source_digest)
    return bool(manifest.get("source") == site.source.address)


def last_of_source(s3: "S3Client", site: SavedSite, current: Current) -> tuple[str, dict[str, Any]]:
    """Return the last version of a site's source and its manifest: the current one, else the newest complete one.

    The current version may be older than others after a `go-back`. Both are empty if there is no version.
    """
    newest_first = reversed(_versions(s3, site.place))
    for name in filter(None, dict.fromkeys((current.version, *newest_first))):
        manifest = read_manifest(s3, site.place, name)
        if is_of_source(manifest, site):
            return name, manifest
    return "", {}


def switch(s3: "S3Client", place: Place, seen: Current, version: str, previous: str) -> None:
    """Make a version current atomically, if `seen` is still current.

    Raises LostRaceError if it is not; nothing is changed then.
    """
    condition: dict[str, Any] = {"IfMatch": seen.etag} if seen.etag else {"IfNoneMatch": "*"}
    try:
        s3.put_object(
            Bucket=place.bucket,
            Key=place.prefix + CURRENT,
            Body=json.dumps({"version": version, "previous": previous}).encode(),
            ContentType="application/json",
            CacheControl=CACHE_CONTROL,
            **condition,
        )
    except (ClientError, BotoCoreError) as error:
        # A first attempt may have succeeded although its response was lost; the retry then fails on its result.
        now = read_current(s3, place)
        if now.version == version:
            return
        if code(error) in _LOST:
            other = f"another run switched to {now.version}" if now.version else "the current version was deleted"
            raise LostRaceError(f"{other} during this run; this run changed nothing") from None
        raise


def go_back(s3: "S3Client", place: Place) -> Current:
    """Make the previous version current atomically; the one before it becomes the previous one.

    Raises NoVersionError, and LostRaceError.
    """
    seen = read_current(s3, place)
    if not seen.previous or not read_manifest(s3, place, seen.previous):
        raise NoVersionError(f"there is no complete version before {seen.version or 'the first one'} to switch back to")
    older = [name for name in _versions(s3, place) if name < seen.previous and name != seen.version]
    whole = next((name for name in reversed(older) if read_manifest(s3, place, name)), "")
    switch(s3, place, seen, seen.previous, whole)
    return Current(seen.previous, whole, "")


def switch_to_source(s3: "S3Client", site: SavedSite) -> bool:
    """Make the last version of a site's source current, if another source's is; return whether there is one.

    If there is none, the current version stays. Raises LostRaceError.
    """
    seen = read_current(s3, site.place)
    name, _ = last_of_source(s3, site, seen)
    if name and name != seen.version:
        switch(s3, site.place, seen, name, seen.version)
        logger.info("switched to %s, the last version of this source", name)
    return bool(name)


def remove_old(s3: "S3Client", site: SavedSite, current: Current) -> None:
    """Remove all but the newest versions; never the current or the previous one, nor one that is being uploaded.

    The last version of another source is kept too: a rollback may need it. A run that is older than the current version
    and still in progress has lost the race: `switch` will reject it.
    """
    names = [name for name in _versions(s3, site.place) if name <= current.version]
    kept = {current.version, current.previous, *names[-site.keep_versions :], _last_of_another(s3, site, names)}
    for name in names:
        if name not in kept:
            remove(s3, site.place, name)


def remove(s3: "S3Client", place: Place, version: str) -> None:
    """Remove a version: its manifest first, so that a partly removed version never counts as complete."""
    s3.delete_object(Bucket=place.bucket, Key=f"{place.prefix}{version}/{MANIFEST}")
    delete_below(s3, place.bucket, f"{place.prefix}{version}/")


def _last_of_another(s3: "S3Client", site: SavedSite, names: Sequence[str]) -> str:
    for name in reversed(names):
        manifest = read_manifest(s3, site.place, name)
        if manifest and not is_of_source(manifest, site):
            return name
    return ""


def _versions(s3: "S3Client", place: Place) -> list[str]:
    return [name for name in folders(s3, place.bucket, place.prefix) if _VERSION.fullmatch(name)]
