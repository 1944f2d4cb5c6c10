"""What becomes of stores, and what diff advises instead."""

from typing import Any

import pytest

from cli.analysis.updates.advice import advice, outcome_text
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.site_properties import site_properties
from cli.analysis.updates.stores import DataOutcome, StoreChange
from resilient_website.expand import expand_template
from tests.diff.neighbours import CRAWL
from tests.diff.stacks import database, ref, resources, site, stores
from tests.expansion.one_site import DOMAIN

Json = dict[str, Any]


def advised(store: StoreChange) -> str:
    return advice(store, site_properties())


def bucket(**attributes: Any) -> Json:
    return {"Type": "AWS::S3::Bucket", "Properties": {}, **attributes}


def gone(body: Json) -> StoreChange:
    topic = {"Type": "AWS::SNS::Topic"}
    return stores(resources(One=body, Topic=topic), resources(Topic=topic))["One"]


@pytest.mark.parametrize(
    ("body", "outcome", "safe"),
    [
        (bucket(), DataOutcome.DELETED, False),
        (bucket(DeletionPolicy="Delete", UpdateReplacePolicy="Retain"), DataOutcome.DELETED, False),
        (bucket(DeletionPolicy="Retain"), DataOutcome.RETAINED, True),
        (bucket(DeletionPolicy="RetainExceptOnCreate"), DataOutcome.RETAINED, True),
        (database(), DataOutcome.SNAPSHOT, False),
        (database(attributes={"DeletionPolicy": "Delete"}), DataOutcome.DELETED, False),
        (database(attributes={"DeletionPolicy": "Retain"}), DataOutcome.RETAINED, True),
    ],
)
def test_deletion_follows_the_deletion_policy(body: Json, outcome: DataOutcome, safe: bool) -> None:
    store = gone(body)
    assert (store.change.effect, store.outcome, store.safe) == (Effect.DELETED, outcome, safe)
    assert bool(advised(store)) is not safe


LATER = {"Fn::Equals": [{"Ref": "AWS::StackName"}, "live"]}
OTHER = {"Fn::Equals": [{"Ref": "AWS::StackName"}, "staging"]}
NEVER = {"Fn::Equals": ["a", "b"]}


def conditional(body: Json, condition: Json | None, **conditions: Json) -> Json:
    """Return a template with a resource that exists under a condition."""
    named = {**body, "Condition": "C"} if condition else body
    return {"Conditions": {**conditions, **({"C": condition} if condition else {})}, **resources(One=named)}


@pytest.mark.parametrize(
    ("before", "after", "effect"),
    [
        (None, LATER, Effect.MAY_BE_DELETED),
        (LATER, OTHER, Effect.MAY_BE_DELETED),
        (LATER, {"Fn::Not": [{"Condition": "D"}]}, Effect.MAY_BE_DELETED),
        (None, {"Fn::Not": [NEVER]}, Effect.CHANGED),
        (LATER, {"Fn::Not": [NEVER]}, None),
        (LATER, LATER, None),
        (LATER, {"Condition": "D"}, None),
        (LATER, None, Effect.CHANGED),
        (None, NEVER, Effect.DELETED),
    ],
)
def test_store_whose_condition_is_not_known_may_be_deleted(before: Json, after: Json, effect: Effect | None) -> None:
    old, new = (conditional(database(), condition, D=LATER) for condition in (before, after))
    changed = stores(old, new).get("One")
    assert (changed.change.effect if changed else None) is effect
    if effect is Effect.MAY_BE_DELETED:
        assert changed
        assert (changed.outcome, changed.safe) == (DataOutcome.SNAPSHOT, False)
        assert "if the condition C is false" in advised(changed)
        retained = database(attributes={"DeletionPolicy": "Retain"})
        assert stores(*(conditional(retained, condition, D=LATER) for condition in (before, after)))["One"].safe


def test_condition_on_a_site_may_delete_its_stores_and_its_protection() -> None:
    compact = {"Resources": {"Site": {"Type": "ResilientWebsite", "Condition": "C"}}, "Conditions": {"C": LATER}}
    found = stores(site({}), expand_template(compact, {}, "us-east-1"))
    assert {store.change.effect for store in found.values()} == {Effect.MAY_BE_DELETED}
    assert not found["SiteDatabase"].safe
    assert "also removes the site's update protection" in advised(found["SiteDatabase"])
    assert found["SiteAssetsBucket"].safe


def test_the_most_severe_change_comes_first() -> None:
    renamed = {**bucket(), "Properties": {"BucketName": "a"}}
    old = resources(Replaced=renamed, Snapshot=database(), Deleted=bucket(), Kept=bucket(DeletionPolicy="Retain"))
    new = resources(Replaced={**renamed, "Properties": {"BucketName": "b"}})
    assert list(stores(old, new)) == ["Deleted", "Replaced", "Snapshot", "Kept"]


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        ({}, {}, DataOutcome.DELETED),
        ({"UpdateReplacePolicy": "Snapshot"}, {"UpdateReplacePolicy": "Snapshot"}, DataOutcome.SNAPSHOT),
        ({"UpdateReplacePolicy": "Retain"}, {"UpdateReplacePolicy": "Retain"}, DataOutcome.RETAINED),
        # Which of the two counts is not for us to guess: the one that keeps less.
        ({"UpdateReplacePolicy": "Retain"}, {"UpdateReplacePolicy": "Delete"}, DataOutcome.DELETED),
        ({"UpdateReplacePolicy": "Snapshot"}, {"UpdateReplacePolicy": "Retain"}, DataOutcome.SNAPSHOT),
        ({"DeletionPolicy": "Retain"}, {"DeletionPolicy": "Retain"}, DataOutcome.DELETED),
    ],
)
def test_replacement_follows_the_update_replace_policy(before: Json, after: Json, outcome: DataOutcome) -> None:
    old, new = database(DBName="a", attributes=before), database(DBName="b", attributes=after)
    store = stores(resources(One=old), resources(One=new))["One"]
    assert (store.change.effect, store.outcome, store.safe) == (Effect.REPLACED, outcome, False)
    assert advised(store).startswith("Restore DBName (the site's Database.DatabaseName): a.")


def test_store_that_stays_is_safe() -> None:
    grown = stores(resources(One=database()), resources(One=database(AllocatedStorage="40")))["One"]
    assert (grown.outcome, grown.safe, advised(grown)) == (DataOutcome.KEPT, True, "")
    assert stores(resources(One=database()), resources(One=database(), Two=database())) == {}


def test_data_of_replicas_is_in_their_source() -> None:
    replica = {"SourceDBInstanceIdentifier": ref("One")}
    both = resources(One=database(DBName="a"), Copy=database(**replica))
    assert stores(both, resources(One=database(DBName="a"))) == {}
    found = stores(both, resources(One=database(DBName="b"), Copy=database(**replica)))
    assert set(found) == {"One"}
    assert "Its replicas are replaced too: Copy." in advised(found["One"])


def test_replacement_by_another_resource_names_it() -> None:
    groups = {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"SubnetIds": ["a"], "DBSubnetGroupName": "old"}}
    named = {**groups, "Properties": {**groups["Properties"], "DBSubnetGroupName": "new"}}  # type: ignore[dict-item]
    tied = database(DBSubnetGroupName=ref("Groups"))
    store = stores(resources(Groups=groups, One=tied), resources(Groups=named, One=tied))["One"]
    assert advised(store).startswith("Undo the change that replaces Groups, to which DBSubnetGroupName refers.")


def test_database_of_another_snapshot_is_not_empty() -> None:
    old, new = (site({"Database": {"DBSnapshotIdentifier": name}}) for name in ("monday", "tuesday"))
    store = stores(old, new)["SiteDatabase"]
    assert (store.change.effect, store.blocked_by_update_protection) == (Effect.REPLACED, True)
    assert outcome_text(store) == "deleted, after a final snapshot; the new store is created from the snapshot tuesday"
    assert outcome_text(stores(site({}), new)["SiteDatabase"]).endswith("created from the snapshot tuesday")
    renamed = stores(site({}), site({"Database": {"DatabaseName": "shop"}}))["SiteDatabase"]
    assert outcome_text(renamed) == "deleted, after a final snapshot; the new store is empty"


def test_memcached_of_another_version_is_empty() -> None:
    def cache(engine: str, version: str) -> Json:
        given = {"Engine": engine, "EngineVersion": version, "CacheNodeType": "cache.t4g.small"}
        return resources(One={"Type": "AWS::ElastiCache::CacheCluster", "Properties": given})

    store = stores(cache("memcached", "1.6.17"), cache("memcached", "1.6.22"))["One"]
    assert (store.change.effect, store.outcome, store.safe) == (Effect.INTERRUPTED, DataOutcome.EMPTIED, False)
    assert outcome_text(store) == "lost, since the cache restarts empty"
    assert "Memcached loses its data" in advised(store)
    assert stores(cache("redis", "6.2"), cache("redis", "7.1"))["One"].safe
    assert (
        stores(cache("memcached", "1.6.22"), cache("memcached", "1.6.17"))["One"].outcome is DataOutcome.KEPT
    )  # refused


def test_memcached_on_other_nodes_is_empty() -> None:
    def cache(node_type: str) -> Json:
        return site({"Cache": {"Engine": "memcached", "CacheNodeType": node_type}})

    store = stores(cache("cache.t4g.small"), cache("cache.t4g.medium"))["SiteCacheCluster"]
    assert (store.change.effect, store.outcome, store.safe) == (Effect.CHANGED, DataOutcome.EMPTIED, False)
    assert "Memcached loses its data when its version or its node type changes" in advised(store)


def test_friendly_page_that_moves_to_another_region_is_safe_and_saved_pages_are_not() -> None:
    moved: Json = {"Fallback": {"Region": "us-west-2"}}
    page = stores(site({}), site(moved))["SiteFallbackBucket"]
    assert (page.change.effect, page.outcome, page.safe) == (Effect.DELETED, DataOutcome.PUBLISHED_AGAIN, True)
    assert outcome_text(page) == "published to another bucket first, then deleted"
    assert not stores(site({}), resources(Topic={"Type": "AWS::SNS::Topic"}))["SiteFallbackBucket"].safe
    assert not stores(site(CRAWL), site({**DOMAIN, **moved}))["SiteFallbackBucket"].safe


def test_what_a_retained_database_uses_stays_too() -> None:
    assert "--retain-resources" in advised(gone(database()))
    assert "its subnet group" in outcome_text(gone(database(attributes={"DeletionPolicy": "Retain"})))
    assert "--retain-resources" not in advised(gone(bucket()))
    assert outcome_text(gone(bucket(DeletionPolicy="Retain"))) == "kept, outside of the stack"


def test_retained_file_system_holds_no_network() -> None:
    files = {"Type": "AWS::EFS::FileSystem", "Properties": {}}
    assert "--retain-resources" not in advised(gone(files))
    assert outcome_text(gone({**files, "DeletionPolicy": "Retain"})) == "kept, outside of the stack"


def test_other_words() -> None:
    refused = stores(resources(One=database()), resources(One=bucket()))["One"]
    assert (refused.safe, "another logical id" in advised(refused)) == (False, True)
    moved = stores(
        resources(One=database(AvailabilityZone="us-east-1a")), resources(One=database(AvailabilityZone="us-east-1b"))
    )["One"]
    assert "Create a change set" in advised(moved)
    added = stores(resources(One=database()), resources(One=database(DBName="a")))["One"]
    assert advised(added).startswith("Remove DBName (the site's Database.DatabaseName).")
    protected = gone(database(DeletionProtection=True))
    assert "DeletionProtection" in advised(protected)


def test_hosted_zones_but_not_private_ones() -> None:
    public = {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.com"}}
    private = {**public, "Properties": {"Name": "example.internal", "VPCs": [{"VPCId": "vpc-1"}]}}
    topic = {"Type": "AWS::SNS::Topic"}
    found = stores(resources(Public=public, Private=private, Topic=topic), resources(Topic=topic))
    assert set(found) == {"Public"}


def test_generated_secret_that_is_to_go_is_no_loss() -> None:
    body = {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {}}}
    assert gone({**body, "DeletionPolicy": "Delete"}).safe
    assert not gone(body).safe
    assert not gone({**body, "Properties": {}, "DeletionPolicy": "Delete"}).safe


def test_worst_comes_first() -> None:
    reported = stores(site({"Cache": True}), site({"Database": {"DBInstanceClass": "db.t4g.large"}}))
    assert list(reported) == ["SiteCacheReplicationGroup", "SiteCacheSecret", "SiteDatabase"]


def test_database_that_loses_its_snapshot_is_to_get_it_back() -> None:
    old, new = (site({"Database": each}) for each in ({"DBSnapshotIdentifier": "night"}, {}))
    reported = advised(stores(old, new)["SiteDatabase"])
    assert reported.startswith("Restore DBSnapshotIdentifier (the site's Database.DBSnapshotIdentifier): night.")
    assert "MasterUsername" not in reported
