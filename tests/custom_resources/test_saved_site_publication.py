"""Publication: a version is whole before it counts, the switch is one step, and the last good one stays."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError

from saved_site.captured import SourceError
from saved_site.publish import RefusedError
from saved_site.save import Saved
from saved_site.versions import LostRaceError, NoVersionError, go_back
from shared.s3_deletion.deletion import delete_below
from tests.custom_resources.failing_s3 import answer, before, fail
from tests.custom_resources.origin import Origin, Page, file, page
from tests.custom_resources.saved_buckets import PREFIX, Bucket, site
from tools.emulator.endpoint import Emulator


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let botocore wait a twentieth of its time before it tries again, as the processes of other tests do."""
    pause = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: pause(seconds / 20))


@pytest.fixture
def bucket(emulator: Emulator, request: pytest.FixtureRequest) -> Bucket:
    return Bucket(emulator, "saved-" + hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20])


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(site(10)) as running:
        yield running


def test_a_whole_version_with_its_manifest(bucket: Bucket, origin: Origin) -> None:
    saved = bucket.crawl(origin)
    assert (saved.pages, saved.files, saved.left_out) == (10, 11, 1)
    assert bucket.current == {"version": saved.version, "previous": ""}
    manifest = bucket.json(f"{saved.version}/manifest.json")
    assert {name: manifest[name] for name in ("version", "time", "source", "start", "page_count")} == {
        "version": saved.version,
        "time": "2025-11-25T01:00:00Z",
        "source": origin.url,
        "start": "index.html",
        "page_count": 10,
    }
    assert manifest["left_out"]["named"] == [{"what": "/gone", "why": "returned HTTP 404"}]
    for entry in manifest["files"]:
        found = bucket.s3.get_object(Bucket=bucket.name, Key=f"{PREFIX}{saved.version}/site/{entry['key']}")
        body = found["Body"].read()
        assert (entry["sha256"], entry["bytes"]) == (hashlib.sha256(body).hexdigest(), len(body))
        assert found["ContentType"] == entry["content_type"]
        assert found["CacheControl"] == "no-cache, max-age=0"


def test_a_sites_own_manifest_is_saved_beside_the_internal_one(bucket: Bucket, origin: Origin) -> None:
    origin.pages["/"] = page("<link rel=manifest href=/manifest.json>x")
    origin.pages["/manifest.json"] = file(b'{"icons": [{"src": "/i.png"}]}', "application/json")
    origin.pages["/i.png"] = file(b"i", "image/png")
    saved = bucket.crawl(origin)
    assert bucket.json(f"{saved.version}/site/manifest.json") == {"icons": [{"src": "/i.png"}]}
    assert bucket.json(f"{saved.version}/manifest.json")["version"] == saved.version
    assert f"{PREFIX}{saved.version}/site/i.png" in bucket.keys


def test_objects_that_may_not_be_stored_are_left_out(bucket: Bucket) -> None:
    for key, more in {
        "index.html": {"CacheControl": "no-cache"},
        "bill.html": {"ContentDisposition": "attachment"},
        "mine.html": {"CacheControl": "private, no-store"},
    }.items():
        bucket.s3.put_object(Bucket=bucket.name, Key=f"site/{key}", Body=b"x", ContentType="text/html", **more)
    saved = bucket.save({"BucketPrefix": {"Bucket": bucket.name, "Prefix": "site/"}})
    assert [entry["key"] for entry in bucket.json(f"{saved.version}/manifest.json")["files"]] == ["index.html"]


def test_old_versions_go_and_nothing_else(bucket: Bucket, origin: Origin) -> None:
    bucket.s3.put_object(Bucket=bucket.name, Key=f"{PREFIX}mine/x", Body=b"")
    saved = [bucket.crawl(origin, KeepVersions="2") for _ in range(4)]
    assert bucket.versions == [saved[2].version, saved[3].version, "mine"]
    assert bucket.current == {"version": saved[3].version, "previous": saved[2].version}
    gone = bucket.s3.list_object_versions(Bucket=bucket.name, Prefix=f"{PREFIX}{saved[0].version}/")
    assert not gone.get("Versions")
    assert not gone.get("DeleteMarkers")


@pytest.mark.parametrize("code", ["AccessDenied", "SlowDown", "InternalError"])
@pytest.mark.parametrize("key", ["p3/index.html", "manifest.json", "current.json"])
def test_s3_fails_half_way(bucket: Bucket, origin: Origin, code: str, key: str) -> None:
    bucket.crawl(origin)
    before_it = bucket.current
    s3 = bucket.client()
    fail(s3, "PutObject", code, key=key)
    with pytest.raises(ClientError, match=code):
        bucket.crawl(origin, s3)
    assert bucket.current == before_it
    if key != "current.json":
        assert bucket.versions == [before_it["version"]]
    assert bucket.crawl(origin).previous == before_it["version"]
    bucket.crawl(origin, KeepVersions="2")
    assert len(bucket.versions) == 2


def test_s3_throttles_for_a_while(bucket: Bucket, origin: Origin) -> None:
    s3 = bucket.client()
    fail(s3, "PutObject", "SlowDown", after=3, times=2)
    assert bucket.crawl(origin, s3).files == 11


def test_old_versions_that_can_not_be_removed_fail_nothing(
    bucket: Bucket, origin: Origin, caplog: pytest.LogCaptureFixture
) -> None:
    s3 = bucket.client()
    fail(s3, "DeleteObject", "AccessDenied")
    saved = [bucket.crawl(origin, s3, KeepVersions="2") for _ in range(3)]
    assert bucket.current["version"] == saved[2].version
    assert "could not be removed" in caplog.text
    assert len(bucket.versions) == 3


KILLED = """
import os, sys
from pathlib import Path
from tests.custom_resources.failing_s3 import before
from tests.custom_resources.saved_buckets import Bucket
from types import SimpleNamespace

url, ca_bundle, name, origin = sys.argv[1:]
bucket = object.__new__(Bucket)
bucket.emulator = SimpleNamespace(url=url, ca_bundle=Path(ca_bundle))
bucket.name, bucket.runs = name, 1
bucket.s3 = bucket.client()
left = [11]

def die(request):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), 9)

before(bucket.s3, "PutObject", die)
bucket.crawl(SimpleNamespace(url=origin))
"""


def test_a_run_that_is_killed_half_way(bucket: Bucket, origin: Origin) -> None:
    first = bucket.crawl(origin)
    arguments = [bucket.emulator.url, str(bucket.emulator.ca_bundle), bucket.name, origin.url]
    done = subprocess.run([sys.executable, "-c", KILLED, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    assert len(bucket.versions) == 2
    assert bucket.current == {"version": first.version, "previous": ""}
    bucket.runs += 1
    third, fourth = bucket.crawl(origin), bucket.crawl(origin, KeepVersions="2")
    assert third.previous == first.version
    assert bucket.versions == [third.version, fourth.version]


@pytest.mark.parametrize("earlier", [0, 1])
def test_two_runs_at_once(bucket: Bucket, origin: Origin, earlier: int) -> None:
    for _ in range(earlier):
        bucket.crawl(origin)
    winners: list[Saved] = []

    def faster(_path: str) -> Page:
        if not winners:
            winners.append(Saved("", "", 0, 0, 0))
            winners.append(bucket.crawl(origin))
        return page("5")

    origin.pages["/p5"] = faster
    with pytest.raises(LostRaceError, match=r"another run switched to .*; this run changed nothing"):
        bucket.crawl(origin)
    assert bucket.current["version"] == winners[1].version
    assert len(bucket.versions) == earlier + 1


def test_a_switch_whose_answer_is_lost_has_happened(bucket: Bucket, origin: Origin) -> None:
    bucket.crawl(origin)
    s3 = bucket.client()
    lost: list[bytes] = []

    def lose(request: AWSPreparedRequest) -> AWSResponse | None:
        if "current.json" not in request.url or lost:
            return None
        body = b"".join([request.body] if isinstance(request.body, bytes) else request.body)  # type: ignore[arg-type]
        lost.append(body)
        start = body.index(b"{")
        bucket.s3.put_object(Bucket=bucket.name, Key=f"{PREFIX}current.json", Body=body[start : body.index(b"}") + 1])
        return answer(request, "InternalError")

    before(s3, "PutObject", lose)
    saved = bucket.crawl(origin, s3)
    assert lost
    assert bucket.current["version"] == saved.version
    assert saved.version in bucket.versions


def test_a_worse_copy_is_refused(bucket: Bucket, origin: Origin) -> None:
    first = bucket.crawl(origin)
    origin.pages = site(8)
    assert bucket.crawl(origin).pages == 8
    origin.pages = site(6)
    with pytest.raises(
        RefusedError, match=r"6 pages, .* 80 % of the 8 .* change Fallback\.Source \(for example its MaxPages"
    ):
        bucket.crawl(origin)
    origin.pages["/"] = page(status=503)
    with pytest.raises(SourceError, match="returned HTTP 503"):
        bucket.crawl(origin)
    assert bucket.current["previous"] == first.version
    origin.pages = site(6)
    assert bucket.crawl(origin, MinimumPagesPercent="50").pages == 6


def test_another_source_or_other_bounds_may_be_smaller(bucket: Bucket, origin: Origin) -> None:
    bucket.crawl(origin)
    fewer = {"Crawl": {"StartUrl": origin.url, "DelaySeconds": "0", "MaxPages": "5"}}
    saved = bucket.save(fewer)
    assert bucket.current["version"] == saved.version
    bucket.s3.put_object(Bucket=bucket.name, Key="site/index.html", Body=b"x", ContentType="text/html")
    small = {"BucketPrefix": {"Bucket": bucket.name, "Prefix": "site/"}}
    # What the schedule brings has numbers where CloudFormation has strings.
    assert [bucket.save(source).pages for source in (small, small)] == [1, 1]
    numbers = {"Crawl": {"StartUrl": origin.url, "DelaySeconds": 0, "MaxPages": 5}}
    origin.pages = site(3)
    with pytest.raises(RefusedError, match=f"of the {saved.pages} pages of the last version .{saved.version}."):
        bucket.save(numbers)


def test_the_former_sources_last_version_outlives_others(bucket: Bucket, origin: Origin) -> None:
    former = [bucket.crawl(origin).version for _ in range(2)]
    bounded = {"Crawl": {"StartUrl": origin.url, "DelaySeconds": "0", "MaxPages": "5"}}
    saved = [bucket.save(bounded, KeepVersions="2").version for _ in range(4)]
    assert bucket.versions == [former[1], saved[2], saved[3]]


def test_a_version_from_before_there_were_digests(bucket: Bucket, origin: Origin) -> None:
    first = bucket.crawl(origin)
    key = f"{PREFIX}{first.version}/manifest.json"
    manifest = bucket.json(f"{first.version}/manifest.json")
    del manifest["source_digest"]
    bucket.s3.put_object(Bucket=bucket.name, Key=key, Body=json.dumps(manifest).encode())
    origin.pages = site(6)
    with pytest.raises(RefusedError, match="of the 10"):
        bucket.crawl(origin)


@pytest.mark.parametrize("garbage", [b"", b"\x00garbage", b"[]", b'{"version": "../../x", "previous": 5}'])
def test_garbage_where_we_look_for_our_own(bucket: Bucket, origin: Origin, garbage: bytes) -> None:
    first = bucket.crawl(origin)
    bucket.s3.put_object(Bucket=bucket.name, Key=f"{PREFIX}{first.version}/manifest.json", Body=garbage)
    second = bucket.crawl(origin)
    assert second.previous == first.version
    bucket.s3.put_object(Bucket=bucket.name, Key=f"{PREFIX}current.json", Body=garbage)
    with pytest.raises(NoVersionError):
        go_back(bucket.s3, bucket.place)
    third = bucket.crawl(origin)
    assert bucket.current == {"version": third.version, "previous": ""}


def test_going_back(bucket: Bucket, origin: Origin) -> None:
    with pytest.raises(NoVersionError):
        go_back(bucket.s3, bucket.place)
    one, two, three = (bucket.crawl(origin).version for _ in range(3))
    go_back(bucket.s3, bucket.place)
    assert bucket.current == {"version": two, "previous": one}
    go_back(bucket.s3, bucket.place)
    assert bucket.current == {"version": one, "previous": ""}
    with pytest.raises(NoVersionError, match="before"):
        go_back(bucket.s3, bucket.place)
    assert bucket.versions == [one, two, three]
    four = bucket.crawl(origin, KeepVersions="2").version
    assert bucket.current == {"version": four, "previous": one}
    assert bucket.versions == [one, three, four]


def test_delete_takes_all_versions_below_the_prefix_and_only_those(bucket: Bucket, origin: Origin) -> None:
    for _ in range(2):
        bucket.crawl(origin)
    for key in ("_saved.txt", "_savedother/x", "index.html"):
        bucket.s3.put_object(Bucket=bucket.name, Key=key, Body=b"mine")
    delete_below(bucket.s3, bucket.name, PREFIX)
    left = bucket.s3.list_object_versions(Bucket=bucket.name)
    assert sorted(entry["Key"] for entry in left["Versions"]) == ["_saved.txt", "_savedother/x", "index.html"]
    assert not left.get("DeleteMarkers")
    delete_below(bucket.s3, bucket.name, PREFIX)
    delete_below(bucket.s3, "no-such-bucket-anywhere", PREFIX)


def test_a_site_from_a_bucket(bucket: Bucket) -> None:
    objects = {"site/index.html": "text/html", "site/css/a.css": "text/css", "site/about.html": "text/html"}
    for key, kind in objects.items():
        bucket.s3.put_object(Bucket=bucket.name, Key=key, Body=key.encode(), ContentType=kind)
    bucket.s3.put_object(Bucket=bucket.name, Key="site/empty/", Body=b"")
    source = {"BucketPrefix": {"Bucket": bucket.name, "Prefix": "site/"}}
    saved = bucket.save(source)
    assert (saved.pages, saved.files) == (2, 3)
    copied = bucket.s3.get_object(Bucket=bucket.name, Key=f"{PREFIX}{saved.version}/site/css/a.css")
    assert (copied["Body"].read(), copied["ContentType"]) == (b"site/css/a.css", "text/css")
    bucket.s3.delete_object(Bucket=bucket.name, Key="site/index.html")
    with pytest.raises(RefusedError, match="start page"):
        bucket.save(source)
    for name, prefix in ((bucket.name, "nothing/"), ("no-such-bucket-anywhere", "x/")):
        with pytest.raises(SourceError, match="s3://"):
            bucket.save({"BucketPrefix": {"Bucket": name, "Prefix": prefix}})
    s3 = bucket.client()
    fail(s3, "ListObjectsV2", "AccessDenied", key="site")
    with pytest.raises(SourceError, match=r"AccessDenied.*; allow the site's role, attribute SavedSiteRoleArn"):
        bucket.save(source, s3)
    assert bucket.current["version"] == saved.version
