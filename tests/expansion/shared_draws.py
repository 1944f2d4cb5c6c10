"""Draws that all laws share, so that what a drawn site expands to is computed once for all of them."""

import copy
import json
from functools import cache
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.hypothesis_profile import DEFAULT_EXAMPLES, FACTOR, scaled

Sites = st.SearchStrategy[dict[str, Any]]


def shared(sites: Sites, count: int = DEFAULT_EXAMPLES) -> Sites:
    """Return a strategy that draws from so many sites, which are drawn once in each process, the smallest ones first.

    `make fuzz` draws all of the sites anew for each law: then this is the strategy that it gets.
    """
    if FACTOR > 1:
        return sites
    return st.deferred(lambda: st.sampled_from(_drawn(sites, scaled(count))).map(copy.deepcopy))


@cache
def _drawn(sites: Sites, count: int) -> list[dict[str, Any]]:
    """Return different sites: the same ones in each run."""
    found: dict[str, dict[str, Any]] = {}

    @seed(0)
    @settings(max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(sites)
    def keep(site: dict[str, Any]) -> None:
        found[json.dumps(site)] = copy.deepcopy(site)

    keep()
    return [found[text] for text in sorted(found, key=lambda text: (len(text), text))]
