"""Draws that all laws share, so that what a drawn site expands to is computed once for all of them."""

import copy
import json
import pickle
from functools import cache
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.hypothesis_profile import DEFAULT_EXAMPLES, FACTOR, scaled
from tests.kept_by_run import kept_by_run

T = TypeVar("T")

_NAMES: set[str] = set()


def shared(
    name: str, sites: st.SearchStrategy[T], count: int = DEFAULT_EXAMPLES, drawn: int | None = None
) -> st.SearchStrategy[T]:
    """Return a strategy that draws from so many sites, which are drawn once in a run, the smallest ones first.

    They are those of `drawn` sites that have the most different properties. The same for pairs of sites. By their
    `name`, all workers of a run share them. `make fuzz` draws all of the sites anew for each law: then this is the
    strategy that it gets.
    """
    if FACTOR > 1:
        return sites
    assert name not in _NAMES, f"other sites are shared by the name {name}"
    _NAMES.add(name)
    found = scaled(count), scaled(drawn or count)
    return st.deferred(lambda: st.sampled_from(_varied(name, sites, *found)).map(copy.deepcopy))


@cache
def _varied(name: str, sites: st.SearchStrategy[T], count: int, drawn: int) -> list[T]:
    """Return so many of the drawn sites, the smallest first: some that have every property, and some of every size."""
    # Plain values, written and read by the tests themselves.
    every: list[T] = pickle.loads(kept_by_run(f"draws of {name}", lambda: pickle.dumps(_drawn(sites, drawn))))
    if count == drawn:
        return every
    paths = [_paths(site) for site in every]
    left, known = list(range(len(every))), set[str]()
    chosen: list[int] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda number: len(paths[number] - known))
        if paths[best] <= known:
            break
        left.remove(best)
        chosen.append(best)
        known |= paths[best]
    others = min(count - len(chosen), len(left))
    chosen += [left[number * len(left) // others] for number in range(others)]
    return [every[number] for number in sorted(chosen)]


def _paths(value: object, path: str = "") -> set[str]:
    """Return the paths of all properties within a site."""
    if isinstance(value, dict):
        return {path}.union(*(_paths(inner, f"{path}.{name}") for name, inner in value.items()))
    return {path}.union(*(_paths(item, path) for item in value)) if isinstance(value, list | tuple) else {path}


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
