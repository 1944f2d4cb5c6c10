"""What refuses an update that drops the copy in another Region: when, in which words, and that it asks RDS first."""

from collections.abc import Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import MAX_REASON_LENGTH
from update_protection.dropped_copy import dropped, refusal
from update_protection.properties import Copy, ProtectedStores, read

Json = dict[str, Any]

PRIMARY, SECONDARY = "ap-southeast-1", "ap-northeast-3"
STANDBY, ACTIVE = Copy(SECONDARY, "SiteDatabase", False), Copy(SECONDARY, "SiteDatabase", True)


def arn(region: str) -> str:
    return f"arn:aws:rds:{region}:123456789012:db:shop"


def asked(copy: Copy, region: str, replicas: Sequence[str] = (), source: str = "", error: str = "") -> str:
    """Return why the half in a Region can't drop the copy; empty if it can. `error` is what RDS answers."""
    given: Json = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": region}
    cloudformation, rds = boto3.client("cloudformation", **given), boto3.client("rds", **given)
    resource = {
        "LogicalResourceId": "SiteDatabase", "PhysicalResourceId": "shop-1", "ResourceType": "AWS::RDS::DBInstance",
        "LastUpdatedTimestamp": "2026-03-01", "ResourceStatus": "UPDATE_COMPLETE",
    }  # fmt: skip
    database = {
        "ReadReplicaDBInstanceIdentifiers": list(replicas),
        **({"ReadReplicaSourceDBInstanceIdentifier": source} if source else {}),
    }
    with Stubber(cloudformation) as stack, Stubber(rds) as stub:
        stack.add_response(
            "describe_stack_resource",
            {"StackResourceDetail": resource},
            {"StackName": "arn:stack", "LogicalResourceId": "SiteDatabase"},
        )
        if error:
            stub.add_client_error("describe_db_instances", error)
        else:
            stub.add_response("describe_db_instances", {"DBInstances": [database]}, {"DBInstanceIdentifier": "shop-1"})
        return refusal(cloudformation, rds, "arn:stack", copy)


REFUSED: dict[str, tuple[tuple[Any, ...], str, str]] = {
    "primary, replicated": ((STANDBY, PRIMARY, ["shop-2", arn(SECONDARY)]), "it replicates", "delete its stack first"),
    "primary, copy active": ((ACTIVE, PRIMARY), "active half", "switch back, then delete its stack"),
    "primary, replica": ((ACTIVE, PRIMARY, (), arn(SECONDARY)), "active half", "switch back, then"),
    "copy, replica": ((STANDBY, SECONDARY, (), arn(PRIMARY)), "would be promoted", "delete this stack instead"),
    "copy, replicated": (
        (ACTIVE, SECONDARY, [arn(PRIMARY)]),
        f"{PRIMARY} replicates",
        f"switch to {PRIMARY}, then delete this stack",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_copy_in_use_is_not_dropped(name: str) -> None:
    arguments, what, way = REFUSED[name]
    reason = asked(*arguments)
    assert what in reason
    assert f"Restore Secondary.Region: {SECONDARY}. To remove the copy, {way}" in reason
    assert len(reason) <= MAX_REASON_LENGTH


@pytest.mark.parametrize(
    "arguments",
    [
        (STANDBY, PRIMARY),
        (STANDBY, PRIMARY, ["shop-2"], "shop-0"),
        # The account's own replica in a third Region is not the copy's.
        (STANDBY, PRIMARY, [arn("eu-west-1")]),
        (ACTIVE, SECONDARY),
        (STANDBY, SECONDARY, ["shop-2"]),
    ],
)
def test_copy_that_replicates_nothing_is_dropped(arguments: tuple[Any, ...]) -> None:
    assert asked(*arguments) == ""


def test_database_that_is_gone_has_no_copy() -> None:
    assert asked(STANDBY, PRIMARY, error="DBInstanceNotFound") == ""


def test_doubt_is_no_permission() -> None:
    with pytest.raises(ClientError):
        asked(STANDBY, PRIMARY, error="AccessDenied")


def protected(copy: Copy | None) -> ProtectedStores:
    return ProtectedStores(True, {}, copy=copy)


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (None, STANDBY, None),
        (None, None, None),
        (STANDBY, STANDBY, None),
        (STANDBY, ACTIVE, None),
        (STANDBY, None, STANDBY),
        (ACTIVE, Copy("eu-west-1", "SiteDatabase", False), ACTIVE),
    ],
)
def test_copy_is_dropped_without_secondary_or_with_another_region(
    old: Copy | None, new: Copy | None, found: Copy | None
) -> None:
    assert dropped(protected(old), protected(new)) == found


@pytest.mark.parametrize(
    "wrong",
    [
        {"Region": SECONDARY, "Database": "SiteDatabase"},
        {"Region": "nowhere", "Database": "SiteDatabase", "IsActive": "true"},
        {"Region": SECONDARY, "Database": "SiteDatabase", "IsActive": "perhaps"},
        "us-west-2",
    ],
)
def test_wrong_copy_is_reported(wrong: Any) -> None:
    with pytest.raises(InvalidPropertiesError, match=r"Properties\.Copy"):
        read({"Enabled": "true", "Copy": wrong})


def test_copy_is_read() -> None:
    given = {"Region": SECONDARY, "Database": "SiteDatabase", "IsActive": "true"}
    assert read({"Enabled": "true", "Copy": given}).copy == ACTIVE
    assert read({"Enabled": "true"}).copy is None
