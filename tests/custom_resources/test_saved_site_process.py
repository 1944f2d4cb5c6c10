"""The saved site's function as a real process: CloudFormation's requests, the schedule's runs, and going back."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.custom_resources.fake_cloudformation import FakeCloudFormation
from tests.custom_resources.fake_s3 import FakeS3
from tests.custom_resources.origin import Origin, page
from tests.custom_resources.own_stack import BUCKET, GUID, STACK_ID
from tests.custom_resources.response_url import MAX_RESPONSE_BYTES, SIGNATURE, ResponseUrl
from tools.emulator.endpoint import Emulator
from tools.forking.process import forked
from tools.repository import ROOT

RUN = """
import json, logging, sys, time

# As Lambda's runtime does it, with LogFormat: JSON.
logging.basicConfig(level="INFO", format='{"level": "%(levelname)s", "message": "%(message)s"}')

# Pauses are short: they are not tested here.
sleep = time.sleep
time.sleep = lambda seconds: sleep(seconds / 20)

class Context:
    function_name = invoked_function_arn = log_stream_name = aws_request_id = "test"
    deadline = time.time() + 900
    def get_remaining_time_in_millis(self):
        return int(1000 * (self.deadline - time.time()))

import saved_site.handler
saved_site.handler.ADMITS = lambda _address: True  # the site is on loopback
handler = saved_site.handler.handler
for event in json.load(sys.stdin):
    print("RESULT " + json.dumps(handler(event, Context())))
"""


class Function:
    """Runs the function for events; `s3` are the variables that lead to an S3."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cloudformation = FakeCloudFormation()
        self.log = ""

    def requests(self, s3: dict[str, str], *requests: dict[str, Any]) -> list[dict[str, Any]]:
        with ResponseUrl(self.folder) as place, self.cloudformation:
            events = [{**request, "ResponseURL": place.url} for request in requests]
            found = {"SSL_CERT_FILE": str(place.ca_bundle), "AWS_ENDPOINT_URL_CLOUDFORMATION": self.cloudformation.url}
            self.events({**s3, **found}, *events)
            assert len(place.answers) == len(requests), self.log
            assert max(place.sizes) < MAX_RESPONSE_BYTES
            assert SIGNATURE not in self.log
            return place.answers

    def events(self, s3: dict[str, str], *events: dict[str, Any], code: int = 0) -> list[Any]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {**inherited, "PYTHONPATH": str(ROOT / "custom_resources"), "STACK_ID": STACK_ID, **s3}
        process = forked(["-c", RUN], environment)
        output, errors = process.communicate(json.dumps(events), timeout=100)
        self.log = output + errors
        assert process.returncode == code, self.log
        return [json.loads(line[7:]) for line in output.splitlines() if line.startswith("RESULT ")]


@pytest.fixture
def function(tmp_path: Path) -> Function:
    return Function(tmp_path)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin({"/": page("<a href=/a>a</a>"), "/a": page("a")}) as running:
        yield running


@pytest.fixture
def s3(emulator: Emulator) -> dict[str, str]:
    return emulator.environment("100000000078")


def properties(origin: Origin, bucket: str, **more: Any) -> dict[str, Any]:
    return {
        "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "ServiceTimeout": "900",
        "BucketName": bucket,
        "Source": {"Crawl": {"StartUrl": origin.url + "/", "DelaySeconds": "0", "MaxPages": "50"}},
        **more,
    }


def request(kind: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "StackId": STACK_ID,
        "RequestId": f"request-{kind}",
        "LogicalResourceId": "SiteSavedSite",
        "ResourceType": "Custom::SavedSite",
        "ResourceProperties": content,
        **({} if kind == "Create" else {"PhysicalResourceId": f"{content.get('BucketName')}/_saved/"}),
        **more,
    }


def keys(emulator: Emulator, bucket: str) -> list[str]:
    entries = emulator.client("s3", "100000000078").list_object_versions(Bucket=bucket)
    return [entry["Key"] for entry in [*entries.get("Versions", []), *entries.get("DeleteMarkers", [])]]


def test_the_life_of_a_saved_site(function: Function, emulator: Emulator, s3: dict[str, str], origin: Origin) -> None:
    bucket = f"life-of-a-saved-site-{GUID}"
    emulator.client("s3", "100000000078").create_bucket(Bucket=bucket)
    content = properties(origin, bucket)
    created, updated = function.requests(
        s3, request("Create", content), request("Update", {**content, "FormText": "Nein"})
    )
    assert (created["Status"], created["PhysicalResourceId"]) == ("SUCCESS", f"{bucket}/_saved/")
    assert (created["Data"]["Pages"], created["Data"]["Previous"]) == (2, "")
    assert updated["Data"]["Previous"] == created["Data"]["Version"]
    assert updated["PhysicalResourceId"] == created["PhysicalResourceId"]

    saved, back = function.events(s3, {"Action": "save", "Site": content}, {"Action": "go-back", "Site": content})
    assert saved["Previous"] == updated["Data"]["Version"]
    assert back == {"Version": updated["Data"]["Version"], "Previous": created["Data"]["Version"]}

    moved = {**content, "Prefix": "elsewhere/"}
    (replaced,) = function.requests(s3, request("Update", moved, OldResourceProperties=content))
    assert replaced["PhysicalResourceId"] == f"{bucket}/elsewhere/"
    (deleted,) = function.requests(s3, request("Delete", content))
    assert deleted["Status"] == "SUCCESS"
    assert {key.split("/")[0] for key in keys(emulator, bucket)} == {"elsewhere"}


def test_a_site_that_does_not_answer_yet_fails_no_stack(
    function: Function, emulator: Emulator, s3: dict[str, str], origin: Origin
) -> None:
    bucket = f"does-not-answer-yet-{GUID}"
    emulator.client("s3", "100000000078").create_bucket(Bucket=bucket)
    content = properties(origin, bucket)
    origin.pages["/"] = page(status=503)
    (created,) = function.requests(s3, request("Create", content))
    assert created["Status"] == "SUCCESS"
    assert created["Data"]["Version"] == ""
    assert "returned HTTP 503" in created["Data"]["Reason"]
    assert '"level": "ERROR"' in function.log
    assert keys(emulator, bucket) == []

    # A run that raised would be repeated by Lambda: a site in trouble is visited once.
    (failed,) = function.events(s3, {"Action": "save", "Site": content})
    assert (failed["Version"], "returned HTTP 503" in failed["Reason"]) == ("", True)
    assert re.search('"level": "ERROR".*"message": "save failed: ', function.log)
    function.events(s3, {"Action": "go-back", "Site": content}, code=1)
    assert "no complete version before" in function.log
    origin.pages["/"] = page("back")
    (saved,) = function.events(s3, {"Action": "save", "Site": content})
    assert saved["Pages"] == 1


def test_a_hostile_start_page_fails_no_stack(
    function: Function, emulator: Emulator, s3: dict[str, str], origin: Origin
) -> None:
    bucket = f"hostile-start-page-{GUID}"
    emulator.client("s3", "100000000078").create_bucket(Bucket=bucket)
    hostile = f'<img srcset="{"," * 30_000}"><p style="background:url(x){"(" * 100_000}">' + "<form>" * 10_000
    origin.pages["/"] = page(f"<meta http-equiv=refresh content=\"0{' ' * 20_000}'''x\">{hostile}")
    (created,) = function.requests(s3, request("Create", properties(origin, bucket)))
    assert (created["Status"], created["Data"]["Pages"]) == ("SUCCESS", 1)


def test_a_site_on_loopback_is_not_visited(
    function: Function, emulator: Emulator, s3: dict[str, str], origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = f"site-on-loopback-{GUID}"
    emulator.client("s3", "100000000078").create_bucket(Bucket=bucket)
    monkeypatch.setitem(globals(), "RUN", RUN.replace("saved_site.handler.ADMITS =", "_unused ="))
    (created,) = function.requests(s3, request("Create", properties(origin, bucket)))
    assert created["Status"] == "SUCCESS"
    assert "127.0.0.1, which is not a public address" in created["Data"]["Reason"]
    assert origin.asked == []


def test_an_update_to_another_source_is_rolled_back_though_the_old_one_is_down(
    function: Function, emulator: Emulator, s3: dict[str, str], origin: Origin
) -> None:
    bucket = f"rolled-back-source-{GUID}"
    client = emulator.client("s3", "100000000078")
    client.create_bucket(Bucket=bucket)
    client.put_object(Bucket=bucket, Key="other/index.html", Body=b"another site", ContentType="text/html")
    content = properties(origin, bucket)
    other = {**content, "MinimumPagesPercent": "0", "Source": {"BucketPrefix": {"Bucket": bucket, "Prefix": "other/"}}}
    created, updated = function.requests(s3, request("Create", content), request("Update", other))
    assert updated["Data"]["Previous"] == created["Data"]["Version"]

    origin.pages["/"] = page(status=503)
    (rolled_back,) = function.requests(s3, request("Update", content, OldResourceProperties=other))
    assert rolled_back["Status"] == "SUCCESS"
    assert "returned HTTP 503" in rolled_back["Data"]["Reason"]
    current = json.loads(client.get_object(Bucket=bucket, Key="_saved/current.json")["Body"].read())
    assert current == {"version": created["Data"]["Version"], "previous": updated["Data"]["Version"]}

    # An update to a source that has been saved before shows its last pages at once, though it can't be saved now.
    client.delete_object(Bucket=bucket, Key="other/index.html")
    (forward,) = function.requests(s3, request("Update", other, OldResourceProperties=content))
    assert "upload a site" in forward["Data"]["Reason"]
    shown = json.loads(client.get_object(Bucket=bucket, Key="_saved/current.json")["Body"].read())
    assert shown == {"version": updated["Data"]["Version"], "previous": created["Data"]["Version"]}
    function.requests(s3, request("Update", content, OldResourceProperties=other))

    # What can't be saved now and has no pages keeps the existing ones.
    never = {**content, "Source": {"BucketPrefix": {"Bucket": bucket, "Prefix": "nothing/"}}}
    function.requests(s3, request("Update", never, OldResourceProperties=content))
    assert json.loads(client.get_object(Bucket=bucket, Key="_saved/current.json")["Body"].read()) == current


def test_what_another_resource_has_taken_over_stays(
    function: Function, emulator: Emulator, s3: dict[str, str], origin: Origin
) -> None:
    bucket = f"taken-over-{GUID}"
    emulator.client("s3", "100000000078").create_bucket(Bucket=bucket)
    content = properties(origin, bucket)
    function.requests(s3, request("Create", content))
    function.cloudformation = FakeCloudFormation(("SiteSavedSiteFlat", f"{bucket}/_saved/", "CREATE_COMPLETE"))
    (answer,) = function.requests(s3, request("Delete", content))
    assert answer["Status"] == "SUCCESS"
    assert keys(emulator, bucket) != []
    function.cloudformation = FakeCloudFormation(("SiteSavedSiteFlat", f"{bucket}/_saved/", "DELETE_IN_PROGRESS"))
    function.requests(s3, request("Delete", content))
    assert keys(emulator, bucket) == []


def test_delete_of_what_never_existed(function: Function, s3: dict[str, str], origin: Origin) -> None:
    content = properties(origin, f"none-here-{GUID}")
    unknown = request("Delete", {}, PhysicalResourceId="s_SiteSavedSite_1a2b3c4d")
    answers = function.requests(s3, unknown, request("Delete", content))
    assert [answer["Status"] for answer in answers] == ["SUCCESS", "SUCCESS"]


def fake(s3: FakeS3) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_S3": s3.url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket"])
def test_a_bucket_that_refuses_us_is_a_mistake_to_tell(function: Function, origin: Origin, code: str) -> None:
    with FakeS3(always=code) as s3:
        (answer,) = function.requests(fake(s3), request("Create", properties(origin, BUCKET)))
        assert answer["Status"] == "FAILED"
        assert code in answer["Reason"]
        (reported,) = function.events(fake(s3), {"Action": "save", "Site": properties(origin, BUCKET)})
        assert (reported["Version"], code in reported["Reason"]) == ("", True)
        assert re.search('"level": "ERROR".*"message": "save failed: ', function.log)


@pytest.mark.parametrize(
    ("event", "reported"),
    [
        ({}, "write save or go-back"),
        ({"Action": "delete", "Site": {}}, "found 'delete'"),
        ({"Action": "save", "Site": "x"}, "properties as Site"),
        ({"Action": "save", "Site": {"BucketName": "bucket"}}, "Properties.Source"),
    ],
)
def test_an_event_that_makes_no_sense_is_reported_so(function: Function, event: dict[str, Any], reported: str) -> None:
    with FakeS3() as s3:
        function.events(fake(s3), event, code=1)
        assert s3.requests == 0
    assert reported in function.log
    assert '"level": "ERROR"' in function.log


def test_bad_properties_fail_the_stack(function: Function, origin: Origin) -> None:
    bad = properties(origin, "B", Prefix="/x", Source={"Crawl": {"StartUrl": "ftp://x", "MaxPage": "5"}})
    with FakeS3() as s3:
        (answer,) = function.requests(fake(s3), request("Create", bad))
        assert s3.requests == 0
    assert answer["Status"] == "FAILED"
    for name in ("BucketName", "Prefix", "StartUrl", "MaxPage: unknown property; did you mean MaxPages"):
        assert name in function.log
