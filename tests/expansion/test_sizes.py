"""Functions of one's own, and alarms that say what to do, make a template larger, within bounds."""

import pytest

from tools.bench.sizes import Size, sizes

# What has come to the template of version 0.1.0: a site's own functions, the first command and the runbook in each
# alarm's text, the thresholds in the dashboard's graphs, and what servers read before they start an application.
MAX_GROWTH = 0.45


@pytest.mark.parametrize("size", sizes(), ids=lambda size: size.example)
def test_example_grows_within_bounds(size: Size) -> None:
    assert size.growth <= MAX_GROWTH
