"""Functions of one's own make a template larger, within bounds."""

import pytest

from tools.bench.sizes import Size, sizes

# What a site's own functions may add to the template of version 0.1.0.
MAX_GROWTH = 0.30


@pytest.mark.parametrize("size", sizes(), ids=lambda size: size.example)
def test_example_grows_within_bounds(size: Size) -> None:
    assert size.growth <= MAX_GROWTH
