"""Draws that all laws share, so that what a drawn site expands to is computed once for all of them."""

import copy
import json
from functools import cache
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.hypothesis_profile import DEFAULT_EXAMPLES, FACTOR, scaled

T = TypeVar("T")


def shared(sites: st.SearchStrategy[T], count: int = DEFAULT_EXAMPLES) -> st.SearchStrategy[T]:
    """Return a strategy that draws from so many sites, which are drawn once in each process, the smallest ones first.

    The same for pairs of sites. `make fuzz` draws all of the sites anew for each law: then this is the strategy that
    it gets.
    """
    if FACTOR > 1:
        return sites
    return st.deferred(lambda: st.sampled_from(_drawn(sites, scaled(count))).map(copy.deepcopy))


@cache
def _drawn(sites: st.SearchStrategy[T], count: int) -> list[T]:
    """Return different sites: the same ones in each run."""
    found: dict[str, T] = {}

    @seed(0)
    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(sites)
    def keep(site: T) -> None:
        found[json.dumps(site)] = copy.deepcopy(site)

    keep()
    return [found[text] for text in sorted(found, key=lambda text: (len(text), text))]
