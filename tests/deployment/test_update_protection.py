"""Updates that would cost a site its database or cache: refused on the emulator before any store is touched."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.deployment.updated_site import BROKEN
from tests.sites import Installation, StackError

Json = dict[str, Any]

STACK = "protected"
SITE: Json = {"Database": {"DatabaseName": "shop"}, "Cache": True}
OTHER_NAME: Json = {**SITE, "Database": {"DatabaseName": "other"}}
REFUSED: dict[str, tuple[Json, str]] = {
    "another database name": (OTHER_NAME, "DBName 'shop' -> 'other'"),
    "no database": ({**SITE, "Database": False}, "SiteDatabase would be deleted"),
    "no cache": ({**SITE, "Cache": False}, "SiteCacheReplicationGroup would be deleted"),
    "a snapshot": (
        {**SITE, "Database": {"DatabaseName": "shop", "DBSnapshotIdentifier": "night"}},
        "DBSnapshotIdentifier (none) -> 'night'",
    ),
    "an override": (
        {**SITE, "Overrides": {"AssetsBucket": {"BucketName": "a-name-of-ours"}}},
        "SiteAssetsBucket would be replaced: BucketName (none) -> 'a-name-of-ours'",
    ),
    "the protection with it": ({**OTHER_NAME, "UpdateProtection": False}, "first deploy only UpdateProtection: false"),
}


def template(properties: Json, *, broken: bool = False) -> Json:
    fails = {"Broken": {**BROKEN, "DependsOn": "Site"}}
    site = {"Type": "ResilientWebsite", "Properties": properties}
    return {"Transform": "ResilientWebsite", "Resources": {"Site": site, **(fails if broken else {})}}


@pytest.fixture
def stack(installation: Installation) -> Iterator[str]:
    installation.deploy(STACK, template(SITE))
    yield STACK
    installation.delete(STACK)


def test_dangerous_updates_are_rolled_back_and_touch_nothing(installation: Installation, stack: str) -> None:
    before = installation.resources(stack)
    for name, (properties, reason) in REFUSED.items():
        with pytest.raises(StackError, match="UPDATE_ROLLBACK_COMPLETE") as caught:
            installation.deploy(stack, template(properties))
        assert reason in str(caught.value), name
        assert "No data store was changed" in str(caught.value)
        assert installation.resources(stack) == before, name
    # All else goes on to change as ever.
    installation.deploy(stack, template({**SITE, "Database": {"DatabaseName": "shop", "ReadReplicas": 1}}))
    assert installation.resources(stack)["SiteDatabase"] == before["SiteDatabase"]


STORES = ("SiteDatabase", "SiteCacheReplicationGroup", "SiteAssetsBucket", "SiteFallbackBucket")


def stores(installation: Installation, stack: str) -> dict[str, str]:
    found = installation.resources(stack)
    return {name: found[name] for name in STORES}


def test_without_a_rollback_no_store_is_touched_either(installation: Installation, stack: str) -> None:
    """As with `--disable-rollback`: the stack stays as it failed, is refused the same again, and goes on from there."""
    before = stores(installation, stack)
    for _ in range(2):
        assert installation.deploy_without_rollback(stack, template(OTHER_NAME)) == "UPDATE_FAILED"
        assert "DBName 'shop' -> 'other'" in str(installation.failures(stack))
        assert stores(installation, stack) == before
    assert installation.deploy_without_rollback(stack, template({**SITE, "Database": False})) == "UPDATE_FAILED"
    assert stores(installation, stack) == before
    installation.deploy(stack, template({**SITE, "Tags": [{"Key": "Team", "Value": "web"}]}))
    assert stores(installation, stack) == before


def test_a_failed_update_can_be_rolled_back_later(installation: Installation, stack: str) -> None:
    before = stores(installation, stack)
    assert installation.deploy_without_rollback(stack, template(OTHER_NAME)) == "UPDATE_FAILED"
    installation.cloudformation.rollback_stack(StackName=stack)
    assert installation.wait(stack) == "UPDATE_ROLLBACK_COMPLETE"
    assert stores(installation, stack) == before


def test_what_is_meant_takes_two_updates(installation: Installation, stack: str) -> None:
    before = installation.resources(stack)
    installation.deploy(stack, template({**SITE, "UpdateProtection": False}))
    assert installation.resources(stack) == before
    # One that fails later is rolled back, and the protection does not block the rollback.
    with pytest.raises(StackError, match="UPDATE_ROLLBACK_COMPLETE"):
        installation.deploy(stack, template(OTHER_NAME, broken=True))
    installation.deploy(stack, template(OTHER_NAME))
    assert installation.resources(stack)["SiteDatabase"] != before["SiteDatabase"]
    with pytest.raises(StackError, match="DBName 'other' -> 'shop'"):
        installation.deploy(stack, template(SITE))


def test_store_that_shall_stay_may_leave_the_stack(installation: Installation, stack: str) -> None:
    retained = {**SITE, "Teardown": {"Database": "Retain"}}
    installation.deploy(stack, template(retained))
    database = installation.resources(stack)["SiteDatabase"]
    installation.deploy(stack, template({**retained, "Database": False}))
    assert "SiteDatabase" not in installation.resources(stack)
    rds = installation.client("rds")
    assert database in [each["DBInstanceIdentifier"] for each in rds.describe_db_instances()["DBInstances"]]
    rds.delete_db_instance(DBInstanceIdentifier=database, SkipFinalSnapshot=True)
