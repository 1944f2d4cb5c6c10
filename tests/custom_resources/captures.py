"""Crawls for tests: the crawler as it is, against a server on loopback, with the bounds that a test sets."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from saved_site.captured import Captured
from saved_site.clock import Clock
from saved_site.connection import Connection
from saved_site.crawl import crawl
from saved_site.fetch import Client
from saved_site.properties import Crawl, read
from saved_site.saved_page_banner import Notices

TIME = datetime(2025, 11, 25, 14, 5, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Copy:
    """A captured site, as a test asks for it."""

    captured: Captured

    @property
    def keys(self) -> list[str]:
        return sorted(file.key for file in self.captured.files)

    @property
    def left_out(self) -> dict[str, str]:
        return dict(self.captured.left_out.named)

    def bytes(self, key: str) -> bytes:
        return next(file for file in self.captured.files if file.key == key).kept.waits_at.read_bytes()

    def text(self, key: str) -> str:
        return self.bytes(key).decode()


def source(url: str, **bounds: Any) -> Crawl:
    """Return a source as its properties would give it, without a delay."""
    site = read({"BucketName": "bucket", "Source": {"Crawl": {"StartUrl": url, "DelaySeconds": "0", **bounds}}})
    assert isinstance(site.source, Crawl)
    return site.source


def capture(
    url: str,
    folder: Path,
    *,
    seconds: float = 600,
    clock: Clock | None = None,
    whole_seconds: float = 30,
    **bounds: Any,
) -> Copy:
    """Crawl a site into a folder."""
    notices = Notices(read({"BucketName": "bucket", "Source": {"Crawl": {"StartUrl": url}}}).banner_text, "No.", TIME)
    # A wait before a second try is a second: the wait itself is not tested here.
    used = clock or Clock(sleep=lambda _seconds: None)
    folder.mkdir(exist_ok=True)
    with closing(Connection(anywhere)) as connection:
        client = Client(used, 0, whole_seconds, connection=connection)
        return Copy(crawl(client, source(url, **bounds), notices, folder, seconds))


def anywhere(_address: str) -> bool:
    """Admit any address: a test's site is on loopback."""
    return True


def links(*paths: str) -> str:
    """Return links to paths."""
    return " ".join(f'<a href="{path}">{path}</a>' for path in paths)
