"""Hostile pages cost themselves, not the copy: whatever does not return, takes too much memory or fails is left out."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from saved_site.page import SavedCopyError
from saved_site.saved_page_banner import Notices
from saved_site.worker import NotRewrittenError, Worker
from tests.custom_resources.captures import TIME, capture, links
from tests.custom_resources.origin import Origin, Page, file, page

NOTICES = Notices("Saved {time}", "No.", TIME)

# The content that a review of security held a run with, and its kinds.
HOSTILE = {
    "refresh": page('<meta http-equiv=refresh content="0' + " " * 20_000 + '"""x">'),
    "commas": page(f'<img srcset="{"," * 400_000}">'),
    "forms": page("<form>" * 100_000),
    "comments": page("<!--" * 200_000),
    "tags": page("<a " * 200_000),
    "open-brackets": page(f'<p style="background:url(x){"(" * 200_000}">'),
    "depth": page("<div>" * 300_000),
    "table-depth": page("<table><tr><td>" * 100_000),
    "siblings": page("x<br>" * 50_000 + "<link rel=prefetch>" * 50_000 + "<meta charset>" * 50_000),
    "references": page("<a href=/only>" * 20_000),
    "attributes": page("<p " + " ".join(f"a{n}=b" for n in range(100_000)) + ">"),
    "number": page(f"<a href='/&#{'9' * 100_000};&#x110000;&#xd800;'>"),
    "long": page(f"<a href='/{'a' * 1_000_000}'><img src='data:{'a' * 1_000_000}'>"),
    "start.css": file(b"url{" + b"{" * 200_000, "text/css"),
    "strings.css": file(b"@import " * 20_000 + b"'" * 200_000, "text/css"),
    "script.js": file(b"import" + b" " * 200_000, "text/javascript"),
    "manifest.json": file(b"[" * 200_000, "application/json"),
    "icons.webmanifest": file(b'{"icons":' * 50_000, "application/manifest+json"),
    "odd-type": Page(b"x", headers={"Content-Type": 'text/html; a="' + ';"' * 30_000}),
}


def test_hostile_pages_are_saved_or_left_out_one_by_one(tmp_path: Path) -> None:
    pages: dict[str, Any] = {f"/{name}": content for name, content in HOSTILE.items()}
    pages["/"] = page(links(*pages) + "".join(f"<link rel=stylesheet href=/{n}>" for n in HOSTILE if n[-4:] == ".css"))
    pages["/last"] = page("last")
    pages["/"] = Page(pages["/"].body.replace(b"<body>", b"<body><a href=/last>x</a>"))
    with Origin(pages) as origin:
        copy = capture(origin.url + "/", tmp_path)
    assert {"index.html", "last/index.html"} <= set(copy.keys)
    saved = {key.removesuffix("/index.html") for key in copy.keys}
    left_out = {path.lstrip("/")[:20] for path in copy.left_out}
    assert set(HOSTILE) <= saved | left_out


@pytest.fixture
def broken() -> Iterator[Worker]:
    def work(body: bytes, *_arguments: Any) -> tuple[bytes, str]:
        if body == b"for ever":
            while True:
                pass
        if body == b"memory":
            return b"x" * 3_000_000_000, ""
        if body == b"killed":
            os.kill(os.getpid(), 9)
        if body == b"deep":
            return work(body)
        if body == b"copy":
            raise SavedCopyError("a saved copy")
        return body, str(os.getpid())

    with Worker(NOTICES, 4, work) as worker:
        yield worker


def rewrite(worker: Worker, body: bytes) -> str:
    return worker.rewrite(body, "text/html", "https://www.example.com/", lambda _base, reference, _kind: reference)[1]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"for ever", "could not be read within 4 seconds"),
        (b"memory", "takes too much memory"),
        (b"killed", "takes too much memory"),
        (b"deep", "RecursionError"),
        (b"copy", "a saved copy"),
    ],
)
def test_a_file_that_can_not_be_read_is_left_out_and_the_next_one_is_read(
    broken: Worker, body: bytes, reason: str
) -> None:
    first = rewrite(broken, b"fine")
    assert rewrite(broken, b"fine") == first
    assert int(first) != os.getpid()
    started = time.monotonic()
    with pytest.raises(NotRewrittenError, match=reason):
        rewrite(broken, body)
    assert time.monotonic() - started < 120
    again = rewrite(broken, b"fine")
    assert (again == first) == (body in (b"deep", b"copy"))


def test_the_process_has_no_connection_of_the_functions(tmp_path: Path) -> None:
    def work(*_arguments: Any) -> tuple[bytes, str]:
        names = [name for name in Path("/proc/self/fd").iterdir() if int(name.name) > 2]
        return b"", " ".join(str(name.readlink()) for name in names if name.is_symlink())

    with (tmp_path / "secret").open("w"), Origin({}), Worker(NOTICES, 10, work) as worker:
        found = rewrite(worker, b"").split()
    assert "secret" not in str(found)
    assert len([name for name in found if name.startswith("socket:")]) == 1


def test_a_place_that_fails_ends_the_process_and_not_the_next_page() -> None:
    def work(_body: bytes, _type: str, _url: str, place: Any, _notices: Notices) -> tuple[bytes, str]:
        return place("", "x", "page").encode(), ""

    def fail(*_arguments: str) -> str:
        raise LookupError

    with Worker(NOTICES, 10, work) as worker:
        with pytest.raises(LookupError):
            worker.rewrite(b"", "", "", fail)
        assert worker.rewrite(b"", "", "", lambda _base, reference, _kind: reference)[0] == b"x"
