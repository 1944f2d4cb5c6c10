"""The name server by itself: asked over UDP, it answers as Route 53 would."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import dns.message
import dns.query
import dns.rcode
import pytest

from tests.failover import health_checks, records
from tests.failover.health_checks import HealthChecks
from tests.failover.name_server import HOST, NameServer, Zones
from tests.failover.records import Record
from tests.failover.resolver import Resolver, asked
from tests.failover.scale import Scale
from tools.emulator.endpoint import Emulator

ADDRESSES = {"door.cloudfront.net": ["127.0.0.2"], "api.amazonaws.com": ["127.0.0.3"]}
ALIAS = Record("www.example.com", "A", failover="PRIMARY", health_check="check", alias="door.cloudfront.net")
SECOND = Record("www.example.com", "A", failover="SECONDARY", alias="api.amazonaws.com")


@contextmanager
def serving(
    *held: Record,
    healthy: Callable[[str], bool] = lambda _: True,
    targets: Callable[[str], bool] = lambda _: True,
    private: bool = False,
) -> Iterator[int]:
    chance = random.Random(7)
    zones = Zones(held, healthy, targets, lambda name: ADDRESSES.get(name, []), private=private, chance=chance)
    with NameServer(zones) as server:
        yield server.port


def weighted(target: str, weight: int, check: str = "") -> Record:
    return Record("reader.db", "CNAME", private=True, weight=weight, health_check=check, ttl=5, values=(target,))


def reader(port: int) -> str:
    return asked(port, "reader.db", "CNAME")[0][0]


@pytest.mark.parametrize(
    ("unhealthy", "address"), [((), "127.0.0.2"), (("check",), "127.0.0.3"), (("check", "other"), "127.0.0.2")]
)
def test_failover_pair(unhealthy: Sequence[str], address: str) -> None:
    second = Record(**{**vars(SECOND), "health_check": "other"})
    with serving(ALIAS, second, healthy=lambda name: name not in unhealthy) as port:
        assert asked(port, "WWW.example.com.") == ([address], 60)


def test_alias_with_evaluated_targets() -> None:
    first = Record(**{**vars(ALIAS), "health_check": "", "evaluate_target_health": True})
    with serving(first, SECOND, targets=lambda name: name != "door.cloudfront.net") as port:
        assert asked(port, "www.example.com")[0] == ["127.0.0.3"]


def test_ipv6_leads_where_ipv4_does() -> None:
    with serving(Record(**{**vars(ALIAS), "type": "AAAA"})) as port:
        assert asked(port, "www.example.com", "AAAA")[0] == ["::ffff:127.0.0.2"]
        assert asked(port, "www.example.com", "A")[0] == []


def test_cname_comes_with_what_it_leads_to() -> None:
    with serving(ALIAS, Record("shop.example.com", "CNAME", ttl=300, values=("www.example.com.",))) as port:
        answer = dns.query.udp(dns.message.make_query("shop.example.com", "A"), HOST, port=port, timeout=60).answer
        assert [found.to_text() for found in answer] == [
            "shop.example.com. 300 IN CNAME www.example.com.",
            "www.example.com. 60 IN A 127.0.0.2",
        ]


def test_unknown_names_do_not_exist() -> None:
    with serving(ALIAS) as port:
        answer = dns.query.udp(dns.message.make_query("other.example.com", "A"), HOST, port=port, timeout=60)
        assert answer.rcode() == dns.rcode.NXDOMAIN


def test_private_zones_only_if_asked_for() -> None:
    held = weighted("one.rds", 1)
    with serving(held) as outside, serving(held, private=True) as inside:
        assert asked(outside, "reader.db", "CNAME")[0] == []
        assert reader(inside) == "one.rds."


@pytest.mark.parametrize(
    ("unhealthy", "expected"),
    [
        (set(), {"one.rds.", "two.rds."}),
        ({"1"}, {"two.rds."}),
        ({"1", "2"}, {"primary.rds."}),
        ({"1", "2", "0"}, {"one.rds.", "two.rds."}),
    ],
)
def test_weights_and_health(unhealthy: set[str], expected: set[str]) -> None:
    held = (weighted("one.rds", 3, "1"), weighted("two.rds", 1, "2"), weighted("primary.rds", 0, "0"))
    with serving(*held, private=True, healthy=lambda name: name not in unhealthy) as port:
        found = Counter(reader(port) for _ in range(80))
    assert set(found) == expected
    if len(expected) == 2:
        assert found["one.rds."] > found["two.rds."]


class Checks:
    """Health checks of some configurations, with a probe and an alarm that are set by hand."""

    def __init__(self, **configs: dict[str, Any]) -> None:
        self.good = True
        self.alarm = "OK"
        self.probed: list[tuple[dict[str, Any], bool]] = []
        self.looked: list[str] = []
        self.running = HealthChecks(configs, self._probe, self._look, Scale(0.001))

    def _probe(self, config: dict[str, Any]) -> bool:
        self.probed.append((config, self.good))
        return self.probed[-1][1]

    def _look(self, *_: str) -> str:
        self.looked.append(self.alarm)
        return self.looked[-1]

    def probes(self, config: dict[str, Any], good: bool) -> int:
        """Return how many probes of a check were good, or bad."""
        return self.probed.count((config, good))

    def becomes(self, name: str, healthy: bool) -> None:
        """Wait until a check's health is as expected."""
        deadline = time.monotonic() + 60
        while self.running.healthy(name) != healthy:
            assert time.monotonic() < deadline, f"{name} does not become {healthy}"
            time.sleep(0.002)

    def stays(self, name: str, healthy: bool) -> None:
        """Look at a check's health until all of them have asked several times more."""
        enough = len(self.probed) + len(self.looked) + 5 * len(self.running.states)
        while len(self.probed) + len(self.looked) < enough:
            assert self.running.healthy(name) == healthy
            time.sleep(0.002)


ASKING = {"Type": "HTTPS", "RequestInterval": 30, "FailureThreshold": 3}
ALARM = {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {"Region": "us-east-1", "Name": "lag"}}


def test_a_check_fails_and_recovers_after_its_threshold() -> None:
    checks = Checks(web=ASKING, up={**ASKING, "Inverted": True}, off={**ASKING, "Disabled": True})
    with checks.running:
        checks.stays("web", True)
        checks.good = False
        checks.becomes("web", False)
        assert checks.probes(ASKING, good=False) >= 3
        good = checks.probes(ASKING, good=True)
        checks.becomes("up", True)
        checks.stays("off", True)
        checks.good = True
        checks.becomes("web", True)
        assert checks.probes(ASKING, good=True) >= good + 3
        state = checks.running.states["web"]
        assert [change.healthy for change in state.changes] == [False, True]
        assert state.changes[1].at > state.changes[0].at


def test_one_failure_in_between_is_none() -> None:
    checks = Checks(web={**ASKING, "FailureThreshold": 2})
    state = checks.running.states["web"]
    for good in (False, True, False, True):
        state.add(good)
    assert state.healthy
    assert not state.changes


@pytest.mark.parametrize(
    ("threshold", "unhealthy", "healthy"), [(2, 1, True), (3, 1, False), (0, 3, True), (4, 0, False)]
)
def test_calculated(threshold: int, unhealthy: int, healthy: bool) -> None:
    children = {f"child{number}": dict(ASKING, FailureThreshold=1) for number in range(3)}
    sum_of = {"Type": "CALCULATED", "ChildHealthChecks": [*children], "HealthThreshold": threshold}
    checks = Checks(**children, sum=sum_of)
    for name in list(children)[:unhealthy]:
        checks.running.states[name].add(False)
    assert checks.running.healthy("sum") == healthy


@pytest.mark.parametrize(
    ("status", "before", "healthy"),
    [("Healthy", "ALARM", True), ("Unhealthy", "OK", False), ("LastKnownStatus", "ALARM", False)],
)
def test_alarm_without_data(status: str, before: str, healthy: bool) -> None:
    checks = Checks(lag={**ALARM, "InsufficientDataHealthStatus": status})
    checks.alarm = before
    with checks.running:
        checks.becomes("lag", before == "OK")
        checks.alarm = "INSUFFICIENT_DATA"
        checks.becomes("lag", healthy)
        checks.stays("lag", healthy)


def test_answers_are_kept_while_they_live() -> None:
    unhealthy: set[str] = set()
    with serving(ALIAS, SECOND, healthy=lambda name: name not in unhealthy) as port:
        now = 0.0
        resolver = Resolver(port, Scale(0.005), clock=lambda: now)
        assert resolver.address("www.example.com") == "127.0.0.2"
        unhealthy.add("check")
        now = 0.29
        assert resolver.address("www.example.com") == "127.0.0.2"
        now = 0.31
        assert resolver.address("www.example.com") == "127.0.0.3"


def test_replicas_in_the_emulator_are_dropped_by_their_alarms(emulator: Emulator) -> None:
    account = "100000000053"
    route53, cloudwatch = (emulator.client(service, account) for service in ("route53", "cloudwatch"))
    vpc = {"VPCRegion": "us-east-1", "VPCId": "vpc-00000001"}
    zone = route53.create_hosted_zone(Name="db", CallerReference="db", VPC=vpc)["HostedZone"]["Id"]
    for name in ("one", "two"):
        _replica(route53, cloudwatch, zone, name)
    held, configs = records.deployed(route53), health_checks.deployed(route53)
    states = health_checks.alarm_states(emulator, account)
    with HealthChecks(configs, lambda _: False, states, Scale(0.001)) as checks:
        zones = Zones(held, checks.healthy, lambda _: True, lambda _: [], private=True)
        with NameServer(zones) as server:
            assert {reader(server.port) for _ in range(40)} == {"one.rds.", "two.rds."}
            cloudwatch.set_alarm_state(AlarmName="lag-of-one", StateValue="ALARM", StateReason="test")
            deadline = time.monotonic() + 60
            while all(state.healthy for state in checks.states.values()):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            assert {reader(server.port) for _ in range(40)} == {"two.rds."}


def _replica(route53: Any, cloudwatch: Any, zone: str, name: str) -> None:
    """Make an alarm that has no data, a health check of it, and a weighted record."""
    alarm = f"lag-of-{name}"
    cloudwatch.put_metric_alarm(
        AlarmName=alarm,
        Namespace="AWS/RDS",
        MetricName="ReplicaLag",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=3,
        Threshold=60,
        ComparisonOperator="GreaterThanThreshold",
    )
    config = {**ALARM, "AlarmIdentifier": {"Region": "us-east-1", "Name": alarm}}
    config |= {"InsufficientDataHealthStatus": "Healthy"}
    check = route53.create_health_check(CallerReference=alarm, HealthCheckConfig=config)["HealthCheck"]["Id"]
    record = {"Name": "reader.db", "Type": "CNAME", "SetIdentifier": name, "Weight": 1, "TTL": 5}
    record |= {"HealthCheckId": check, "ResourceRecords": [{"Value": f"{name}.rds"}]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)
