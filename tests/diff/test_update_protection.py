"""What the update protection refuses is what `diff` calls unsafe: for all neighbours, and for random sites."""

from typing import Any

import pytest
from hypothesis import given

from tests.diff.neighbours import BOTH_WAYS
from tests.diff.stacks import site, stores
from tests.effort import examples
from tests.expansion.random_sites import SITES
from update_protection.losses import losses
from update_protection.properties import ProtectedStores, read
from updates.effects import Effect
from updates.stores import Fate, StoreChange

Json = dict[str, Any]


def sent(expanded: Json) -> ProtectedStores:
    """Return the properties as CloudFormation sends them: texts, but for references, which are left as they stand."""
    properties = expanded["Resources"]["SiteUpdateProtection"]["Properties"]
    return read({**properties, "Enabled": str(properties["Enabled"]).lower()})


def refused(old: Json, new: Json) -> set[str]:
    return {told.partition(" ")[0] for told in losses(sent(old), sent(new))}


def costs_data(name: str, store: StoreChange, old: Json) -> bool:
    """Tell whether an update of a store is one that the protection is for."""
    if name not in sent(old).stores or store.safe:
        return False
    if store.change.effect is Effect.DELETED:
        # Deleted without a snapshot is what an earlier update has asked for, or a cache of Memcached's.
        return store.fate is Fate.SNAPSHOT
    return store.change.effect is Effect.REPLACED


def assert_same(old: Json, new: Json) -> None:
    told = {name for name, store in stores(old, new).items() if costs_data(name, store, old)}
    assert refused(old, new) == told


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
