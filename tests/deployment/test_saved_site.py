"""A site whose pages were saved, on the emulator: while its servers are dead, each page is shown at its own path."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from cli.saved_pages import saved_pages
from tests.sites import Installation
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import visit

STACK = "saved-site"
PAGES = {
    "index.html": ("text/html; charset=utf-8", "<h1>Saved start</h1>"),
    "about/index.html": ("text/html; charset=utf-8", "<h1>Saved about</h1>"),
    "style.css": ("text/css", "h1{color:red}"),
    "logo.png": ("image/png", "\u0080\u0081\u0082"),
    "caf\u00e9/index.html": ("text/html; charset=utf-8", "<h1>Saved caf\u00e9</h1>"),
}


@pytest.fixture(scope="module")
def source(installation: Installation) -> Iterator[str]:
    """Make a bucket with a static site that lets the function of the site's stack read it."""
    s3 = installation.client("s3")
    s3.create_bucket(Bucket="static-site-to-save")
    for key, (kind, text) in PAGES.items():
        s3.put_object(Bucket="static-site-to-save", Key=f"site/{key}", Body=_bytes(kind, text), ContentType=kind)
    yield "static-site-to-save"
    for key in PAGES:
        s3.delete_object(Bucket="static-site-to-save", Key=f"site/{key}")
    s3.delete_bucket(Bucket="static-site-to-save")


def _bytes(kind: str, text: str) -> bytes:
    return text.encode("latin-1") if kind.startswith("image/") else text.encode()


def template(installation: Installation, bucket: str) -> dict[str, Any]:
    source = {"BucketPrefix": {"Bucket": bucket, "Prefix": "site/"}, "ScheduleExpression": "rate(1 day)"}
    properties = {
        "DomainName": "www.saved.example.com",
        "AlternateDomainNames": ["saved.example.com"],
        "HostedZoneId": installation.hosted_zone("saved.example.com"),
        "WebServers": {"HealthCheckPath": "/health"},
        "Database": False,
        "Fallback": {"Source": source},
    }
    names = ("TargetGroupArn", "FallbackBucket", "DistributionDomainName", "AssetsBucket")
    return {
        "Transform": "ResilientWebsite",
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}},
        "Outputs": {name: {"Value": {"Fn::GetAtt": ["Site", name]}} for name in names},
    }


@pytest.fixture(scope="module")
def outputs(installation: Installation, source: str) -> Iterator[dict[str, str]]:
    yield installation.deploy(STACK, template(installation, source))
    assert installation.delete(STACK) == "DELETE_COMPLETE", installation.failures(STACK)


@pytest.fixture(scope="module")
def server(installation: Installation, outputs: dict[str, str]) -> Iterator[Instance]:
    instance = Instance("one")
    instance.start()
    register(installation.client("elbv2"), outputs["TargetGroupArn"], [instance])
    yield instance
    instance.kill()


def test_saved_pages_are_shown_while_the_servers_are_dead(
    installation: Installation, outputs: dict[str, str], server: Instance
) -> None:
    emulator, edge = installation.emulator, outputs["DistributionDomainName"]
    for name in ("www.saved.example.com", "saved.example.com"):
        assert "made by one" in visit(emulator, name, "/", address=edge).body
    server.kill()
    for name in ("www.saved.example.com", "saved.example.com"):
        for path, text in {
            "/": "Saved start",
            "/about": "Saved about",
            "/about?from=mail": "Saved about",
            "/caf%C3%A9/": "Saved caf\u00e9",
            "/style.css": "color:red",
        }.items():
            page = visit(emulator, name, path, address=edge)
            assert (page.status, text in page.body) == (200, True), (name, path, page)
            assert page.headers["cache-control"] == "no-store"
        image = visit(emulator, name, "/logo.png", headers={"Accept": "image/avif,*/*"}, address=edge)
        assert (image.status, image.body) == (200, b"\x80\x81\x82".decode(errors="replace"))
        for method, path in (("GET", "/no/such/page"), ("POST", "/about"), ("PUT", "/")):
            body = "a=1" if method == "POST" else None
            friendly = visit(emulator, name, path, method, body, address=edge)
            assert (friendly.status, "We will be right back" in friendly.body) == (503, True), (method, path, friendly)
    # The health check's own path has nothing between it and the servers.
    assert visit(emulator, edge, "/health").status == 503
    server.start()
    assert "made by one" in visit(emulator, "www.saved.example.com", "/", address=edge).body


def test_secondary_shows_saved_pages_too(installation: Installation, outputs: dict[str, str]) -> None:
    assert outputs
    names = installation.client("apigateway").get_domain_names()["items"]
    addresses = {entry["domainName"]: entry["regionalDomainName"] for entry in names}
    emulator = installation.emulator
    for name in ("www.saved.example.com", "saved.example.com"):
        about = visit(emulator, name, "/about", address=addresses[name])
        assert (about.status, "Saved about" in about.body) == (200, True), about
        for method, path in (("GET", "/nothing"), ("POST", "/about"), ("DELETE", "/")):
            body = "a=1" if method == "POST" else None
            friendly = visit(emulator, name, path, method, body, address=addresses[name])
            assert (friendly.status, "We will be right back" in friendly.body) == (503, True), friendly
            assert (friendly.headers["retry-after"], friendly.headers["x-robots-tag"]) == ("120", "noindex")


def test_scheduled_run_takes_what_the_rule_says(installation: Installation, outputs: dict[str, str]) -> None:
    s3, bucket = installation.client("s3"), outputs["FallbackBucket"]
    before = json.loads(s3.get_object(Bucket=bucket, Key="_saved/current.json")["Body"].read())
    rule = installation.resources(STACK)["SiteSavedSiteSchedule"].rpartition("/")[2]
    (target,) = installation.client("events").list_targets_by_rule(Rule=rule)["Targets"]
    answer = installation.client("lambda").invoke(FunctionName=target["Arn"], Payload=target["Input"].encode())
    assert "FunctionError" not in answer, answer["Payload"].read()
    after = json.loads(s3.get_object(Bucket=bucket, Key="_saved/current.json")["Body"].read())
    assert after["previous"] == before["version"] != after["version"]


def test_command_goes_back_and_saves_again(
    installation: Installation, outputs: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in installation.emulator.environment(installation.account, installation.region).items():
        monkeypatch.setenv(name, value)
    s3, bucket = installation.client("s3"), outputs["FallbackBucket"]

    def current() -> dict[str, str]:
        found: dict[str, str] = json.loads(s3.get_object(Bucket=bucket, Key="_saved/current.json")["Body"].read())
        return found

    def command(*arguments: str) -> Any:
        return CliRunner().invoke(saved_pages, [*arguments, "--region", installation.region])

    assert command("save", STACK).exit_code == 0
    newest = current()
    went_back = command("go-back", STACK)
    assert (went_back.exit_code, current()["version"]) == (0, newest["previous"]), went_back.output
    rule = installation.resources(STACK)["SiteSavedSiteSchedule"].rpartition("/")[2]
    events = installation.client("events")
    assert events.describe_rule(Name=rule)["State"] == "DISABLED"
    assert command("save", STACK).exit_code == 0
    assert current()["version"] not in newest.values()
    assert events.describe_rule(Name=rule)["State"] == "ENABLED"
    elsewhere = command("save", STACK, "--site", "Blog")
    assert elsewhere.exit_code == 1
    assert "has no BlogSavedSiteSchedule" in elsewhere.output
