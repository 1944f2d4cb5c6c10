"""Versions of the copy, and which of them is current: one small object says so, and changes in one step.

<Prefix>current.json                  {"version": ..., "previous": ...}, written last, and only if nobody else did
<Prefix><version>/manifest.json       what is in the version, and what was left out
<Prefix><version>/site/<key>          a file, as in `addresses`: what a visitor may ask for, and all that is served
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

# The copy must not outlive the outage in any cache on the way: its files have the addresses of the real ones.
CACHE_CONTROL = "no-cache, max-age=0"

_VERSION = re.compile(r"\d{8}T\d{9}Z-[0-9a-f]{8}")
# Somebody wrote first, is writing now, or has deleted what was seen. Source: "Conditional requests", S3 user guide.
_LOST = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")


class LostRaceError(NotSavedError):
    """Another run has switched in the meantime, or all was deleted."""


class NoVersionError(NotSavedError):
    """There is no version to go back to."""


@dataclass(frozen=True)
class Current:
    """Which version is current, which was before it, and the ETag of the object that says so (empty: none does)."""

    version: str
    previous: str
    etag: str


def version_name(time: datetime, run: str) -> str:
    """Return a version's name: names sort by time, and two runs never share one. `run` has 8 hexadecimal digits."""
    return f"{time:%Y%m%dT%H%M%S}{time.microsecond // 1000:03d}Z-{run}"


def read_current(s3: "S3Client", place: Place) -> Current:
    """Return which version is current. An object that says nothing sensible counts as none."""
    content, etag = read_json(s3, place.bucket, place.prefix + CURRENT)
    names = [content.get(name) for name in ("version", "previous")]
    version, previous = (name if isinstance(name, str) and _VERSION.fullmatch(name) else "" for name in names)
    if etag and not version:
        logger.error("%s%s in %s names no version: it will be written anew", place.prefix, CURRENT, place.bucket)
    return Current(version, previous, etag)


def read_manifest(s3: "S3Client", place: Place, version: str) -> dict[str, Any]:
    """Return a version's manifest; empty if there is none."""
    return read_json(s3, place.bucket, f"{place.prefix}{version}/{MANIFEST}")[0] if version else {}


def is_of_source(manifest: Mapping[str, Any], site: SavedSite) -> bool:
    """Tell whether a version is a copy of what a site is saved from. Older ones have no digest, only the address."""
    if "source_digest" in manifest:
        return bool(manifest["source_digest"] == site.source_digest)
    return bool(manifest.get("source") == site.source.address)


def last_of_source(s3: "S3Client", site: SavedSite, current: Current) -> tuple[str, dict[str, Any]]:
    """Return the last version of a site's source and its manifest: the current one, else the newest whole one.

    The current one may be older than others, since somebody went back. Without any, both are empty.
    """
    newest_first = reversed(_versions(s3, site.place))
    for name in filter(None, dict.fromkeys((current.version, *newest_first))):
        manifest = read_manifest(s3, site.place, name)
        if is_of_source(manifest, site):
            return name, manifest
    return "", {}


def switch(s3: "S3Client", place: Place, seen: Current, version: str, previous: str) -> None:
    """Make a version current in one step, if the one that was `seen` still is.

    Raises LostRaceError if it is not: then nothing is changed.
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
        # A first try may have arrived though its answer did not: the second then fails on what the first wrote.
        now = read_current(s3, place)
        if now.version == version:
            return
        if code(error) in _LOST:
            other = f"another run switched to {now.version}" if now.version else "somebody deleted what was current"
            raise LostRaceError(f"{other} while this one worked: nothing was changed here") from None
        raise


def go_back(s3: "S3Client", place: Place) -> Current:
    """Make the previous version current in one step; the one before it becomes the previous one.

    Raises NoVersionError, and LostRaceError.
    """
    seen = read_current(s3, place)
    if not seen.previous or not read_manifest(s3, place, seen.previous):
        raise NoVersionError(f"there is no whole version before {seen.version or 'the first one'} to go back to")
    older = [name for name in _versions(s3, place) if name < seen.previous and name != seen.version]
    whole = next((name for name in reversed(older) if read_manifest(s3, place, name)), "")
    switch(s3, place, seen, seen.previous, whole)
    return Current(seen.previous, whole, "")


def switch_to_source(s3: "S3Client", site: SavedSite) -> bool:
    """Make the last version of a site's source current, if what is current is of another; return whether it is current.

    Without any, what is current stays. Raises LostRaceError.
    """
    seen = read_current(s3, site.place)
    name, _ = last_of_source(s3, site, seen)
    if name and name != seen.version:
        switch(s3, site.place, seen, name, seen.version)
        logger.info("went to %s, the last version of this source", name)
    return bool(name)


def remove_old(s3: "S3Client", site: SavedSite, current: Current) -> None:
    """Remove versions beyond the newest; never the current or the previous one, nor one that is being made.

    The last one of another source stays too: a rollback may want it. A run that is older than the current version and
    not done has lost already: `switch` will tell it so.
    """
    names = [name for name in _versions(s3, site.place) if name <= current.version]
    kept = {current.version, current.previous, *names[-site.keep_versions :], _last_of_another(s3, site, names)}
    for name in names:
        if name not in kept:
            remove(s3, site.place, name)


def remove(s3: "S3Client", place: Place, version: str) -> None:
    """Remove a version: its manifest first, so that what is left of it is never taken for a whole one."""
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
