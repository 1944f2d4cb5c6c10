"""The documentation as a website: complete, with no broken link, searchable, and alone."""

import json
import re
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser

from tools.repository import ROOT
from tools.site.__main__ import build
from tools.site.sources import FILES, FOLDERS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site") / "site"
    assert build(ROOT, target) == 0
    return target


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a copy of the pages, to change."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_broken_links_and_a_page_that_is_not_listed_are_errors(
    repository: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each of them is a warning, of which one is enough in strict mode. A build takes seconds, so that it has all."""
    page = repository / "docs/failover.md"
    page.write_text(f"{page.read_text()}\n[gone](gone.md)\n[no section](costs.md#no-such-section)\n")
    (repository / "docs/new.md").write_text("# New\n")
    assert build(repository, tmp_path / "site") != 0
    output, errors = capfd.readouterr()
    warnings = [text for text in re.split(r"^(?=[A-Z]+ +- )", errors, flags=re.M) if text.startswith("WARNING")]
    for named in ("docs/new.md", "'gone.md'", "'costs.md#no-such-section'"):
        assert [named in warning for warning in warnings].count(True) == 1, named
    assert f"Aborted with {len(warnings)} warnings in strict mode!" in output


def test_properties_and_errors_are_found_by_the_search(site: Path) -> None:
    entries = json.loads((site / "search/search_index.json").read_text())["docs"]
    for words, page in (("MaxAllocatedStorage", "docs/reference/properties/"), ("CopyLagAlarm", "docs/on-call/")):
        assert any(words in entry["text"] and entry["location"].startswith(page) for entry in entries), words


def test_every_page_of_the_documentation_is_there(site: Path) -> None:
    sources = sorted((ROOT / "docs").rglob("*.md"))
    assert len(sources) > 40
    for source in sources:
        page = source.relative_to(ROOT).with_suffix("")
        folder = page.parent if page.name == "README" else page
        assert (site / folder / "index.html").exists(), source


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    """Serve the website, and return its address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("page", ["", "docs/reference/properties/"])
def test_a_page_asks_no_other_host(browser: Browser, address: str, page: str) -> None:
    opened = browser.new_page(viewport={"width": 360, "height": 800})
    asked: list[str] = []
    failed: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("pageerror", lambda error: failed.append(str(error)))
    try:
        opened.goto(address + page, wait_until="networkidle")
        assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
        assert failed == []
        assert opened.evaluate("document.documentElement.scrollWidth") <= 360
    finally:
        opened.close()
