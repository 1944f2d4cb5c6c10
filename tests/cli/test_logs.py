"""The command `logs`: which logs it reads, in which order, and what it says of logs that are not collected."""

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.logs import command
from cli.logs.access_log import AccessLog
from cli.logs.cloudwatch import LATE, LogGroup
from cli.logs.reading import POLL, follow, read
from cli.logs.sources import TIERS, Missing, sources
from cli.main import main
from tests.cli.aws_in_memory import in_place, real_client
from tests.cli.documented_policies import documented, needed
from tests.cli.fake_site import ACCOUNT, NOW, REGION, FakeSite

WEB = "my-site-SiteWebLogGroup"
ERRORS = "/aws/rds/instance/my-site-SiteDatabase/error"
HOUR = timedelta(hours=1)


def texts(fake: FakeSite, *tiers: str, pattern: str = "", since: timedelta = HOUR) -> list[str]:
    """Return the lines that are shown."""
    site = fake.found()
    with in_place(fake):
        found = [each for each in sources(site, real_client, tiers or TIERS, pattern) if not isinstance(each, Missing)]
        return [str(line) for line in read(found, fake.now - since, fake.now)]


def missing(fake: FakeSite) -> list[str]:
    """Return what is said of logs that are not collected."""
    site = fake.found()
    with in_place(fake):
        return [str(each) for each in sources(site, real_client, TIERS, "") if isinstance(each, Missing)]


def at(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def access_log(*requests: datetime) -> bytes:
    rows = [f"h2 {each:%Y-%m-%dT%H:%M:%S.%f}Z app/my-site/1 192.0.2.7:443 10.0.0.1:80 GET /" for each in requests]
    return gzip.compress("\n".join(rows).encode())


def test_lines_of_all_tiers_are_ordered_by_time_and_say_where_they_are_from() -> None:
    fake = FakeSite()
    fake.groups = {
        WEB: [(at(9), "i-0", "first\n"), (at(3), "i-1", "fourth")],
        ERRORS: [(at(5), "my-site-SiteDatabase", "third")],
        "my-site-OriginSecretLogs": [(at(2), "2026/03/01/[1]", "fifth")],
    }
    folder = f"load-balancer/AWSLogs/{ACCOUNT}/elasticloadbalancing/{REGION}/2026/03/01"
    fake.objects = {f"{folder}/a.log.gz": access_log(at(1), at(7), at(90)), f"{folder}/b.log.gz": access_log(at(6))}
    shown = texts(fake)
    assert needed(fake.calls) == documented("logs")
    assert [line.split(" ")[2:4] for line in shown] == [
        ["web", "i-0"],
        ["load-balancer", "192.0.2.7"],
        ["load-balancer", "192.0.2.7"],
        ["database-error", "my-site-SiteDatabase"],
        ["web", "i-1"],
        ["OriginSecret", "2026/03/01/[1]"],
        ["load-balancer", "192.0.2.7"],
    ]
    assert shown[0] == "2026-03-01 11:51:00 web i-0 first"


def test_what_a_visitor_writes_into_a_log_does_not_reach_the_terminal() -> None:
    fake = FakeSite()
    fake.groups = {WEB: [(at(1), "i-0", "a\x1b]0;title\x07\r\nTraceback\tb\x9b")]}
    (shown,) = texts(fake, "web")
    assert shown.endswith("a\\x1b]0;title\\x07\n    Traceback\tb\\x9b")


def test_tier_time_and_pattern_select_lines() -> None:
    fake = FakeSite()
    fake.groups = {WEB: [(at(90), "i-0", "ERROR old"), (at(9), "i-0", "ERROR new"), (at(3), "i-1", "well")]}
    assert [line.split(" ", 4)[4] for line in texts(fake, "web", pattern="ERROR")] == ["ERROR new"]
    assert len(texts(fake, "web", since=2 * HOUR)) == 3
    assert texts(fake, "database") == []


def test_access_log_reads_the_days_of_the_time() -> None:
    fake = FakeSite(now=datetime(2026, 3, 1, 0, 20, tzinfo=UTC))
    before = datetime(2026, 2, 28, 23, 50, tzinfo=UTC)
    folder = f"load-balancer/AWSLogs/{ACCOUNT}/elasticloadbalancing/{REGION}"
    fake.objects = {f"{folder}/2026/02/28/a.gz": access_log(before), f"{folder}/2026/02/27/a.gz": access_log(before)}
    assert len(texts(fake, "load-balancer")) == 1


def test_logs_that_are_not_collected_name_the_property() -> None:
    fake = FakeSite("minimal")
    del fake.processed["Resources"]["SiteWebLogGroup"]
    usual = fake.DescribeDBInstances

    def silent(DBInstanceIdentifier: str) -> Any:  # noqa: N803
        found = usual(DBInstanceIdentifier)
        del found["DBInstances"][0]["EnabledCloudwatchLogsExports"]
        return found

    fake.answers["DescribeDBInstances"] = silent
    fake.answers["DescribeLoadBalancerAttributes"] = lambda **_: {
        "Attributes": [{"Key": "access_logs.s3.enabled", "Value": "false"}]
    }
    said = missing(fake)
    for name in ("WebServers.CloudWatchAgent", "Database.EnableCloudwatchLogsExports", "LoadBalancer.AccessLogs"):
        assert any(name in each for each in said)
    del fake.processed["Resources"]["SiteDatabase"]
    assert "database: this stack has no database" in missing(fake)


def test_following_shows_late_and_new_lines_once() -> None:
    fake = FakeSite()
    fake.groups = {WEB: [(at(1), "i-0", "there")]}
    clock = [NOW]
    waits = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += timedelta(seconds=seconds)
        if len(waits) == 2:
            fake.groups[WEB] += [(NOW - LATE / 2, "i-1", "late"), (NOW + POLL, "i-0", "new")]

    with in_place(fake):
        group = LogGroup(real_client("logs", REGION), "web", WEB)
        lines = follow([group], NOW - HOUR, lambda: clock[0], sleep)
        assert [line.text for line in islice(lines, 3)] == ["there", "late", "new"]
    assert waits == [POLL.total_seconds()] * 2


def test_file_of_the_access_log_that_comes_late_is_shown() -> None:
    fake = FakeSite()
    clock = [NOW]
    prefix = "load-balancer/AWSLogs/1/elasticloadbalancing/us-east-1"

    def sleep(seconds: float) -> None:
        clock[0] += timedelta(seconds=seconds)
        if clock[0] == NOW + timedelta(minutes=6):
            fake.objects[f"{prefix}/2026/03/01/a.gz"] = access_log(NOW + timedelta(minutes=1))
            fake.now = clock[0]

    with in_place(fake):
        log = AccessLog(real_client("s3", REGION), "logs-bucket", prefix)
        (line,) = islice(follow([log], NOW - HOUR, lambda: clock[0], sleep), 1)
    assert line.at == NOW + timedelta(minutes=1)
    # Once a minute, not at each pause.
    assert len([each for each in fake.calls if each[2] == "ListObjectsV2"]) == 7


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSite]:
    """Return a site that the command asks, now."""
    fake = FakeSite(now=datetime.now(UTC))
    fake.groups = {WEB: [(fake.now - timedelta(minutes=1), "i-0", "well")]}
    monkeypatch.setattr(command, "clients", lambda _: real_client)
    with in_place(fake):
        yield fake


def invoke(*arguments: str) -> Result:
    return CliRunner(mix_stderr=False).invoke(main, ["logs", "my-site", "--region", REGION, *arguments])


def test_command_prints_lines(deployed: FakeSite) -> None:
    shown = invoke("--tier", "web", "--since", "90s")
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout.endswith("web i-0 well\n")
    deployed.refused["FilterLogEvents"] = "AccessDeniedException"
    refused = invoke("--tier", "web")
    assert refused.exit_code == 1
    assert "AWS refused FilterLogEvents" in refused.stderr


@pytest.mark.parametrize(("follows", "status"), [(True, 0), (False, 130)])
def test_interruption(deployed: FakeSite, monkeypatch: pytest.MonkeyPatch, follows: bool, status: int) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    if follows:
        monkeypatch.setattr(time, "sleep", interrupted)
    else:
        deployed.answers["FilterLogEvents"] = interrupted
    shown = invoke("--tier", "web", *(["--follow"] if follows else []))
    assert shown.exit_code == status
    assert ("well" in shown.stdout) == follows


@pytest.mark.parametrize("since", ["1", "h", "1w", "-1h", "1 h"])
def test_time_that_is_not_understood(since: str) -> None:
    refused = invoke("--since", since)
    assert refused.exit_code == 2
    assert "as in 15m" in refused.stderr
