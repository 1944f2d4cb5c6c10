"""The crawler against a real server: it finds the site, keeps to its bounds, and survives what sites do."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from saved_site.addresses import Address
from saved_site.captured import SourceError
from saved_site.clock import Clock
from saved_site.fetch import USER_AGENT
from tests.custom_resources.captures import capture, links
from tests.custom_resources.origin import Origin, Page, file, page, redirect


def test_a_site_is_found_by_its_links_and_what_it_needs(tmp_path: Path) -> None:
    pages = {
        "/": page(
            '<link rel=stylesheet href="/css/a.css?v=1"><img srcset="/i/1.png 1x, /i/2.png 2x" src="i/0.png">'
            "<video poster=/i/p.jpg></video><script type=module src=/js/app.js></script>"
            + links("about", "/docs/", "/f.pdf")
        ),
        "/about": page(links("/", "mailto:a@example.com", "javascript:void(0)", "tel:1")),
        "/docs/": page('<div style="background:url(bg.png)"></div><iframe src="/frame"></iframe>'),
        "/frame": page("framed"),
        "/css/a.css": file(b'@import "b.css"; @font-face{src:url(../fonts/f.woff2)}', "text/css"),
        "/css/b.css": file(b".x{background:url('x.png')}", "text/css"),
        "/js/app.js": file(b"let a = 1", "text/javascript"),
        "/f.pdf": file(b"%PDF", "application/pdf"),
        "/fonts/f.woff2": file(b"w", "font/woff2"),
        **{f"/i/{name}": file(b"i", "image/png") for name in ("0.png", "1.png", "2.png", "p.jpg")},
        **{name: file(b"i", "image/png") for name in ("/docs/bg.png", "/css/x.png")},
    }
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path)
        assert origin.agents == {USER_AGENT}
        assert origin.connections <= 2
        assert len(origin.asked) == len(set(origin.asked))
    assert set(copy.keys) == {
        *("index.html", "about/index.html", "docs/index.html", "frame/index.html", "docs/bg.png", "f.pdf"),
        *("css/a.css", Address("/css/a.css", "v=1").key, "css/b.css", "css/x.png", "fonts/f.woff2"),
        *("i/0.png", "i/1.png", "i/2.png", "i/p.jpg"),
    }
    assert copy.captured.pages == 4
    assert 'url("/fonts/f.woff2")' in copy.text("css/a.css")
    assert copy.left_out == {}


def test_redirects_answer_under_both_addresses(tmp_path: Path) -> None:
    pages = {
        "/": redirect("/en/"),
        "/en/": page(links("/old", "/chain")),
        "/old": redirect("new", 301),
        "/new": page("new"),
        "/chain": redirect("/chain/2", 307),
        "/chain/2": redirect("/new", 308),
    }
    with Origin(pages) as origin:
        copy = capture(origin.url + "/", tmp_path)
        assert origin.asked.count("/new") == 1
    assert copy.keys == [
        "chain/2/index.html",
        "chain/index.html",
        "en/index.html",
        "index.html",
        "new/index.html",
        "old/index.html",
    ]
    assert copy.captured.pages == 2
    assert copy.bytes("index.html") == copy.bytes("en/index.html")


def test_loops_and_other_hosts_are_left_out(tmp_path: Path) -> None:
    pages: dict[str, Page] = {
        "/": page(links("/loop", "/long0", "/away", "/nowhere", "http://localhost:9/x", "//example.invalid/y")),
        "/loop": redirect("/loop2"),
        "/loop2": redirect("/loop"),
        **{f"/long{n}": redirect(f"/long{n + 1}") for n in range(50)},
        "/away": redirect("https://example.invalid/"),
        "/nowhere": redirect("gopher:x"),
    }
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path)
    assert copy.left_out["/loop"] == "a redirect loop"
    assert copy.left_out["/long0"] == "too many redirects"
    assert copy.left_out["/away"] == "redirects to another host: https://example.invalid"
    assert "an invalid URL" in copy.left_out["/nowhere"]
    assert copy.keys == ["index.html"]
    assert 'href="http://localhost:9/x"' in copy.text("index.html")
    assert 'href="http://example.invalid/y"' in copy.text("index.html")


def test_failures_get_one_more_try(tmp_path: Path) -> None:
    failed: set[str] = set()

    def once(path: str) -> Page:
        if path in failed:
            return page("now")
        failed.add(path)
        return page(status=503)

    pages: dict[str, Page | Callable[[str], Page]] = {
        "/": page(links("/once", "/down", "/gone")),
        "/once": once,
        "/down": page(status=500),
        "/gone": page(status=410),
    }
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path)
        assert [origin.asked.count(path) for path in ("/once", "/down", "/gone")] == [2, 2, 1]
    assert copy.left_out == {"/down": "returned HTTP 500", "/gone": "returned HTTP 410"}
    assert "once/index.html" in copy.keys


def test_robots_txt_is_obeyed(tmp_path: Path) -> None:
    rules = f"User-agent: *\nDisallow: /\n\nUser-agent: {USER_AGENT}\nDisallow: /private\nCrawl-delay: 1\n"
    pages = {
        "/robots.txt": file(rules.encode(), "text/plain"),
        "/": page(links("/private/a", "/via", "/public")),
        "/via": redirect("/private/b"),
        "/public": page(),
    }
    waits: list[float] = []
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path, clock=Clock(sleep=waits.append))
        assert not any(path.startswith("/private") for path in origin.asked)
    assert set(copy.left_out.values()) == {"robots.txt forbids it"}
    assert copy.keys == ["index.html", "public/index.html"]
    assert waits[1:] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("robots", "start", "reason"),
    [
        (page(status=503), page(), "robots.txt: returned HTTP 503"),
        (file(b"User-agent: *\nDisallow: /", "text/plain"), page(), "robots.txt forbids it"),
        (redirect("/rules?x=1", 301), page(), "robots.txt forbids it"),
        (redirect("/robots.txt"), page(status=500), "returned HTTP 500"),
        (redirect("https://www.example.invalid/robots.txt"), page(status=500), "returned HTTP 500"),
        (page(status=404), page(status=502), "returned HTTP 502"),
        (page(status=404), page(status=404), "returned HTTP 404"),
        (page(status=404), redirect("https://www.example.invalid/"), "another host: https://www.example.invalid"),
        (page(status=404), page('<meta name="resilient-website-saved-copy" content="x">'), "a saved copy responds"),
    ],
)
def test_no_start_page_is_no_copy(tmp_path: Path, robots: Page, start: Page, reason: str) -> None:
    rules = file(b"User-agent: *\nDisallow: /", "text/plain")
    with (
        Origin({"/robots.txt": robots, "/": start, "/rules": rules}) as origin,
        pytest.raises(SourceError, match=reason),
    ):
        capture(origin.url, tmp_path)


def test_nobody_answers(tmp_path: Path) -> None:
    with Origin({}) as origin:
        url = origin.url
    with pytest.raises(SourceError, match="no answer"):
        capture(url, tmp_path)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<meta charset=iso-8859-1><p>Grüße, café</p>".encode("latin-1"), "text/html"),
        ("<p>Grüße, café</p>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("<p>Grüße, café</p>".encode("utf-16"), "text/html"),
        ("<p>Grüße, café</p>".encode("utf-16-be"), 'text/html; charset="utf-16be"'),
        (
            "<meta http-equiv=content-type content='text/html; charset=windows-1252'><p>Grüße, café</p>".encode(
                "cp1252"
            ),
            "text/html; charset=nonsense",
        ),
        ("<p>Grüße, café</p>".encode(), ""),
        ("<!DOCTYPE html><p>Grüße, café</p>".encode(), "text/html"),
    ],
)
def test_encodings_become_utf8(tmp_path: Path, body: bytes, content_type: str) -> None:
    if not content_type:
        body = b"<!doctype html>" + body
    with Origin({"/": file(body, content_type)}) as origin:
        text = capture(origin.url, tmp_path).text("index.html")
    assert "<p>Grüße, café</p>" in text
    assert text.lower().count("charset") == 1
    assert '<meta charset="utf-8">' in text


@pytest.mark.parametrize(
    "markup",
    [
        b"",
        b"just text",
        b"<p>one<p>two<div>three<a href=/x>four",
        b"<html><head><title>t<body><img src=/i.png",
        b"\xff\xfe\xff\x00<p",
        b"<![CDATA[ <!-- <!DOCTYPE <a href='",
        b"<table><tr><td><a href=/x></table></p></br></b>",
        b"<b><p>" * 3000,
        b"<div>" * 20000,
        b"<frameset><frame src=/x></frameset>",
        bytes(range(256)) * 20,
    ],
    ids=range(11),
)
def test_broken_pages_survive(tmp_path: Path, markup: bytes) -> None:
    started = time.monotonic()
    with Origin({"/": file(markup, "text/html"), "/x": page("x")}) as origin:
        copy = capture(origin.url, tmp_path)
    assert copy.text("index.html")
    assert ("x/index.html" in copy.keys) == (b"/x" in markup)
    assert time.monotonic() - started < 60


def test_odd_paths(tmp_path: Path) -> None:
    pages = {
        "/": page(
            links(
                "/caf%C3%A9",
                "/a%20b/c.txt",
                "/latin%E9",
                "/%2e%2e/up",
                "/x" * 600,
                "//",
                "/v1.2/",
                "/same",
                "/same/",
                "/p;jsessionid=1A",
            )
        ),
        **{path: page(path) for path in ("/caf%C3%A9", "/v1.2/", "/same", "/same/", "/p")},
        "/a%20b/c.txt": file(b"t", "text/plain"),
        "/x" * 600: page(),
    }
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path)
    assert copy.keys == [
        "a b/c.txt",
        "café/index.html",
        "index.html",
        "p/index.html",
        "same/index.html",
        "v1.2/index.html",
    ]
    assert 'href="/caf%C3%A9"' in copy.text("index.html")
    assert copy.left_out["/same/"] == "has the same key as /same"
    assert copy.left_out["/x" * 600] == "the path is longer than 900 bytes"
