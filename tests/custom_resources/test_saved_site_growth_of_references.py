"""A short reference can stand for a long address: what a page makes the function hold is bounded all the same."""

import tracemalloc
from pathlib import Path
from urllib.parse import quote

import pytest

from saved_site import captured, frontier, worker
from saved_site.addresses import Address
from saved_site.addresses import Origin as Site
from saved_site.captured import MAX_NAME_LENGTH, MAX_NAMED, LeftOut
from tests.custom_resources.captures import capture
from tests.custom_resources.origin import Origin, page

LINKS = 2_000
# Of the page's own length, which is some 40 KB: what is kept of each link, and on the way, is a few times that.
MAX_BYTES = 20_000_000


@pytest.mark.parametrize(
    "base",
    [
        # One character beyond the BMP makes Python take four bytes for each of the others.
        pytest.param("/" + quote("\U0001f600") + "a" * 7_900 + "/", id="path"),
        pytest.param("/%FF" + "a" * 7_900 + "/", id="path that is no UTF-8"),
    ],
)
def test_long_base_does_not_multiply_what_is_held(base: str, tmp_path: Path) -> None:
    links = "".join(f"<a href={number}>" for number in range(LINKS))
    with Origin({"/": page(f"<base href='{base}'>{links}")}) as origin:
        tracemalloc.start()
        try:
            capture(origin.url, tmp_path, MaxPages="1")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < MAX_BYTES


def test_what_is_too_long_with_its_base_is_noted_and_its_page_is_saved(tmp_path: Path) -> None:
    with Origin(
        {"/": page(f"<base href='/{'a' * 7_900}/'><a href=1>1</a><a href=/next>2</a>"), "/next": page()}
    ) as origin:
        copy = capture(origin.url, tmp_path)
    assert copy.keys == ["index.html", "next/index.html"]
    assert '<a href="about:blank">' in copy.text("index.html")
    (named,) = copy.captured.left_out.named
    assert len(named[0]) == MAX_NAME_LENGTH
    assert "longer than 3000 characters" in named[1]


@pytest.mark.parametrize(
    "base", ["https://other.example/", "/", "/%FF"], ids=["of another host", "of the site", "that is no UTF-8"]
)
def test_page_whose_references_grow_too_much_is_left_out(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "MAX_PLACED_BYTES", 1_000_000)
    many = "".join(f"<a href={number}>" for number in range(LINKS))
    pages = {
        "/": page("<a href=/long>1</a><a href=/last>2</a>"),
        "/long": page(f"<base href='{base}{'a' * 2_500}/'>{many}"),
        "/last": page("last"),
    }
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path, MaxPages="3")
    assert "has too many references" in copy.left_out["/long"]
    assert {"index.html", "last/index.html"} <= set(copy.keys)


def test_page_that_grows_too_much_by_one_reference_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MAX_WRITTEN_BYTES", 1_000_000)
    pages = {
        "/": page("<a href=/long>1</a><a href=/last>2</a>"),
        "/long": page(f"<base href='https://other.example/{'a' * 2_500}/'>" + "<a href=1>" * LINKS),
        "/last": page("last"),
    }
    with Origin(pages) as origin:
        copy = capture(origin.url, tmp_path)
    assert "would have more than 1000000 bytes" in copy.left_out["/long"]
    assert copy.keys == ["index.html", "last/index.html"]


@pytest.mark.parametrize("query", ["", "?1"])
def test_addresses_are_held_up_to_a_bound_on_their_bytes(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "MAX_BYTES", 1_000_000)
    # Skipped entries have a separate bound, tested below: here only what the frontier holds is measured.
    monkeypatch.setattr(captured, "MAX_NAMED", 0)
    left_out = LeftOut()
    held = frontier.Frontier(Site("https", "www.example.com", 443), 9, 9, left_out)
    start, long = frontier.Target(Address("/"), 0), "\U0001f600" + "a" * 500
    tracemalloc.start()
    try:
        for number in range(2_000):
            # A mention is not visited, and is held if it has a query string.
            held.place(start, "https://www.example.com/", f"/{long}{number}{query}", "mention" if query else "page")
        size = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert size < 2_500_000
    assert sum(left_out.reasons.values()) > 1_000


def test_what_is_left_out_is_remembered_in_few_bytes() -> None:
    left_out = LeftOut()
    tracemalloc.start()
    try:
        for number in range(2 * MAX_NAMED):
            for _ in range(2):
                left_out.add("/" + "a" * 3_000 + f"?{number}", "a reason")
        size = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert left_out.reasons == {"a reason": 2 * MAX_NAMED}
    assert size < 4_000_000


@pytest.mark.parametrize("path", ["//evil.example/%ff", r"/\evil.example/%ff", "///evil.example/%ff"])
def test_link_to_the_site_stays_on_its_host(path: str) -> None:
    held = frontier.Frontier(Site("https", "www.example.com", 443), 9, 9, LeftOut())
    base = "https://www.example.com/"
    placed = held.place(frontier.Target(Address("/"), 0), base, f"https://www.example.com{path}?q#f", "page")
    assert placed == "/evil.example/%ff?q#f"


def test_query_strings_of_mentions_are_held_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "MAX_ADDRESSES", 10)
    left_out = LeftOut()
    held = frontier.Frontier(Site("https", "www.example.com", 443), 9, 9, left_out)
    for number in range(25):
        held.place(frontier.Target(Address("/"), 0), "https://www.example.com/", f"/{number}?1", "mention")
    assert sum(left_out.reasons.values()) == 15


def test_longest_key_may_be_escaped(tmp_path: Path) -> None:
    path = "/" + "/".join([quote("\U0001f600" * 55)] * 4)
    with Origin({"/": page(f"<a href='{path}'>"), path: page("long")}) as origin:
        copy = capture(origin.url, tmp_path)
    assert copy.left_out == {}
    assert len(copy.keys) == 2
