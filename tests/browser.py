"""The browser in which tests look at pages, for one module."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

# Chromium without a window: it starts in half of the time, and loads no lists of an address bar for each page.
CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A page's scripts end before it pays to compile them for speed.
    "--js-flags=--no-opt",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()
