"""Pages that a site excludes from storing or from being separate pages are not in the copy."""

from pathlib import Path

import pytest

from saved_site.captured import SourceError
from tests.custom_resources.captures import capture, links
from tests.custom_resources.origin import Origin, Page, page

HTML = {"Content-Type": "text/html"}


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({**HTML, "Cache-Control": "no-store"}, "Cache-Control says no-store"),
        ({**HTML, "Cache-Control": "max-age=0, Private"}, "Cache-Control says private"),
        ({**HTML, "Content-Disposition": 'Attachment; filename="a.html"'}, "Content-Disposition says attachment"),
        ({**HTML, "X-Robots-Tag": "noindex, NoArchive"}, "X-Robots-Tag says noarchive"),
        ({**HTML, "X-Robots-Tag": "none"}, "X-Robots-Tag says noarchive"),
        ({**HTML, "X-Robots-Tag": "otherbot: noarchive"}, "X-Robots-Tag says noarchive"),
        ({**HTML, "Content-Security-Policy": "default-src 'none'; SANDBOX allow-forms"}, "says sandbox"),
        ({"Content-Type": "image/svg+xml", "Content-Security-Policy": "sandbox"}, "says sandbox"),
        ({**HTML, "Cache-Control": "x" * 9_000}, "longer than"),
        ({"Content-Type": "text/css", "Cache-Control": "no-store"}, "Cache-Control says no-store"),
    ],
)
def test_what_is_left_out(tmp_path: Path, headers: dict[str, str], reason: str) -> None:
    with Origin({"/": page(links("/kept", "/x")), "/kept": page(), "/x": Page(b"<p>x", headers=headers)}) as origin:
        copy = capture(origin.url + "/", tmp_path)
    assert copy.keys == ["index.html", "kept/index.html"]
    assert reason in copy.left_out["/x"]


@pytest.mark.parametrize(
    "headers",
    [
        {**HTML, "Cache-Control": "no-cache, max-age=0, must-revalidate, s-maxage=5"},
        {**HTML, "Content-Disposition": "inline"},
        {**HTML, "X-Robots-Tag": "noindex, max-snippet:-1, unavailable_after: 25 Jun 2030 15:00:00 PST"},
        {**HTML, "Content-Security-Policy": "default-src 'self'; img-src sandbox.example"},
        {"Content-Type": "image/png", "Content-Security-Policy": "sandbox"},
    ],
)
def test_what_is_kept(tmp_path: Path, headers: dict[str, str]) -> None:
    with Origin({"/": page(links("/x")), "/x": Page(b"<p>x", headers=headers)}) as origin:
        copy = capture(origin.url + "/", tmp_path)
    assert copy.left_out == {}


def test_a_start_page_that_may_not_be_stored_is_no_copy(tmp_path: Path) -> None:
    with (
        Origin({"/": Page(b"<p>x", headers={**HTML, "Cache-Control": "no-store"})}) as origin,
        pytest.raises(SourceError, match="Cache-Control says no-store"),
    ):
        capture(origin.url + "/", tmp_path)


def test_a_page_that_asks_not_to_be_kept_is_left_out(tmp_path: Path) -> None:
    with Origin({"/": page(links("/x")), "/x": page("<meta name=robots content=noarchive>")}) as origin:
        copy = capture(origin.url + "/", tmp_path)
    assert copy.left_out == {"/x": "its robots meta element says noarchive"}


def test_what_is_left_out_is_named_without_its_query(tmp_path: Path) -> None:
    pages = {
        "/": page(links("/reset?token=s3cr3t", "/away?code=s3cr3t", "/odd?x=s3cr3t", "/%ff?y=s3cr3t")),
        "/away?code=s3cr3t": Page(status=302, headers={"Location": "https://user:s3cr3t@example.invalid/?a=s3cr3t"}),
        "/odd?x=s3cr3t": Page(status=302, headers={"Location": "gopher:x?s3cr3t"}),
    }
    with Origin(pages) as origin:
        copy = capture(origin.url + "/", tmp_path)
    assert "s3cr3t" not in str(copy.captured.left_out.named)
    assert "s3cr3t" not in str(copy.captured.left_out.reasons)
    assert {path.removeprefix(origin.url) for path in copy.left_out} == {"/reset", "/away", "/odd", "/%ff"}
