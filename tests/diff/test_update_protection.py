"""What the update protection refuses is what `diff` calls unsafe: for all neighbours, and for random sites."""

from typing import Any

import pytest
from hypothesis import given

from resilient_website.update_protection import IDENTITY
from tests.diff.neighbours import BOTH_WAYS
from tests.diff.protection import protected_stores, sent
from tests.diff.stacks import site, stores
from tests.effort import examples
from tests.expansion.random_sites import SITES
from updates.effects import Effect
from updates.stores import Fate, StoreChange

Json = dict[str, Any]


def costs_data(name: str, store: StoreChange, old: Json) -> bool:
    """Tell whether an update of a store is one that the protection is for."""
    if name not in sent(old).stores or store.safe:
        return False
    if store.change.effect is Effect.DELETED:
        # Deleted without a snapshot is what an earlier update has asked for, or a cache of Memcached's.
        return store.fate is Fate.SNAPSHOT
    identity = IDENTITY[store.change.type]
    # Another number of Memcached's nodes is another cluster where the zones' names are not known.
    known = any(cause.difference.names[0] in identity for cause in store.causes)
    return store.change.effect is Effect.REPLACED and known


def assert_same(old: Json, new: Json) -> None:
    told = {name for name, store in stores(old, new).items() if costs_data(name, store, old)}
    assert protected_stores(old, new) == told


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_same_for_neighbours(name: str) -> None:
    old, new = BOTH_WAYS[name]
    assert_same(site(old), site(new))


@given(SITES, SITES)
@examples(40)
def test_same_for_any_two_sites(one: Json, other: Json) -> None:
    assert_same(site(one), site(other))


@given(SITES)
@examples(30)
def test_every_store_waits_for_the_protection(properties: Json) -> None:
    resources = site(properties)["Resources"]
    for name in resources["SiteUpdateProtection"]["Properties"]["Stores"]:
        assert "SiteUpdateProtection" in resources[name]["DependsOn"]
    assert resources["SiteUpdateProtection"].get("DependsOn") is None
