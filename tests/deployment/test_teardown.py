"""What is left of a site after its stack is deleted, and after updates, with objects in its buckets."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from empty_bucket.handler import MARGIN_SECONDS
from resilient_website.cloudformation.stack_identity import PREFIX
from tests.bucket_contents import MAX_DELETED, empty, versions
from tests.deployment.updated_site import BROKEN
from tests.sites import Installation, StackError

Json = dict[str, Any]

# Versions and markers that `fill` leaves in a bucket with versions.
OBJECTS = 4

EVERYTHING = {"Database": "Delete", "Cache": "Delete", "Assets": "Delete", "Logs": "Delete"}


def template(teardown: Json, *, depends_on: str = "", **properties: Any) -> Json:
    site = {"Type": "ResilientWebsite", "Properties": {**properties, "Teardown": teardown}}
    broken = {"Broken": {**BROKEN, "DependsOn": depends_on}} if depends_on else {}
    resources = {"Site": site, **broken}
    return {"Transform": "ResilientWebsite", "Resources": resources}


@pytest.fixture
def left_behind(installation: Installation) -> Iterator[list[str]]:
    """Buckets that a test leaves behind on purpose."""
    names: list[str] = []
    yield names
    s3 = installation.client("s3")
    for name in names:
        empty(s3, name)
        s3.delete_bucket(Bucket=name)


def keys(installation: Installation, bucket: str) -> list[tuple[str, str]]:
    """Return the keys and ids of all versions and markers in a bucket."""
    return [(entry["Key"], entry["VersionId"]) for entry in versions(installation.client("s3"), bucket)]


def is_there(installation: Installation, bucket: str) -> bool:
    try:
        installation.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "404"
        return False
    return True


def fill(installation: Installation, bucket: str) -> None:
    """Put two versions, and one under a delete marker, into a bucket; one without versioning keeps one object."""
    s3 = installation.client("s3")
    for body in (b"1", b"2"):
        s3.put_object(Bucket=bucket, Key="static/app.css", Body=body)
    s3.put_object(Bucket=bucket, Key="gone.css", Body=b"3")
    s3.delete_object(Bucket=bucket, Key="gone.css")


def polls(installation: Installation) -> list[str]:
    rules = installation.client("events").list_rules()["Rules"]
    return [rule["Name"] for rule in rules if rule["Name"].startswith(PREFIX)]


def snapshots(installation: Installation, ids: Json) -> list[str]:
    found = installation.client("rds").describe_db_snapshots()["DBSnapshots"]
    return [each["DBSnapshotIdentifier"] for each in found if each["DBInstanceIdentifier"] == ids["SiteDatabase"]]


def test_all_goes_where_delete_is_asked_for(installation: Installation) -> None:
    installation.deploy("teardown", template(EVERYTHING, Cache=True))
    ids = installation.resources("teardown")
    buckets = [ids["SiteAssetsBucket"], ids["SiteLogsBucket"]]
    for bucket in buckets:
        fill(installation, bucket)
    assert installation.delete("teardown") == "DELETE_COMPLETE", installation.failures("teardown")
    assert [bucket for bucket in buckets if is_there(installation, bucket)] == []
    assert snapshots(installation, ids) == []
    assert polls(installation) == []


def test_defaults_leave_buckets_and_a_snapshot(installation: Installation, left_behind: list[str]) -> None:
    installation.deploy("defaults", template({}))
    ids = installation.resources("defaults")
    left_behind += [ids["SiteAssetsBucket"], ids["SiteLogsBucket"]]
    for bucket in left_behind:
        fill(installation, bucket)
    assert installation.delete("defaults") == "DELETE_COMPLETE", installation.failures("defaults")
    assert [len(keys(installation, bucket)) for bucket in left_behind] == [OBJECTS, 1]
    assert len(snapshots(installation, ids)) == 1


def test_update_that_keeps_the_bucket_keeps_its_objects(installation: Installation, left_behind: list[str]) -> None:
    installation.deploy("kept", template({"Assets": "Delete", "Logs": "Delete"}))
    ids = installation.resources("kept")
    left_behind.append(ids["SiteAssetsBucket"])
    for bucket in (ids["SiteAssetsBucket"], ids["SiteLogsBucket"]):
        fill(installation, bucket)
    changed = template({"Assets": "Delete", "Logs": "Delete"}, Fallback={"Title": "Soon"})
    installation.deploy("kept", changed)
    assert len(keys(installation, ids["SiteAssetsBucket"])) == OBJECTS
    installation.deploy("kept", template({"Logs": "Delete"}))
    assert "SiteAssetsBucketEmptied" not in installation.resources("kept")
    assert len(keys(installation, ids["SiteAssetsBucket"])) == OBJECTS
    assert keys(installation, ids["SiteLogsBucket"])
    assert installation.delete("kept") == "DELETE_COMPLETE", installation.failures("kept")
    assert len(keys(installation, ids["SiteAssetsBucket"])) == OBJECTS
    assert not is_there(installation, ids["SiteLogsBucket"])


def test_update_that_is_rolled_back_keeps_the_objects(installation: Installation, left_behind: list[str]) -> None:
    installation.deploy("undone", template({}))
    bucket = installation.resources("undone")["SiteAssetsBucket"]
    left_behind += [bucket, installation.resources("undone")["SiteLogsBucket"]]
    fill(installation, bucket)
    with pytest.raises(StackError, match="Broken"):
        installation.deploy("undone", template({"Assets": "Delete"}, depends_on="Site"))
    assert "SiteAssetsBucketEmptied" not in installation.resources("undone")
    assert len(keys(installation, bucket)) == OBJECTS
    assert installation.delete("undone") == "DELETE_COMPLETE"


def test_bucket_that_leaves_the_template_is_emptied(installation: Installation) -> None:
    installation.deploy("leaves", template(EVERYTHING))
    bucket = installation.resources("leaves")["SiteLogsBucket"]
    fill(installation, bucket)
    off: Json = {
        "Network": {"FlowLogs": "None"},
        "LoadBalancer": {"AccessLogs": False},
        "Delivery": {"AccessLogs": False},
    }
    installation.deploy("leaves", template(EVERYTHING, **off))
    assert not is_there(installation, bucket)
    assert installation.delete("leaves") == "DELETE_COMPLETE"


def test_creation_that_fails_is_rolled_back_whole(installation: Installation) -> None:
    with pytest.raises(StackError, match="ROLLBACK_COMPLETE"):
        installation.deploy("failed", template(EVERYTHING, depends_on="Site"))
    installation.delete("failed")


def test_more_than_one_run_can_empty(installation: Installation) -> None:
    installation.deploy("many", template(EVERYTHING, Database=False))
    ids = installation.resources("many")
    # With less time than a run keeps in reserve, each run deletes one page of a thousand.
    installation.client("lambda").update_function_configuration(
        FunctionName=ids["EmptyBucketFunction"], Timeout=MARGIN_SECONDS - 1
    )
    bucket = ids["SiteAssetsBucket"]
    s3 = installation.client("s3")
    s3.put_object(Bucket=bucket, Key="static/0", Body=b"")
    # Delete markers are listed and deleted as versions are, and one request makes a thousand. Source: "DeleteObjects".
    for numbers in (range(MAX_DELETED), range(MAX_DELETED, MAX_DELETED + 200)):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": f"static/{number}"} for number in numbers]})
    assert len(versions(s3, bucket)) > MAX_DELETED
    assert installation.delete("many") == "DELETE_COMPLETE", installation.failures("many")
    assert not is_there(installation, bucket)
    assert polls(installation) == []
