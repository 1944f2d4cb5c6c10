"""A canary in the emulator, under a client: a bad or slow release goes back by itself, a good one goes to all.

The emulator's Auto Scaling groups start no servers: two processes stand in for them. What CloudWatch does, the test
does: it sets the alarms' states by the canary's errors and its latency, of fewer requests than there must be on AWS.
A minute of the bake time is a second here.
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from resilient_website.tiers.monitoring.canary_alarms import ERRORS, LATENCY, NOTICED_SECONDS
from tests.failover.repeating import Repeating
from tests.sites import Installation
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import visit

STACK, BUCKET = "tried-out", "tried-out-releases"
FIRST = "shop/first.zip"
PERCENT = 30
CANARY = {"CanaryPercent": PERCENT, "CanaryBakeTimeInMinutes": 8}
MIN_ANSWERS = 3  # answers of each server, until their latencies are compared
SECONDS = 60  # for a slow and busy machine

# A web server that says who it is, with the status and after the seconds that it is given. It measures them itself: on
# a busy machine, the way to it takes longer than a slow release.
SERVER = """
import os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        began = time.monotonic()
        time.sleep(float(os.environ["SECONDS"]))
        self.send_response(int(os.environ["STATUS"]))
        self.send_header("X-Seconds", str(time.monotonic() - began))
        self.send_header("Content-Length", str(len(os.environ["SERVER_NAME"])))
        self.end_headers()
        self.wfile.write(os.environ["SERVER_NAME"].encode())

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


def server(name: str, status: int, seconds: float = 0) -> Instance:
    """Return a server that answers with a status, after `seconds`."""
    environment = {"STATUS": str(status), "SECONDS": str(seconds)}
    return Instance(name, environment, [sys.executable, "-c", SERVER, "{port}"])


@pytest.fixture(scope="module")
def deployed(installation: Installation) -> Iterator[Installation]:
    """Return an account with a site whose releases are tried out."""
    servers = {"Artifact": {"Bucket": BUCKET, "Key": FIRST, "Command": "./start"}, "Canary": CANARY}
    site = {"Type": "ResilientWebsite", "Properties": {"WebServers": servers, "Database": False}}
    template = {"Transform": "ResilientWebsite", "Resources": {"Site": site}}
    template["Outputs"] = {"DomainName": {"Value": {"Fn::GetAtt": ["Site", "DomainName"]}}}
    installation.client("s3").create_bucket(Bucket=BUCKET)
    installation.deploy(STACK, json.dumps(template))
    yield installation
    assert installation.delete(STACK) == "DELETE_COMPLETE"


@pytest.fixture
def release(deployed: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return what releases in this account, another application each time."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in deployed.emulator.environment(deployed.account, deployed.region).items():
        monkeypatch.setenv(name, value)
    for module in ("cli.deployed.tools", "cli.release.progress"):
        monkeypatch.setattr(f"{module}.POLL", timedelta(seconds=0.5))

    def run() -> Result:
        (tmp_path / "start").write_text(str(time.monotonic_ns()))
        return CliRunner(mix_stderr=False).invoke(main, ["release", STACK, str(tmp_path)])

    return run


@contextmanager
def visitor(deployed: Installation) -> Iterator[Counter[tuple[str, int]]]:
    """Ask for the page again and again, count the answers by server and status, and let the alarms start by them."""
    seen: Counter[tuple[str, int]] = Counter()
    host = deployed.outputs(STACK)["DomainName"]
    alarms = [deployed.resources(STACK)[f"Site{name}"] for name in (ERRORS, LATENCY)]
    (latency,) = deployed.client("cloudwatch").describe_alarms(AlarmNames=alarms[1:])["MetricAlarms"]
    took: dict[bool, list[float]] = {True: [], False: []}

    def slower() -> bool:
        """Tell whether the canary's p90 is above that of the site's server by more than the alarm's threshold."""
        if min(map(len, took.values())) < MIN_ANSWERS:
            return False
        canary, stable = (quantiles(took[is_canary], n=10)[-1] for is_canary in (True, False))
        return canary - stable > NOTICED_SECONDS and 100 * (canary - stable) / stable > latency["Threshold"]

    def ask() -> None:
        answer = visit(deployed.emulator, host)
        if "x-seconds" in answer.headers:
            took[answer.body != "stable"].append(float(answer.headers["x-seconds"]))
        seen[answer.body if answer.status == 200 else "canary", answer.status] += 1
        failing = sum(count for (_, status), count in seen.items() if status >= 500) > 2
        for alarm, is_on in zip(alarms, (failing, slower()), strict=True):
            state(deployed, alarm, "ALARM" if is_on else "OK")

    with Repeating(ask, 0.02):
        yield seen


def state(deployed: Installation, alarm: str, value: str) -> None:
    """Set the state of an alarm, as CloudWatch does."""
    deployed.client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue=value, StateReason="the test")


def key(deployed: Installation) -> str:
    """Return the release of the stack's template."""
    body = deployed.cloudformation.get_template(StackName=STACK, TemplateStage="Original")["TemplateBody"]
    template = json.loads(body) if isinstance(body, str) else body
    return str(template["Resources"]["Site"]["Properties"]["WebServers"]["Artifact"]["Key"])


def wait_for(seen: Counter[tuple[str, int]], count: int) -> None:
    """Wait for some more answers."""
    wanted, deadline = seen.total() + count, time.monotonic() + SECONDS
    while seen.total() < wanted:
        assert time.monotonic() < deadline, dict(seen)
        time.sleep(0.05)


def test_bad_release_fails_for_its_share_only_and_a_good_one_goes_to_all(deployed: Installation, release: Any) -> None:
    balancer, ids = deployed.client("elbv2"), deployed.resources(STACK)
    with server("stable", 200) as stable, server("bad", 500) as bad, server("canary", 200) as good:
        register(balancer, ids["SiteTargetGroup"], [stable])
        register(balancer, ids["SiteCanaryTargetGroup"], [bad])
        with visitor(deployed) as seen:
            wait_for(seen, 5)
            assert {status for _, status in seen} == {200}
            failed = release()
            assert failed.exit_code == 1
            assert f"CloudFormation rolled it back: {FIRST} serves" in failed.stderr
            assert "SiteCanaryErrorsAlarm" in failed.stderr
            tried = Counter(seen)
            wait_for(seen, 10)
            # Back by itself: no request fails any more.
            assert all(status == 200 for _, status in seen - tried)
        errors = sum(count for (_, status), count in seen.items() if status != 200)
        assert 0 < errors < seen["stable", 200]
        assert key(deployed) == FIRST
        assert "SiteCanaryGroup" not in deployed.resources(STACK)

        with server("slow", 200, 0.8) as slow:
            register(balancer, ids["SiteCanaryTargetGroup"], [slow])
            with visitor(deployed) as seen:
                failed = release()
                assert f"CloudFormation rolled it back: {FIRST} serves" in failed.stderr
                assert f"Site{LATENCY}" in failed.stderr
        assert {status for _, status in seen} == {200}
        assert 0 < seen["slow", 200] < seen["stable", 200]

        register(balancer, ids["SiteCanaryTargetGroup"], [good])
        with visitor(deployed) as seen:
            done = release()
            assert "released: " in done.stdout, done.stderr
            tried = Counter(seen)
            wait_for(seen, 10)
            assert {name for name, _ in seen - tried} == {"stable"}
        assert {status for _, status in seen} == {200}
        assert 0 < seen["canary", 200] < seen["stable", 200]
        assert key(deployed) != FIRST
        assert "SiteCanaryGroup" not in deployed.resources(STACK)
        described = deployed.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        assert described["RollbackConfiguration"]["RollbackTriggers"] == []
