"""The friendly page as a visitor sees it: on a phone and a desk, light and dark, for everybody."""

from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from fallback_site.page import render
from fallback_site.properties import FallbackSite
from tests.custom_resources.screen_sizes import SIZES


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("title", ["We will be right back", "Donaudampfschifffahrtsgesellschaftskapitänskajüte" * 3])
def test_accessible_within_the_screen_and_alone(
    browser: Browser, tmp_path: Path, size: str, scheme: Literal["light", "dark"], title: str
) -> None:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    file = tmp_path / "index.html"
    site = FallbackSite("bucket", "_fallback/", title, "One.\n\nTwo, longer than One.", "hello@example.com")
    file.write_bytes(render(site))
    try:
        page.goto(file.as_uri())
        assert asked == [file.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        violations = Axe().run(page).response["violations"]
        assert [(violation["id"], violation["help"]) for violation in violations] == []
    finally:
        page.close()


def test_direction_is_that_of_the_words(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "index.html"
    site = FallbackSite("bucket", "_fallback/", "سنعود قريبا", "نعمل.\n\nOne.", "a@example.com", language="ar")
    file.write_bytes(render(site))
    page = browser.new_page()
    try:
        page.goto(file.as_uri())
        found = page.eval_on_selector_all("h1, p, footer a", "all => all.map(each => getComputedStyle(each).direction)")
        assert found == ["rtl", "rtl", "ltr", "ltr"]
        violations = Axe().run(page).response["violations"]
        assert [(violation["id"], violation["help"]) for violation in violations] == []
    finally:
        page.close()
