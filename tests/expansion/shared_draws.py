"""Draws that all laws share, so that what a drawn site expands to is computed once for all of them."""

import copy
import json
import pickle
from collections import Counter
from functools import cache
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.hypothesis_profile import DEFAULT_EXAMPLES, FACTOR, scaled
from tests.kept_by_run import kept_by_run

T = TypeVar("T")

# The share of the drawn sites that has a value, such as a text of random characters, which need not be in those chosen.
RARE = 0.01

_NAMES: set[str] = set()


def shared(
    name: str, sites: st.SearchStrategy[T], count: int = DEFAULT_EXAMPLES, drawn: int | None = None
) -> st.SearchStrategy[T]:
    """Return a strategy that draws from `count` sites, which are chosen once in a run, the smallest ones first.

    They are those of `drawn` sites that have the most different properties and values. The same for pairs of sites. A
    law that draws nothing else is tried with each. By their `name`, all workers of a run share them. `make fuzz` draws
    all of the sites anew for each law: then this is the strategy that it gets.
    """
    if FACTOR > 1:
        return sites
    assert name not in _NAMES, f"other sites are shared by the name {name}"
    _NAMES.add(name)
    found = scaled(count), scaled(drawn or count)
    return st.deferred(lambda: st.sampled_from(_varied(name, sites, *found)).map(copy.deepcopy))


@cache
def _varied(name: str, sites: st.SearchStrategy[T], count: int, drawn: int) -> list[T]:
    """Return `count` of the drawn sites, the smallest first."""
    # Plain values, written and read by the tests themselves.
    chosen: list[T] = pickle.loads(
        kept_by_run(f"draws of {name}", lambda: pickle.dumps(_most_varied(_drawn(sites, drawn), count)))
    )
    return chosen


def _most_varied(every: list[T], count: int) -> list[T]:
    """Return `count` sites, in their order: the first one, then always the one that has most of what is missing.

    Every property and every value that is not rare is missing until two have it. If none is, others of every size.
    """
    features = [_features(site) for site in every]
    frequency = Counter(feature for found in features for feature in found)
    missing = Counter({feature: 2 for feature, sites in frequency.items() if sites >= max(2, RARE * len(every))})
    left = list(range(len(every)))
    chosen: list[int] = []
    while left and len(chosen) < count:
        best = max(left, key=lambda number: sum(missing[feature] > 0 for feature in features[number])) if chosen else 0
        if chosen and not any(missing[feature] > 0 for feature in features[best]):
            break
        left.remove(best)
        chosen.append(best)
        missing.subtract(features[best])
    others = min(count - len(chosen), len(left))
    chosen += [left[number * len(left) // others] for number in range(others)]
    return [every[number] for number in sorted(chosen)]


def _features(value: object, path: str = "") -> set[str]:
    """Return the paths of all properties within a site, and their values."""
    if isinstance(value, dict):
        return {path}.union(*(_features(inner, f"{path}.{name}") for name, inner in value.items()))
    if isinstance(value, list | tuple):
        return {path}.union(*(_features(item, path) for item in value))
    return {path, f"{path}={value}"}


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
