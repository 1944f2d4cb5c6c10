"""The fallback site's function as a real process: every request gets one answer, in time, and says no secrets."""

from pathlib import Path

import pytest

from tests.custom_resources.fake_cloudformation import FakeCloudFormation
from tests.custom_resources.fake_s3 import FakeS3
from tests.custom_resources.fallback_site_function import PROPERTIES, Function, request
from tests.custom_resources.own_stack import BUCKET, GUID, OTHER_STACK_ID

NEIGHBOURS = f"fallback-1a2b3c4d-{OTHER_STACK_ID.rpartition('/')[2]}"


@pytest.fixture
def function(tmp_path: Path) -> Function:
    return Function(tmp_path)


def test_bucket_in_another_region(function: Function) -> None:
    there = {**PROPERTIES, "BucketRegion": "us-west-2"}
    with FakeS3() as s3:
        (created,) = function(s3, request("Create", there))
        assert (created["Status"], created["PhysicalResourceId"]) == ("SUCCESS", f"{BUCKET}/_fallback/")
        assert f"{BUCKET}/_fallback/index.html" in s3.objects
        (refused,) = function(s3, request("Update", {**there, "BucketRegion": "Oregon"}))
        assert (refused["Status"], "BucketRegion: found 'Oregon'" in refused["Reason"]) == ("FAILED", True)
        (deleted,) = function(s3, request("Delete", {**there, "BucketRegion": "Oregon"}))
        assert (deleted["Status"], s3.objects) == ("SUCCESS", {})
        # As always, a Delete with wrong properties finds the bucket by the id, from the function's own Region.
        assert {scope.split("/")[2] for scope in s3.scopes} == {"us-west-2", "us-east-1"}


def test_create_update_delete(function: Function) -> None:
    changed = {**PROPERTIES, "Message": "Longer, in fact", "ContactEmail": "hi@example.com"}
    with FakeS3() as s3:
        s3.objects[f"{BUCKET}/mine.txt"] = b"foreign"
        created, updated = function(s3, request("Create"), request("Update", changed))
        assert (created["Status"], created["PhysicalResourceId"]) == ("SUCCESS", f"{BUCKET}/_fallback/")
        assert created["Data"]["Key"] == "_fallback/index.html"
        assert updated["PhysicalResourceId"] == created["PhysicalResourceId"]
        assert updated["Data"]["Sha256"] != created["Data"]["Sha256"]
        page = s3.objects[f"{BUCKET}/_fallback/index.html"].decode()
        assert "Longer, in fact" in page
        assert "mailto:hi@example.com" in page
        (deleted,) = function(s3, request("Delete", changed))
        assert deleted["Status"] == "SUCCESS"
        assert s3.objects == {f"{BUCKET}/mine.txt": b"foreign"}


def test_another_prefix_is_a_replacement(function: Function) -> None:
    moved = {**PROPERTIES, "Prefix": "elsewhere/"}
    with FakeS3() as s3:
        function(s3, request("Create"))
        (updated,) = function(s3, request("Update", moved, OldResourceProperties=PROPERTIES))
        assert updated["PhysicalResourceId"] == f"{BUCKET}/elsewhere/"
        assert {f"{BUCKET}/_fallback/index.html", f"{BUCKET}/elsewhere/index.html"} <= set(s3.objects)
        function(s3, request("Delete"))
        assert sorted(s3.objects) == [f"{BUCKET}/elsewhere/index.html", f"{BUCKET}/elsewhere/manifest.json"]


@pytest.mark.parametrize(
    ("logical_id", "place", "status", "withdrawn"),
    [
        ("SiteFallbackSiteFlat", f"{BUCKET}/_fallback/", "CREATE_COMPLETE", False),
        ("SiteFallbackSiteFlat", f"{BUCKET}/_fallback/", "DELETE_IN_PROGRESS", True),
        ("SiteFallbackSiteFlat", f"{BUCKET}/elsewhere/", "CREATE_COMPLETE", True),
        ("SiteFallbackSite", f"{BUCKET}/_fallback/", "DELETE_IN_PROGRESS", True),
    ],
)
def test_place_that_another_resource_has_taken_over(
    function: Function, logical_id: str, place: str, status: str, withdrawn: bool
) -> None:
    with FakeS3() as s3:
        function(s3, request("Create"))
        function.cloudformation = FakeCloudFormation((logical_id, place, status))
        (answer,) = function(s3, request("Delete"))
        assert answer["Status"] == "SUCCESS"
        assert (f"{BUCKET}/_fallback/index.html" not in s3.objects) == withdrawn


def test_nothing_is_withdrawn_while_nobody_says_whose_it_is(function: Function) -> None:
    with FakeS3() as s3:
        function(s3, request("Create"))
        function.cloudformation = FakeCloudFormation(refuses="AccessDenied")
        (answer,) = function(s3, request("Delete"))
        assert answer["Status"] == "FAILED"
        assert "ListStackResources" in answer["Reason"]
        assert f"{BUCKET}/_fallback/index.html" in s3.objects


@pytest.mark.parametrize("bucket", [NEIGHBOURS, f"{GUID}-x", f"x-{GUID}-y", f"x{GUID}"])
def test_neighbours_page_is_not_replaced(function: Function, bucket: str) -> None:
    with FakeS3() as s3:
        theirs = {f"{bucket}/_fallback/index.html": b"theirs"}
        s3.objects.update(theirs)
        changed = {**PROPERTIES, "BucketName": bucket, "Message": "Call +1 555 0100"}
        for one in (request("Create", changed), request("Update", changed, OldResourceProperties=PROPERTIES)):
            (answer,) = function(s3, one)
            assert answer["Status"] == "FAILED"
            assert "is not a bucket of this function's stack" in answer["Reason"]
        assert (s3.objects, s3.requests) == (theirs, 0)


def test_neighbours_page_is_not_withdrawn(function: Function) -> None:
    theirs = {**PROPERTIES, "BucketName": NEIGHBOURS}
    with FakeS3() as s3:
        s3.objects[f"{NEIGHBOURS}/_fallback/index.html"] = b"theirs"
        (answer,) = function(s3, request("Delete", theirs, PhysicalResourceId=f"{NEIGHBOURS}/_fallback/"))
        assert (answer["Status"], s3.requests) == ("SUCCESS", 0)
        assert f"{NEIGHBOURS} is not a bucket of this function's stack; nothing is removed" in function.log
        # As if an update to the neighbour's bucket had failed, and were rolled back.
        (answer,) = function(s3, request("Update", OldResourceProperties=theirs))
        assert answer["Status"] == "SUCCESS"
        assert s3.objects[f"{NEIGHBOURS}/_fallback/index.html"] == b"theirs"


def test_delete_of_what_never_existed(function: Function) -> None:
    with FakeS3(always="NoSuchBucket") as s3:
        unknown = request("Delete", {}, PhysicalResourceId="s_SiteFallbackSite_1a2b3c4d")
        answers = function(s3, unknown, request("Delete"))
        assert [answer["Status"] for answer in answers] == ["SUCCESS", "SUCCESS"]


def test_bad_properties_are_reported_all_at_once(function: Function) -> None:
    bad = {**PROPERTIES, "Titel": "x", "Prefix": "/a", "ContactEmail": "nobody"}
    with FakeS3() as s3:
        (answer,) = function(s3, request("Create", bad))
        assert answer["Status"] == "FAILED"
        assert "ContactEmail" in answer["Reason"]
        assert s3.requests == 0
        for name in ("Titel", "Prefix", "ContactEmail"):
            assert name in function.log


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "InternalError"])
def test_s3_refuses(function: Function, code: str) -> None:
    with FakeS3(always=code) as s3:
        (answer,) = function(s3, request("Create"))
        assert answer["Status"] == "FAILED"
        assert code in answer["Reason"]
        assert answer["PhysicalResourceId"]
        assert function.seconds < 50


def test_s3_throttles_for_a_while(function: Function) -> None:
    with FakeS3(script=["SlowDown", "SlowDown"]) as s3:
        (answer,) = function(s3, request("Create"))
        assert answer["Status"] == "SUCCESS"
        assert f"{BUCKET}/_fallback/index.html" in s3.objects


def test_role_whose_policy_is_not_in_force_yet(function: Function) -> None:
    with FakeS3(script=["AccessDenied"] * 5) as s3:
        (answer,) = function(s3, request("Create"))
        assert answer["Status"] == "SUCCESS"
        assert f"{BUCKET}/_fallback/index.html" in s3.objects


def test_update_that_fails_leaves_the_last_page(function: Function) -> None:
    with FakeS3() as s3:
        function(s3, request("Create"))
        before = dict(s3.objects)
        s3.always = "AccessDenied"
        (answer,) = function(s3, request("Update", {**PROPERTIES, "Message": "new"}))
        assert answer["Status"] == "FAILED"
        assert s3.objects == before
        s3.always = ""
        (answer,) = function(s3, request("Update", {**PROPERTIES, "Message": "new"}))
        assert answer["Status"] == "SUCCESS"


def test_manifest_of_somebody_else_is_not_believed(function: Function) -> None:
    with FakeS3() as s3:
        s3.objects[f"{BUCKET}/_fallback/manifest.json"] = b'{"files": {"precious.txt": "x", "_fallback/old.html": "y"}}'
        s3.objects[f"{BUCKET}/precious.txt"] = s3.objects[f"{BUCKET}/_fallback/old.html"] = b"x"
        function(s3, request("Create"))
        assert f"{BUCKET}/precious.txt" in s3.objects
        assert f"{BUCKET}/_fallback/old.html" not in s3.objects


def test_garbage_from_s3_gets_an_answer(function: Function) -> None:
    with FakeS3(garbage=True) as s3:
        s3.objects[f"{BUCKET}/_fallback/manifest.json"] = b"{"
        answers = function(s3, request("Create"), request("Delete"))
        assert [answer["Status"] for answer in answers] == ["SUCCESS", "SUCCESS"]
