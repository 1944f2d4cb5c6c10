"""The crawler's bounds, against a real server: bytes, seconds, depth, pages, query strings."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path

from saved_site.clock import Clock
from tests.custom_resources.captures import capture, links
from tests.custom_resources.origin import Origin, Page, file, page, slowly


def test_a_page_of_100_megabytes_is_cut_off(tmp_path: Path) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(1600):
            yield b"x" * 65_536

    bomb = gzip.compress(b"\0" * 50_000_000)
    pages = {
        "/": page(links("/streamed", "/bomb", "/declared", "/small")),
        "/streamed": Page(chunks=chunks),
        "/bomb": Page(bomb, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}),
        "/declared": Page(b"y" * 2_000_000),
        "/small": Page(gzip.compress(b"<p>small"), headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}),
    }
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path, MaxPageBytes="1000000")
        assert origin.sent < 20_000_000
    assert {copy.left_out[path] for path in ("/streamed", "/bomb", "/declared")} == {"larger than MaxPageBytes"}
    assert "<p>small" in copy.text("small/index.html")


def test_slow_pages_time_out(tmp_path: Path) -> None:
    pages = {"/": page(links("/drops", "/next")), "/drops": slowly(b"x", 600, 0.1), "/next": page()}
    started = time.monotonic()
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path, whole_seconds=5)
    assert copy.left_out == {"/drops": "took longer than 5 seconds"}
    assert copy.keys == ["index.html", "next/index.html"]
    assert time.monotonic() - started < 40


def test_query_strings_do_not_multiply_pages(tmp_path: Path) -> None:
    def calendar(path: str) -> Page:
        number = int(path.partition("day=")[2] or 0)
        return page(
            links(
                f"/calendar?day={number + 1}",
                f"/calendar?utm_source=x&day={number + 1}&gclid=y",
                "?b=2&a=1",
                "?a=1&b=2",
            )
        )

    with Origin({"/": page(links("/calendar")), "/calendar": calendar}) as origin:
        copy = capture(origin.url, tmp_path, MaxQueryVariants="4", MaxDepth="100")
        assert sorted(origin.asked)[1:] == [
            "/calendar",
            *(f"/calendar?{q}" for q in ("a=1&b=2", "day=1", "day=2", "day=3")),
            "/robots.txt",
        ]
    assert "the path has more query strings than MaxQueryVariants" in copy.captured.left_out.reasons
    assert copy.captured.pages == 6


def test_bounds_hold(tmp_path: Path) -> None:
    pages = {"/": page(links(*(f"/p{n}" for n in range(1000)))), **{f"/p{n}": page("x" * 1000) for n in range(1000)}}
    with Origin(pages) as origin:
        few = capture(origin.url, tmp_path / "few", MaxPages="10")
        assert len(origin.asked) == 11
        small = capture(origin.url, tmp_path / "small", MaxBytes="200000")
        everything = capture(origin.url, tmp_path / "all", MaxPages="2000")
        ticks = iter(range(100_000))
        short = capture(
            origin.url,
            tmp_path / "short",
            clock=Clock(monotonic=lambda: next(ticks), sleep=lambda _s: None),
            seconds=100,
        )
    assert (few.captured.pages, few.captured.left_out.reasons["MaxPages was reached"]) == (10, 991)
    assert 50 < small.captured.pages < 100
    assert sum(file.kept.size for file in small.captured.files) <= 200_000
    assert everything.captured.pages == 1001
    assert 1 < short.captured.pages < 100
    assert short.captured.left_out.reasons["MaxSeconds was reached"] == 1001 - short.captured.pages


def test_a_deep_chain_ends_at_its_bound(tmp_path: Path) -> None:
    pages = {f"/{n}" if n else "/": page(links(f"/{n + 1}")) for n in range(100)}
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path, MaxDepth="7")
    assert copy.captured.pages == 8
    assert copy.left_out == {"/8": "deeper than MaxDepth"}


def test_style_sheets_that_import_without_end(tmp_path: Path) -> None:
    def css(path: str) -> Page:
        return file(f'@import "/css/{int(path.rpartition("/")[2]) + 1}";'.encode(), "text/css")

    with Origin({"/": page("<link rel=stylesheet href=/css/0>"), **{f"/css/{n}": css for n in range(100)}}) as origin:
        copy = capture(origin.url, tmp_path)
    assert len(copy.keys) == 11
    assert copy.left_out == {"/css/10": "more than 10 files away from its page"}
