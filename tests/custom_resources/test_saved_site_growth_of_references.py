"""A short reference can stand for a long address: what a page makes the function hold is bounded all the same."""

import tracemalloc
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.custom_resources.captures import capture
from tests.custom_resources.origin import Origin, page

LINKS = 2_000
# Of the page's own length, which is some 40 KB: what is kept of each link, and on the way, is a few times that.
MOST_BYTES = 20_000_000


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
    assert peak < MOST_BYTES
