"""`prove` deploys to the emulator, breaks the site, and leaves nothing: run through, stopped or killed at each step.

Time runs 20 times as fast. Where the emulator is not AWS, stand-ins are put before its clients: its Auto Scaling groups
start no servers, and its databases have no standby. It has no FIS: the drill of a zone is reported as not tried.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from cli.deployed.tools import Tools
from cli.deployed.visits import Page
from cli.prove.record import Record, load
from cli.prove.report import markdown
from cli.prove.run import DEPLOY, FAILURES, REMOVE, REQUESTS, STEPS, Run, prove
from cli.prove.template import SMALLEST, throwaway
from resilient_website.problems import InvalidTemplateError
from tests.sites import Installation
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import visit

REGION = "us-east-1"
SPEED = 20
REPAIR_SECONDS = 40


class Killed(BaseException):
    """The process ended, without a chance to clean up."""


class Servers:
    """Three servers of the group, which are replaced a while after they were terminated."""

    def __init__(self, account: Installation) -> None:
        self.account = account
        self.instances = [Instance(f"server {number}") for number in range(3)]
        self.ids = [f"i-{number}" for number in range(3)]
        self.group = ""

    def join(self, stack: str) -> None:
        """Register the servers with a stack's target group, once it is there."""
        group = next(arn for name, arn in self.account.resources(stack).items() if name.startswith("SiteTargetG"))
        if group != self.group:
            self.group = group
            register(self.account.client("elbv2"), group, self.instances)

    def terminate_instances(self, **arguments: Any) -> None:
        lost = [self.ids.index(each) for each in arguments["InstanceIds"]]
        for number in lost:
            self.ids[number] = ""
            self.instances[number].kill()
        threading.Timer(REPAIR_SECONDS / SPEED, self.replace, [lost, f"{time.monotonic_ns()}"]).start()

    def replace(self, lost: list[int], new: str) -> None:
        for number in lost:
            self.instances[number].start()
            self.ids[number] = f"i-{new}-{number}"

    def describe_auto_scaling_groups(self, **_: Any) -> dict[str, Any]:
        return {"AutoScalingGroups": [{"Instances": [{"InstanceId": each} for each in self.ids if each]}]}

    def describe_target_health(self, **_: Any) -> dict[str, Any]:
        states = [{"Target": {"Id": each}, "TargetHealth": {"State": "healthy"}} for each in self.ids if each]
        return {"TargetHealthDescriptions": states}


class Databases:
    """RDS, whose restart with a failover moves the database to another zone."""

    def __init__(self, rds: Any) -> None:
        self.rds = rds
        self.moved = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rds, name)

    def reboot_db_instance(self, **arguments: Any) -> None:
        assert arguments["ForceFailover"]
        self.moved = True

    def describe_db_instances(self, **arguments: Any) -> dict[str, Any]:
        (found,) = self.rds.describe_db_instances(**arguments)["DBInstances"]
        return {"DBInstances": [{**found, "AvailabilityZone": "us-east-1z"} if self.moved else found]}


@pytest.fixture(scope="module")
def servers(installation: Installation) -> Iterator[Servers]:
    made = Servers(installation)
    for each in made.instances:
        each.start()
    yield made
    for each in made.instances:
        each.kill()


@pytest.fixture
def run(installation: Installation, servers: Servers, tmp_path: Path) -> Run:
    databases = Databases(installation.client("rds"))
    stand_ins: Mapping[str, Any] = {
        "autoscaling": servers,
        "ec2": servers,
        "rds": databases,
        "elbv2": SimpleNamespace(
            describe_target_health=servers.describe_target_health,
            describe_load_balancers=installation.client("elbv2").describe_load_balancers,
        ),
    }
    begun = time.monotonic()

    def ask(method: str, url: str) -> Page | None:
        parts = urlsplit(url)
        found = visit(installation.emulator, parts.netloc, parts.path, method, "a=1" if method == "POST" else None)
        return Page(found.status, found.body)

    tools = Tools(
        client=lambda service, region: (
            stand_ins.get(service) or installation.emulator.client(service, installation.account, region)
        ),
        now=lambda: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=(time.monotonic() - begun) * SPEED),
        sleep=lambda seconds: time.sleep(seconds / SPEED),
        say=lambda _: None,
        visitor=SimpleNamespace(),  # prove has its own
    )
    template = throwaway(SMALLEST, {}, {}, REGION)
    return Run(tools, ask, tmp_path / "prove.json", template, {}, {})


def record(name: str) -> Record:
    return Record(f"prove-{name}", REGION, "2026-03-01T00:00:00+00:00", 1.5, "", "")


def stopping(run: Run, servers: Servers, stack: str, step: str, error: BaseException | None) -> Run:
    """Return the run with its servers in place, which an error ends when it says that a step begins."""

    def say(line: str) -> None:
        if line.startswith(REQUESTS):
            servers.join(stack)
        if error and line.startswith(step):
            raise error

    return replace(run, tools=replace(run.tools, say=say))


def nothing_left(account: Installation, stack: str) -> bool:
    buckets = [each["Name"] for each in account.client("s3").list_buckets()["Buckets"]]
    return not account.exists(stack) and not [name for name in buckets if name.startswith(stack)]


def test_run_killed_at_each_step_measures_everything(run: Run, servers: Servers, installation: Installation) -> None:
    stack, latest = "prove-killed", record("killed")
    for step in (*STEPS, REMOVE):
        with pytest.raises(Killed):
            prove(stopping(run, servers, stack, step, Killed()), latest)
        latest = load(run.path) or latest
    done = prove(stopping(run, servers, stack, "", None), latest)
    assert [(each.status, each.expected) for each in done.requests][:2] == [(200, True), (404, True)]
    found = {each.failure: each for each in done.measured}
    assert list(found) == ["a web server", "the database's primary", "a zone", "all web servers"]
    assert "StartExperiment" in found["a zone"].skipped
    everything = found["all web servers"]
    assert everything.failed > 0
    assert any("friendly page" in each for each in everything.seen)
    assert everything.repaired >= REPAIR_SECONDS * 0.9
    assert "not " not in " ".join(each.problem for each in done.measured)
    assert list(done.done or {}) == [DEPLOY, REQUESTS, FAILURES, REMOVE]
    assert (done.failed, done.left) == ("", ())
    assert nothing_left(installation, stack)
    assert "Nothing is left" in markdown(done)


@pytest.mark.parametrize("moment", ["while the stack is created", FAILURES])
def test_interrupted_run_removes_everything(
    moment: str, run: Run, servers: Servers, installation: Installation
) -> None:
    stack = f"prove-{moment.split(maxsplit=1)[0]}"
    pauses = count()

    def sleep(seconds: float) -> None:
        if next(pauses) == 0:
            raise KeyboardInterrupt
        run.tools.sleep(seconds)

    stopped = stopping(run, servers, stack, moment, KeyboardInterrupt())
    if moment != FAILURES:
        stopped = replace(stopped, tools=replace(stopped.tools, sleep=sleep))
    with pytest.raises(KeyboardInterrupt):
        prove(stopped, record(stack.removeprefix("prove-")))
    latest = load(run.path)
    assert latest
    assert (latest.failed, latest.is_done(REMOVE)) == ("interrupted", True)
    assert nothing_left(installation, stack)


def test_stack_that_is_refused_leaves_no_bucket(run: Run, installation: Installation) -> None:
    refused = {"Resources": {"Unknown": {"Type": "AWS::Nothing::AtAll"}}}
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        prove(replace(run, template=refused), record("refused"))
    assert nothing_left(installation, "prove-refused")


def test_creation_that_fails_is_removed(run: Run, installation: Installation) -> None:
    missing = f"arn:aws:lambda:{REGION}:{installation.account}:function:missing"
    failing = {"Resources": {"Failing": {"Type": "Custom::Failing", "Properties": {"ServiceToken": missing}}}}
    with pytest.raises(InvalidTemplateError, match="Failing"):
        prove(replace(run, template=failing), record("failing"))
    latest = load(run.path)
    assert latest
    assert "the creation of the stack failed" in latest.failed
    assert nothing_left(installation, "prove-failing")
