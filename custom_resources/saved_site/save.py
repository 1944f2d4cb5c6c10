"""The main flow of a save: read the current version, capture the site, compare the two, publish and switch."""

import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from saved_site import bucket_source
from saved_site.captured import Captured
from saved_site.clock import Clock
from saved_site.connection import Connection
from saved_site.crawl import crawl
from saved_site.fetch import Client
from saved_site.properties import Crawl, SavedSite
from saved_site.public_addresses import Admits, is_public
from saved_site.publish import publish, refuse_worse, tidy_old
from saved_site.saved_page_banner import Notices
from saved_site.versions import read_current, version_name

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class Tools:
    """The dependencies of a run. `admits`: which addresses may be connected to."""

    s3: "S3Client"
    clock: Clock
    admits: Admits = is_public


@dataclass(frozen=True)
class Saved:
    """The result of a run."""

    version: str
    previous: str
    pages: int
    files: int
    left_out: int


def save(tools: Tools, site: SavedSite, run: str, seconds: float, on_start: Callable[[], None] = lambda: None) -> Saved:
    """Save a site as a new version and switch to it; the capture ends after `seconds`. `run`: see `version_name`.

    `on_start` is called before the first upload.

    Raises NotSavedError (the source is unavailable, the copy is worse, or another run was faster) and ClientError. In
    every case the last version stays current.
    """
    current = read_current(tools.s3, site.place)
    time = tools.clock.now()
    with tempfile.TemporaryDirectory(prefix="saved-site-") as folder:
        notices = Notices(site.banner_text, site.form_text, time)
        captured = _capture(tools, site, notices, Path(folder), seconds)
        refuse_worse(tools.s3, site, current, captured)
        on_start()
        now = publish(tools.s3, site, current, captured, version_name(time, run), time)
    tidy_old(tools.s3, site, now)
    left_out = captured.left_out.reasons.total()
    return Saved(now.version, now.previous, captured.pages, len(captured.files), left_out)


def _capture(tools: Tools, site: SavedSite, notices: Notices, folder: Path, seconds: float) -> Captured:
    if isinstance(site.source, Crawl):
        connection = Connection(tools.admits)
        with closing(connection):
            client = Client(tools.clock, site.source.delay_seconds, connection=connection)
            return crawl(client, site.source, notices, folder, seconds)
    return bucket_source.copy(tools.s3, site.source, tools.clock, folder, seconds)
