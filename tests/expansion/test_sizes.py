"""Functions of one's own, and alarms that say what to do, make a template larger, within bounds."""

import tomllib
from functools import cache

import pytest

from tools.bench.sizes import EARLIER, Size, sizes

# What has come to the template of version 0.1.0: a site's own functions, the first command and the runbook in each
# alarm's text, the thresholds in the dashboard's graphs, and what servers read before they start an application.
MAX_GROWTH = 0.45


@cache
def measured() -> dict[str, Size]:
    """Return the sizes by example: not when the tests are collected, in every process."""
    return {size.example: size for size in sizes()}


@pytest.mark.parametrize("example", sorted(tomllib.loads(EARLIER.read_text(encoding="utf-8"))))
def test_example_grows_within_bounds(example: str) -> None:
    assert measured()[example].growth <= MAX_GROWTH
