"""A switch on the emulator: both halves made by the macro, DNS and CloudFront asked as visitors do, Regions that die.

Where the emulator is not AWS: its Auto Scaling groups start and stop no servers. The same processes are each half's
servers all the time; `tests/cli/test_switch.py` has groups that start and stop.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.deployed.site import SiteName
from cli.deployed.tools import Tools
from cli.switch.half import find_half
from cli.switch.lag import Point
from cli.switch.plan import planned, refuse, unplanned
from cli.switch.run import Result, run
from cli.switch.steps import catch_up
from cli.switch.survey import survey
from resilient_website.problems import InvalidTemplateError
from resilient_website.tiers.fallback.spec import TITLE
from tests.sites import Installation
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import visit

STACK, ZONE, SITE = "switched", "switched.example", "www.switched.example"

SERVERS = 4

# Says the Region that it is in.
SERVER = """
import os, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        text = os.environ["SERVER_NAME"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
    do_POST = do_GET

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


@dataclass
class Halves:
    """Both halves on the emulator, and a visitor of their site."""

    a: Installation
    b: Installation

    def of(self, region: str) -> Installation:
        return self.a if region == self.a.region else self.b

    def template(self, **secondary: str) -> dict[str, Any]:
        """Return the file of the site."""
        site = {
            "DomainName": SITE,
            "HostedZoneId": self.a.hosted_zone(ZONE),
            "Secondary": {"Region": self.b.region, **secondary},
            "WebServers": {"MinSize": 3, "MaxSize": SERVERS, "HealthCheckPath": "/health"},
        }
        return {
            "Transform": "ResilientWebsite",
            "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": site}},
        }

    def client(self, service: str, region: str) -> Any:
        return self.a.emulator.client(service, self.a.account, region)

    def answering(self) -> str:
        """Return the Region whose server answers a POST, or the status."""
        answer = visit(self.a.emulator, SITE, "/form", "POST", body="a=1")
        return answer.body if answer.status == 200 else str(answer.status)

    def friendly(self) -> list[bool]:
        """Return whether reads and writes get the friendly page: as DNS leads them, and from CloudFront itself."""
        cloudfront = self.client("cloudfront", self.a.region)
        (distribution,) = (
            made
            for made in cloudfront.list_distributions()["DistributionList"]["Items"]
            if SITE in made["Aliases"]["Items"]
        )
        answers = [
            visit(self.a.emulator, SITE, "/form", method, body, address=address)
            for method, body in (("GET", None), ("POST", "a=1"))
            for address in (None, distribution["DomainName"])
        ]
        return [(answer.status, TITLE in answer.body) == (503, True) for answer in answers]

    def addresses(self, name: str) -> frozenset[str]:
        """Return what DNS leads to, as a Region: the emulator's load balancers have no addresses of their own."""
        if name == f"active.{SITE}":
            return frozenset({self.answering()})
        owners = [half for half in (self.a, self.b) if f".{half.region}." in name]
        return frozenset(half.region for half in owners)

    def status(self, url: str) -> int | None:
        """Return what a visitor of the site gets."""
        return visit(self.a.emulator, SITE, url.removeprefix(f"https://{SITE}")).status

    def tools(self) -> Tools:
        return Tools(self.client, lambda: datetime.now(UTC), lambda _: time.sleep(0.2), print, self)

    def switch(self, to: str, *, is_planned: bool = False) -> tuple[Result, ...]:
        """Switch as the command does."""
        tools = self.tools()
        target = find_half(tools.client, SiteName(STACK), to)
        source = find_half(tools.client, SiteName(STACK), target.other_region) if is_planned else None
        refuse(tools, target, source, survey(tools, (target, source) if source else (target,)))
        return run(planned(tools, target, source) if source else unplanned(tools, target), tools)

    def database(self, half: Installation) -> dict[str, Any]:
        identifier = half.resources(STACK)["SiteDatabase"]
        found: dict[str, Any] = half.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)[
            "DBInstances"
        ][0]
        return found

    @contextmanager
    def dead(self, half: Installation) -> Iterator[None]:
        """Let a half's Region be dead meanwhile."""
        self.a.emulator.tell("/_emulator/dead-regions", {half.region: 0})
        try:
            yield
        finally:
            self.a.emulator.tell("/_emulator/dead-regions", {})


@pytest.fixture
def halves(installation: Installation, ireland: Installation, tmp_path: Path) -> Iterator[Halves]:
    """Deploy both halves, with a server each; delete them afterwards."""
    made = Halves(installation, ireland)
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    command = [sys.executable, str(script), "{port}"]
    try:
        for half in (made.a, made.b):
            half.deploy(STACK, made.template())
        with ExitStack() as running:
            for half in (made.a, made.b):
                servers = [running.enter_context(Instance(half.region, command=command)) for _ in range(SERVERS)]
                register(half.client("elbv2"), half.resources(STACK)["SiteTargetGroup"], servers)
            yield made
    finally:
        for half in (made.b, made.a):
            if half.exists(STACK):
                half.delete(STACK)


def original(half: Installation) -> dict[str, Any]:
    body = half.cloudformation.get_template(StackName=STACK, TemplateStage="Original")["TemplateBody"]
    found: dict[str, Any] = json.loads(body) if isinstance(body, str) else dict(body)
    return found


def test_lost_region_is_replaced_and_the_next_deployment_changes_nothing(halves: Halves) -> None:
    assert halves.answering() == halves.a.region
    before, file = halves.database(halves.b), halves.template(ActiveRegion=halves.b.region)
    with halves.dead(halves.a):
        assert halves.answering() == "503"
        states = [result.state for result in halves.switch(halves.b.region)]
        # The emulator's DNS turns at once, so that there is nothing to wait for.
        assert states == ["done", "done", "done", "already done", "done"]
        assert halves.answering() == halves.b.region
        after = halves.database(halves.b)
        assert after["DbiResourceId"] == before["DbiResourceId"]
        assert not after.get("ReadReplicaSourceDBInstanceIdentifier")
        # What the person writes into the file is what the stack has.
        assert original(halves.b) == file
        assert [result.state for result in halves.switch(halves.b.region)] == ["already done"] * 5
    # The Region is back, and becomes the standby half.
    halves.switch(halves.b.region, is_planned=True)
    assert halves.answering() == halves.b.region
    assert original(halves.a) == file
    assert halves.b.changes(STACK, file) == []


def no_lag(_client: Any, _half: Any, _database: str, since: datetime, now: datetime) -> tuple[Point, ...]:
    """Return minutes without lag: the wait for CloudWatch's minutes is in `tests/cli/test_switch.py`."""
    del now
    return tuple(Point(since + timedelta(minutes=minute), 0) for minute in range(1, 5))


def test_planned_switch_promotes_through_the_stack(halves: Halves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catch_up, "points", no_lag)
    before = halves.database(halves.b)
    halves.switch(halves.b.region, is_planned=True)
    after = halves.database(halves.b)
    assert after["DbiResourceId"] == before["DbiResourceId"]
    assert not after.get("ReadReplicaSourceDBInstanceIdentifier")
    assert halves.answering() == halves.b.region
    file = halves.template(ActiveRegion=halves.b.region)
    assert [original(half) for half in (halves.a, halves.b)] == [file, file]
    assert [half.changes(STACK, file) for half in (halves.a, halves.b)] == [[], []]
    states = {result.state for result in halves.switch(halves.b.region, is_planned=True)}
    assert states == {"already done"}
    # The group of the standby half has no servers: the emulator's are still there.
    register(halves.a.client("elbv2"), halves.a.resources(STACK)["SiteTargetGroup"], [])
    with halves.dead(halves.b):
        assert halves.friendly() == [True] * 4


def test_there_and_back(halves: Halves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catch_up, "points", no_lag)
    halves.switch(halves.b.region, is_planned=True)
    with pytest.raises(InvalidTemplateError, match="its database is no replica of that in eu-west-1"):
        halves.switch(halves.a.region, is_planned=True)
    # The person makes the old half the copy.
    for half in (halves.a, halves.b):
        half.deploy(STACK, halves.template(ActiveRegion=halves.b.region, Replica="true"))
    source = halves.database(halves.b)
    assert halves.database(halves.a)["ReadReplicaSourceDBInstanceIdentifier"] == source["DBInstanceArn"]
    halves.switch(halves.a.region, is_planned=True)
    assert halves.answering() == halves.a.region
    first, second = halves.database(halves.a), halves.database(halves.b)
    assert not first.get("ReadReplicaSourceDBInstanceIdentifier")
    assert second["ReadReplicaSourceDBInstanceIdentifier"] == first["DBInstanceArn"]
    file = halves.template(Replica="true")
    assert [half.changes(STACK, file) for half in (halves.a, halves.b)] == [[], []]
