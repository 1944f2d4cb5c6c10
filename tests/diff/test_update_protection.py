"""What the update protection refuses is what `diff` calls unsafe: for all neighbours, and for random sites."""

from typing import Any

import pytest
from hypothesis import given

from cli.analysis.updates import store_identity
from cli.analysis.updates.advice import advice
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.site_properties import site_properties
from cli.analysis.updates.stores import DataOutcome
from resilient_website.cloudformation.overridden_checks import FOLLOWED
from resilient_website.expand import expand_template
from resilient_website.facts.stores import STORES
from tests.diff.neighbours import BOTH_WAYS
from tests.diff.protection import protected_stores
from tests.diff.stacks import site, stores
from tests.expansion.random_sites import SITES
from tests.hypothesis_profile import examples

Json = dict[str, Any]

REPLICATES = STORES["AWS::RDS::DBInstance"].replicates


def assert_same(old: Json, new: Json) -> None:
    reported = stores(old, new)
    assert protected_stores(old, new) == {
        name for name, store in reported.items() if store.blocked_by_update_protection
    }
    for store in reported.values():
        assert not (store.blocked_by_update_protection and store.safe)
        # Neither loses data silently: a store is deleted without an error only if an earlier update set its policy.
        if (
            not store.safe
            and store.outcome is DataOutcome.SNAPSHOT
            and store.change.effect is not Effect.MAY_BE_REPLACED
        ):
            assert store.blocked_by_update_protection, store.change.logical_id


@pytest.mark.parametrize("name", BOTH_WAYS)
def test_same_for_neighbours(name: str) -> None:
    old, new = BOTH_WAYS[name]
    assert_same(site(old), site(new))


def test_same_for_a_cache_that_is_to_have_no_shards_any_more() -> None:
    sharded, alone = site({"Cache": {"NumNodeGroups": 1}}), site({"Cache": True})
    assert_same(sharded, alone)
    assert_same(alone, sharded)
    assert protected_stores(sharded, alone) == {"SiteCacheReplicationGroup"}


OVERRIDDEN: dict[str, tuple[Json, str]] = {
    "Database": ({"Database": {"MultiAZ": False}}, "AWS::RDS::DBInstance"),
    "CacheReplicationGroup": ({"Cache": True}, "AWS::ElastiCache::ReplicationGroup"),
    "CacheCluster": ({"Cache": {"Engine": "memcached"}}, "AWS::ElastiCache::CacheCluster"),
    "AssetsBucket": ({}, "AWS::S3::Bucket"),
}


@pytest.mark.parametrize(
    ("store", "name"),
    [
        (store, name)
        for store, (_, kind) in OVERRIDDEN.items()
        for name in store_identity.identity(kind)
        # The macro refuses the override of a property that other resources follow.
        if name not in {*REPLICATES, *FOLLOWED.get(kind, ())}
    ],
)
def test_override_that_replaces_a_store_is_refused(store: str, name: str) -> None:
    properties, _ = OVERRIDDEN[store]
    old, new = (site({**properties, "Overrides": {store: {name: value}}}) for value in ("one", "two"))
    reported = stores(old, new)[f"Site{store}"]
    assert not reported.safe
    assert reported.blocked_by_update_protection
    assert protected_stores(old, new) == {f"Site{store}"}


RENAMED: Json = {"Resources": {"Shop": {"Type": "ResilientWebsite"}}}
TOPIC: Json = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


UNDER_A_CONDITION: Json = {
    "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
    "Resources": {"Site": {"Type": "ResilientWebsite", "Condition": "Never"}},
}


@pytest.mark.parametrize("new", [RENAMED, TOPIC, UNDER_A_CONDITION], ids=["name", "none", "false"])
def test_protection_that_goes_with_its_site_refuses_nothing(new: Json) -> None:
    store = stores(site({}), expand_template(new, {}, "us-east-1"))["SiteDatabase"]
    assert (store.safe, store.blocked_by_update_protection, store.protection_removed) == (False, False, True)
    reported = advice(store, site_properties())
    assert "only a stack policy can prevent it" in reported
    assert "update protection rejects" not in reported


def test_protection_that_was_off_is_not_missed() -> None:
    store = stores(site({"UpdateProtection": False}), TOPIC)["SiteDatabase"]
    assert (store.safe, store.blocked_by_update_protection, store.protection_removed) == (False, False, False)


@given(SITES, SITES)
@examples(25)
def test_same_for_any_two_sites(one: Json, other: Json) -> None:
    assert_same(site(one), site(other))


@given(SITES)
@examples(30)
def test_every_store_waits_for_the_protection(properties: Json) -> None:
    resources = site(properties)["Resources"]
    for name in resources["SiteUpdateProtection"]["Properties"]["Stores"]:
        assert "SiteUpdateProtection" in resources[name]["DependsOn"]
    assert resources["SiteUpdateProtection"].get("DependsOn") is None
