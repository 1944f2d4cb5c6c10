"""What tells a copy about the primary half: which values it reads, and what it says when one is missing."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from primary_half import handler
from primary_half.backups import NoBackupError, newest
from primary_half.properties import Wanted, read
from primary_half.published import NotPromotedError, NotPublishedError, values
from primary_half.replicated import ReplicatedError, refuse_if_replicated
from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import MAX_REASON_LENGTH

PATH = "/resilient-website/my-site/Shop"


def answered(wanted: Wanted, *pages: dict[str, str]) -> dict[str, str]:
    """Return what is read of a Parameter Store with these values below the path, page by page."""
    ssm: Any = boto3.client("ssm", region_name="us-west-2", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(ssm) as stub:
        for number, page in enumerate(pages, start=1):
            parameters = [{"Name": f"{wanted.path}/{name}", "Value": value} for name, value in page.items()]
            more = {"NextToken": str(number)} if number < len(pages) else {}
            expected = {"Path": wanted.path} | ({"NextToken": str(number - 1)} if number > 1 else {})
            stub.add_response("get_parameters_by_path", {"Parameters": parameters, **more}, expected)
        return values(ssm, wanted)


def test_only_what_is_asked_for_is_returned_from_all_pages() -> None:
    wanted = Wanted(PATH, ("DatabaseArn", "PrimaryRegion"), "", "")
    found = answered(wanted, {"DatabaseArn": "arn:db", "Other": "x"}, {"PrimaryRegion": "us-east-1"})
    assert found == {"DatabaseArn": "arn:db", "PrimaryRegion": "us-east-1"}


def test_nothing_published_says_what_to_deploy_first() -> None:
    with pytest.raises(NotPublishedError) as refusal:
        answered(Wanted(PATH, ("DatabaseArn",), "", ""), {})
    assert str(refusal.value) == (
        "Shop of the stack my-site is not deployed in its primary Region yet, or without Secondary.Region: us-west-2. "
        "Deploy this template there first, under the same stack name"
    )


def test_value_missing_is_named() -> None:
    with pytest.raises(NotPublishedError, match="has not published DatabaseArn"):
        answered(Wanted(PATH, ("DatabaseArn", "PrimaryRegion"), "", ""), {"PrimaryRegion": "us-east-1"})


def test_half_in_another_region_is_named() -> None:
    with pytest.raises(NotPublishedError, match=r"The half of Shop in us-west-2 .*without Secondary\.ActiveRegion"):
        answered(Wanted(PATH, ("CopyDatabaseArn",), "", "us-west-2"), {})


@pytest.mark.parametrize(
    ("properties", "reported"),
    [
        ({"Path": "/elsewhere/my-site/Shop", "Names": ["A"]}, "Path"),
        ({"Path": f"{PATH}/DatabaseArn", "Names": ["A"]}, "Path"),
        ({"Path": PATH, "Names": []}, "Names"),
        ({"Path": PATH, "Names": "A"}, "Names"),
        ({"Path": PATH}, "Names"),
        ({"Path": PATH, "Names": ["A"], "Region": "nowhere"}, "Region"),
        ({"Path": PATH, "Names": ["A"], "PromotedDatabase": "perhaps"}, "PromotedDatabase"),
        ({"Path": PATH, "Names": ["A"], "More": "1"}, "More"),
    ],
)
def test_wrong_properties_are_named(properties: dict[str, Any], reported: str) -> None:
    with pytest.raises(InvalidPropertiesError, match=reported):
        read(properties)


def test_properties() -> None:
    assert read({"Path": PATH, "Names": ["A"], "Digest": "1", "ServiceToken": "arn"}) == Wanted(PATH, ("A",), "1", "")
    assert read({"Path": PATH, "Names": ["A"], "PromotedDatabase": "true"}).promoted


def requested(request: str, monkeypatch: pytest.MonkeyPatch, **properties: str) -> str:
    """Return the physical id after a request of a copy whose primary half has published its database."""
    monkeypatch.setattr(handler, "values", lambda _ssm, _wanted: {"DatabaseArn": "arn:db"})
    event = {
        "ResourceType": "Custom::PrimaryHalf",
        "RequestType": request,
        "ResourceProperties": {"Path": PATH, "Names": ["DatabaseArn"], **properties},
    }
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    return str(handler.create_or_update(event, None))


def test_half_that_is_created_as_the_active_one_says_what_to_deploy_first(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        NotPromotedError, match=r"no database in us-west-2 yet.*without ActiveRegion, then use `switch`"
    ) as it:
        requested("Create", monkeypatch, PromotedDatabase="true")
    assert len(str(it.value)) <= MAX_REASON_LENGTH


def test_half_becomes_the_active_one_by_an_update(monkeypatch: pytest.MonkeyPatch) -> None:
    assert requested("Create", monkeypatch) == "primary-half"
    assert requested("Update", monkeypatch, PromotedDatabase="true") == "primary-half"


def guarded(*replicas: str, error: str = "") -> None:
    """Ask whether a database with these replicas may be deleted."""
    rds: Any = boto3.client("rds", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(rds) as stub:
        if error:
            stub.add_client_error("describe_db_instances", error)
        else:
            stub.add_response(
                "describe_db_instances",
                {"DBInstances": [{"ReadReplicaDBInstanceIdentifiers": list(replicas)}]},
                {"DBInstanceIdentifier": "shop"},
            )
        refuse_if_replicated(rds, "shop")
        stub.assert_no_pending_responses()


def test_database_that_a_copy_replicates_is_not_deleted() -> None:
    with pytest.raises(ReplicatedError, match="half in us-west-2 replicates shop, and RDS would promote it"):
        guarded("shop-2", "arn:aws:rds:us-west-2:123456789012:db:copy")


@pytest.mark.parametrize("replicas", [(), ("shop-2",)])
def test_database_without_a_copy_is_deleted(replicas: tuple[str, ...]) -> None:
    guarded(*replicas)


def test_database_that_is_gone_is_no_obstacle() -> None:
    guarded(error="DBInstanceNotFound")


def test_doubt_is_no_permission() -> None:
    with pytest.raises(ClientError):
        guarded(error="AccessDenied")


SHOP = "arn:aws:rds:us-east-1:123456789012:db:shop"
EARLY, LATE = datetime(2026, 3, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 2, tzinfo=UTC)


def backup(name: str, latest: datetime | None, of: str = SHOP) -> dict[str, Any]:
    window = {} if latest is None else {"LatestTime": latest}
    return {"DBInstanceArn": of, "DBInstanceAutomatedBackupsArn": f"arn:backup:{name}", "RestoreWindow": window}


def found(*pages: list[dict[str, Any]]) -> str:
    """Return which backups of SHOP are restored, of a Region with these."""
    rds: Any = boto3.client("rds", region_name="us-west-2", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(rds) as stub:
        for number, page in enumerate(pages, start=1):
            more = {"Marker": str(number)} if number < len(pages) else {}
            expected = {"Marker": str(number - 1)} if number > 1 else {}
            answer = {"DBInstanceAutomatedBackups": page, **more}
            stub.add_response("describe_db_instance_automated_backups", answer, expected)
        return newest(rds, SHOP)


def test_newest_backups_of_the_database_are_restored() -> None:
    elsewhere = SHOP.replace("us-east-1", "us-west-2")
    others = [backup("local", LATE, of=elsewhere), backup("other", LATE, of=f"{SHOP}-2"), backup("new", None)]
    assert found([*others, backup("stopped", EARLY)], [backup("replicating", LATE)]) == "arn:backup:replicating"


@pytest.mark.parametrize("there", [[], [backup("new", None)], [backup("other", LATE, of=f"{SHOP}-2")]])
def test_no_backup_says_what_to_do(there: list[dict[str, Any]]) -> None:
    with pytest.raises(NoBackupError, match=f"us-west-2 has no replicated backup of {SHOP}.*wait for the first"):
        found(there)


def asked(request: str, database: str, physical_id: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Any]:
    """Return the physical id and the attribute after a request, in a Region whose newest backups are arn:backup:b."""
    monkeypatch.setattr(handler, "newest", lambda _rds, _arn: "arn:backup:b")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: None)
    event = {
        "ResourceType": "Custom::ReplicatedBackup",
        "RequestType": request,
        "PhysicalResourceId": physical_id,
        "ResourceProperties": {"SourceDBInstanceArn": database},
    }
    return str(handler.create_or_update(event, None)), handler.helper.Data["Arn"]


def test_database_stays_restored_from_the_same_backups(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked("Create", SHOP, "", monkeypatch) == ("arn:backup:b", "arn:backup:b")
    for database in (SHOP, f"{SHOP}-2"):
        assert asked("Update", database, "arn:backup:a", monkeypatch) == ("arn:backup:a", "arn:backup:a")


def test_backups_of_no_database_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="SourceDBInstanceArn"):
        asked("Create", "shop", "", monkeypatch)
