"""What refuses updates that would cost a store: which ones, in which words, and that a rollback always gets through."""

from pathlib import Path
from typing import Any

import pytest

from cli.analysis.updates import store_identity
from cli.analysis.updates.effects import Effect
from resilient_website.facts.store_identity import IDENTITY
from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import MAX_REASON_LENGTH
from tests.custom_resources.update_protection_function import Function, request
from tests.diff.stacks import changes
from update_protection.properties import ProtectedStores, read
from update_protection.replaced_stores import REMOVED_IN_PLACE, losses

Json = dict[str, Any]

DATABASE = {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Snapshot", "DBName": "shop"}


def protected(enabled: bool = True, **stores: Json) -> ProtectedStores:
    return ProtectedStores(enabled, stores)


def properties(enabled: str = "true", **stores: Json) -> Json:
    return {"ServiceToken": "arn", "Enabled": enabled, "Stores": stores}


def test_identity_is_what_diff_takes_for_a_replacement() -> None:
    assert store_identity.TARGET.read_text(encoding="utf-8") == store_identity.source()
    assert set(REMOVED_IN_PLACE) == set(store_identity.removed_in_place())


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in IDENTITY.items() for name in names])
def test_every_replacement_that_diff_tells_is_a_loss(kind: str, name: str) -> None:
    old, new = ({"Type": kind, "Properties": {name: value}} for value in ("one", "two"))
    (change,) = changes({"Resources": {"A": old}}, {"Resources": {"A": new}}).values()
    assert change.effect in (Effect.REPLACED, Effect.MAY_BE_REPLACED)
    known = {value: {"Type": kind, "DeletionPolicy": "Snapshot", name: value} for value in ("one", "two")}
    assert losses(protected(A=known["one"]), protected(A=known["two"]))


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ({"DBName": "other"}, "DBName 'shop' -> 'other'"),
        ({"DBName": None}, "DBName 'shop' -> (none)"),
        ({"DBSnapshotIdentifier": "night"}, "DBSnapshotIdentifier (none) -> 'night'"),
        ({"KmsKeyId": "k" * 500}, f"KmsKeyId (none) -> '{'k' * 40}'"),
        ({"Type": "AWS::RDS::DBCluster"}, "Type 'AWS::RDS::DBInstance' -> 'AWS::RDS::DBCluster'"),
        ({"DeletionPolicy": "Delete"}, ""),
        ({}, ""),
    ],
)
def test_replacement_is_a_loss(change: Json, reported: str) -> None:
    after = {key: value for key, value in {**DATABASE, **change}.items() if value is not None}
    found = losses(protected(SiteDatabase=DATABASE), protected(SiteDatabase=after))
    assert found == ([f"SiteDatabase would be replaced: {reported}"] if reported else [])


def test_cache_of_several_shards_that_is_to_have_none_is_a_loss() -> None:
    alone = {"Type": "AWS::ElastiCache::ReplicationGroup", "DeletionPolicy": "Snapshot"}
    sharded = {**alone, "UseOnlineResharding": "true"}
    assert losses(protected(A=sharded), protected(A=alone)) == [
        "A would be replaced: UseOnlineResharding 'true' -> (none)"
    ]
    assert losses(protected(A=alone), protected(A=sharded)) == []


def test_database_does_not_need_its_snapshot_any_more() -> None:
    restored = {**DATABASE, "DBSnapshotIdentifier": "night"}
    assert losses(protected(SiteDatabase=restored), protected(SiteDatabase=DATABASE)) == []


REPLICA = {**DATABASE, "SourceDBInstanceIdentifier": "arn:one", "KmsKeyId": "one"}


@pytest.mark.parametrize(
    ("listed", "before", "after", "lost"),
    [
        (True, DATABASE, REPLICA, ""),
        (False, DATABASE, REPLICA, "KmsKeyId (none) -> 'one', SourceDBInstanceIdentifier (none) -> 'arn:one'"),
        # It is replaced on purpose when it becomes a replica, and not again as one, nor as something else.
        (
            True,
            REPLICA,
            {**REPLICA, "SourceDBInstanceIdentifier": "arn:two"},
            "SourceDBInstanceIdentifier 'arn:one' ->",
        ),
        (True, REPLICA, {**REPLICA, "KmsKeyId": "two"}, "KmsKeyId 'one' -> 'two'"),
        (True, DATABASE, {**DATABASE, "KmsKeyId": "two"}, "KmsKeyId (none) -> 'two'"),
        (True, DATABASE, {**REPLICA, "Type": "AWS::RDS::DBCluster"}, "Type 'AWS::RDS::DBInstance' ->"),
    ],
)
def test_only_a_listed_database_that_becomes_a_replica_may_be_replaced(
    listed: bool, before: Json, after: Json, lost: str
) -> None:
    new = ProtectedStores(enabled=True, stores={"A": after}, replicas=("A",) if listed else ())
    found = losses(protected(A=before), new)
    assert len(found) == bool(lost)
    assert all(each.startswith(f"A would be replaced: {lost}") for each in found)


@pytest.mark.parametrize(
    ("policy", "lost"), [("Snapshot", True), ("Retain", False), ("RetainExceptOnCreate", False), ("Delete", False)]
)
def test_store_may_leave_when_its_policy_has_said_what_becomes_of_it(policy: str, lost: bool) -> None:
    leaving = {**DATABASE, "DeletionPolicy": policy}
    found = losses(protected(SiteDatabase=leaving), protected(SiteCache=DATABASE))
    assert found == (["SiteDatabase would be deleted"] if lost else [])


@pytest.mark.parametrize(
    ("wrong", "reported"),
    [
        ({"Enabled": "perhaps"}, "Properties.Enabled: found 'perhaps'; write true or false"),
        ({"Stores": "none"}, "Properties.Stores: found 'none'; write a map from logical ids"),
        ({"Stores": {"A": {}}}, "Properties.Stores: found \"{'A': {}}\"; write a map from logical ids"),
        ({"Store": {}}, "Properties.Store: unknown property; did you mean Stores? allowed: Enabled, Stores"),
    ],
)
def test_wrong_properties_are_reported(wrong: Json, reported: str) -> None:
    with pytest.raises(InvalidPropertiesError) as caught:
        read({**properties(), **wrong})
    assert str(caught.value).startswith(reported)


@pytest.fixture
def function(tmp_path: Path) -> Function:
    return Function(tmp_path)


OTHER = {**DATABASE, "DBName": "other"}


def test_update_is_refused_with_the_way_to_do_it(function: Function) -> None:
    (answer,) = function.run(request("Update", properties(A=OTHER), properties(A=DATABASE)))
    assert answer["Status"] == "FAILED"
    assert "A would be replaced: DBName 'shop' -> 'other'." in answer["Reason"]
    assert answer["Reason"].endswith("first deploy UpdateProtection: false, then repeat this update")


def test_protection_does_not_go_in_the_same_update(function: Function) -> None:
    (answer,) = function.run(request("Update", properties("false", A=OTHER), properties(A=DATABASE)))
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].endswith("first deploy only UpdateProtection: false, then repeat this update")


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (properties(A=DATABASE), properties(A=DATABASE)),
        (properties("false", A=DATABASE), properties(A=DATABASE)),
        (properties(A=OTHER), properties("false", A=DATABASE)),
        (properties(A=DATABASE, B=OTHER), properties(A=DATABASE)),
    ],
)
def test_update_that_costs_nothing_or_is_meant_passes(function: Function, new: Json, old: Json) -> None:
    (answer,) = function.run(request("Update", new, old))
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "update-protection")


@pytest.mark.parametrize(
    "status", ["UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"]
)
def test_rollback_passes(function: Function, status: str) -> None:
    function.cloudformation.status = status
    (answer,) = function.run(request("Update", properties(A=DATABASE), properties(A=OTHER)))
    assert answer["Status"] == "SUCCESS"


def test_in_doubt_it_refuses(function: Function) -> None:
    function.cloudformation.refuses = "AccessDenied"
    (answer,) = function.run(request("Update", properties(A=OTHER), properties(A=DATABASE)))
    assert (answer["Status"], "AccessDenied" in answer["Reason"]) == ("FAILED", True)


def test_create_and_delete_pass_and_wrong_properties_do_not(function: Function) -> None:
    created, deleted = function.run(
        request("Create", properties(A=DATABASE)), request("Delete", properties(A=DATABASE))
    )
    assert (created["Status"], created["PhysicalResourceId"]) == ("SUCCESS", "update-protection")
    assert deleted["Status"] == "SUCCESS"
    (answer,) = function.run(request("Create", {"Stores": []}))
    assert (answer["Status"], "Properties.Enabled" in answer["Reason"]) == ("FAILED", True)
    # CloudFormation then deletes what it never made.
    (answer,) = function.run(request("Delete", {"Stores": []}, PhysicalResourceId=created["PhysicalResourceId"]))
    assert answer["Status"] == "SUCCESS"


def test_many_stores_are_reported_in_an_answer_that_cloudformation_takes(function: Function) -> None:
    old = {f"Store{number}": DATABASE for number in range(200)}
    (answer,) = function.run(request("Update", properties(), {**properties(), "Stores": old}))
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("Store0 would be deleted; Store1 would be deleted; ")
    assert answer["Reason"].endswith("UpdateProtection: false, then repeat this update")
    assert len(answer["Reason"]) <= MAX_REASON_LENGTH
