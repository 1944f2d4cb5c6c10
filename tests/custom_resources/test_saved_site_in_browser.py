"""The saved copy as a visitor sees it, while the origin is dead: it looks the same, and requests nothing elsewhere."""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.custom_resources.captures import capture
from tests.custom_resources.origin import Origin, file, page
from tests.custom_resources.sample_website import alive, shop
from tests.custom_resources.saved_copy import SavedCopy
from tests.custom_resources.screen_sizes import SIZES

PATHS = ("/", "/about", "/menu?page=2")
# The banner lies here, at the most, on a phone.
BANNER_HEIGHT = 160


class Visit:
    """A browser's window, and every URL that it asked for."""

    def __init__(self, browser: Browser, size: str) -> None:
        self.context = browser.new_context()
        self.page: Page = self.context.new_page()
        self.resize(size)
        self.asked: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))

    def __enter__(self) -> "Visit":
        return self

    def __exit__(self, *_exception: Any) -> None:
        self.context.close()

    def resize(self, size: str) -> None:
        """Change the size of the screen."""
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})

    def open(self, url: str) -> None:
        """Open a page, and wait for whatever it asks for within half a second after it has been loaded."""
        self.page.goto(url, wait_until="networkidle")

    def show(self, url: str) -> None:
        """Open a page with all that it consists of, for a test of what it looks like."""
        self.page.goto(url, wait_until="load")
        self.page.evaluate("document.fonts.ready.then(() => null)")

    def violations(self) -> set[tuple[str, str]]:
        found = Axe().run(self.page).response["violations"]
        return {(one["id"], str(node["target"])) for one in found for node in one["nodes"]}

    def top(self, size: str) -> bytes:
        """Return a picture of the window above the banner."""
        width, height = SIZES[size]
        clip = {"x": 0, "y": 0, "width": width, "height": height - BANNER_HEIGHT}
        return self.page.screenshot(clip=clip, animations="disabled")  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES)
def test_it_works_without_its_origin(browser: Browser, tmp_path: Path, size: str) -> None:
    with Visit(browser, size) as visit:
        before: dict[str, set[tuple[str, str]]] = {}
        with Origin({}) as origin:
            shop(origin)
            copy = capture(origin.url + "/", tmp_path)
            for path in PATHS:
                visit.show(origin.url + path)
                before[path] = visit.violations()
        assert not alive(origin.url)
    with Visit(browser, size) as visit, SavedCopy(copy.captured) as saved:
        for path in PATHS:
            visit.open(saved.url + path)
            assert visit.page.locator("role=region[name='Saved copy']").inner_text().startswith("This is a saved copy")
            assert visit.page.locator("time").get_attribute("datetime") == "2025-11-25T14:05:00Z"
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
            assert {rule for rule, _ in visit.violations()} <= {rule for rule, _ in before[path]}
        visit.open(saved.url + "/")
        assert visit.page.inner_text("#by-script") == ""
        assert visit.page.inner_text("#without-script") == "Shown without scripts."
        assert visit.page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        assert visit.page.locator("form, button, input").count() == 0
        visit.page.click("text=Menu 2")
        visit.page.wait_for_load_state("networkidle")
        assert visit.page.title() == "Café menu 2"
        assert [url for url in visit.asked if not url.startswith((saved.url, "data:"))] == []
        assert saved.missed == []


@pytest.mark.parametrize("layout", ["", "grid", "column", "row", "fixed"])
def test_it_looks_like_the_original(browser: Browser, tmp_path: Path, layout: str) -> None:
    """On each size of a screen."""
    originals: dict[str, bytes] = {}
    with Origin({}) as origin, Visit(browser, "desktop") as visit:
        shop(origin, layout)
        copy = capture(origin.url + "/", tmp_path)
        for size in SIZES:
            visit.resize(size)
            visit.show(origin.url + "/about")
            originals[size] = visit.top(size)
    with SavedCopy(copy.captured) as saved, Visit(browser, "desktop") as visit:
        for size in SIZES:
            visit.resize(size)
            visit.show(saved.url + "/about")
            assert visit.top(size) == originals[size], size
            assert_nothing_is_covered(visit.page)


def assert_nothing_is_covered(page: Page) -> None:
    """Assert that a page's last line is above the banner once a visitor is at its end."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = page.locator("footer p").bounding_box()
    banner = page.locator("role=region[name='Saved copy']").bounding_box()
    assert last is not None
    assert banner is not None
    assert last["y"] + last["height"] <= banner["y"]
    assert banner["height"] <= BANNER_HEIGHT


# Ways in which a page, or what somebody could put into the copy, would run a script.
SCRIPTS = """<title>quiet</title><body onload="document.title='ran'"><script>document.title='ran'</script>
<script src=/ran.js></script><img src=/none.png onerror="document.title='ran'"><svg onload="document.title='ran'"></svg>
<iframe srcdoc="<script>parent.document.title='ran'</script>"></iframe><a href="javascript:document.title='ran'">x</a>
<iframe src="javascript:parent.document.title='ran'"></iframe><object data=/ran.svg></object><embed src=/ran.svg>
<form action="javascript:document.title='ran'"><button>go</button></form><iframe src=/ran.svg></iframe>
<iframe src="data:text/html,<script>parent.document.title='ran'</script>"></iframe>
<link rel=modulepreload href=/ran.js><meta http-equiv=refresh content="0;url=javascript:document.title='ran'">"""
RAN_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>parent.document.title="ran"</script></svg>'


@pytest.mark.parametrize("rewritten", [True, False], ids=["as saved", "as it was"])
def test_no_script_runs(browser: Browser, tmp_path: Path, rewritten: bool) -> None:
    """What is saved runs none; nor would the original, under the headers that a copy is served with."""
    pages = {
        "/": page(SCRIPTS),
        "/ran.js": file(b"document.title = 'ran'", "text/javascript"),
        "/ran.svg": file(RAN_SVG, "image/svg+xml"),
    }
    with Origin(pages) as origin, Visit(browser, "desktop") as visit:
        copy = capture(origin.url + "/", tmp_path)
        visit.page.goto(origin.url + "/")
        visit.page.wait_for_function("document.title === 'ran'")
    if not rewritten:
        (kept,) = [one.kept.waits_at for one in copy.captured.files if one.key == "index.html"]
        kept.write_bytes(pages["/"].body)
    with SavedCopy(copy.captured) as saved, Visit(browser, "desktop") as visit:
        visit.open(saved.url + "/")
        for link in visit.page.locator("a").all():
            link.click()
        assert visit.page.title() == "t"
        assert not (rewritten and any(url.endswith("/ran.js") for url in visit.asked))
