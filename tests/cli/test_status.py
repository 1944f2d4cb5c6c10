"""The command `status`: what it calls down or degraded."""

from datetime import timedelta
from typing import Any

import pytest

from cli.aws_findings.aws import Aws
from cli.status.permissions import action
from cli.status.rows import State
from cli.status.survey import survey
from resilient_website.facts.cloudfront import CLOUDFRONT_REGION
from tests.cli.aws_in_memory import in_place, real_client
from tests.cli.fake_site import ACCOUNT, NOW, REGION, STANDBY_ADDRESS, ZONES, FakeSite
from tests.cli.reported_status import rows


def bad(fake: FakeSite) -> dict[str, State]:
    """Return the parts that are down or degraded."""
    return {part: row.state for part, row in rows(fake).items() if row.state in (State.DOWN, State.DEGRADED)}


def test_all_is_well_in_every_tier() -> None:
    found = rows(FakeSite())
    assert {row.state for row in found.values()} <= {State.OK, State.NOTE}
    assert {row.tier for row in found.values()} == {
        "way in",
        "front door",
        "servers",
        "database",
        "cache",
        "alarms",
        "stack",
    }
    assert [found[f"targets in {zone}"].found for zone in ZONES] == ["1 healthy"] * 3
    assert found["Database"].found == "available in us-east-1a, standby in us-east-1b"
    assert found["DatabaseReplica1 lag"].found == "2 s behind"
    assert found["Database storage"].found == "100.0 GiB left of 400 GiB"
    assert "system-update" in found["Database maintenance"].found
    assert "40 %" in found["instance refresh"].found
    assert "in 188 days" in found["certificate of CloudFront"].found
    assert found["HealthCheck"].found == "healthy"
    assert found["other health checks"].found == "15 of 15 healthy"
    assert found["page"].found == "https://www.example.com answers 200"
    assert "primary front door" in found["www.example.com"].found


def test_target_without_an_answer_and_a_zone_without_a_server() -> None:
    fake = FakeSite()
    fake.health = {"i-0": "unhealthy", "i-1": "healthy", "i-2": "healthy", "i-9": "draining"}
    found = rows(fake)
    assert found["targets in us-east-1a"].state is State.DOWN
    assert "i-0 is unhealthy (the reason of unhealthy)" in found["targets in us-east-1a"].found
    assert "1 draining" in found["targets in zone unknown"].found
    assert found["targets in zone unknown"].state is State.NOTE
    fake.health = {"i-0": "initial", "i-1": "healthy", "i-2": "unused"}
    found = rows(fake)
    states = [found[f"targets in {zone}"].state for zone in ZONES]
    assert states == [State.DEGRADED, State.OK, State.DOWN]
    fake.health = {}
    assert rows(fake)["targets"].state is State.DOWN


def test_group_that_lacks_servers_or_has_suspended_processes() -> None:
    fake = FakeSite()
    fake.instances[0]["LifecycleState"] = "Pending"
    assert rows(fake)["group"].state is State.DEGRADED
    for each in fake.instances:
        each["LifecycleState"] = "Pending"
    assert rows(fake)["group"].state is State.DOWN
    suspended = FakeSite()
    usual = suspended.DescribeAutoScalingGroups

    def answer(**asked: Any) -> Any:
        groups = usual(**asked)
        groups["AutoScalingGroups"][0]["SuspendedProcesses"] = [{"ProcessName": "Launch"}]
        return groups

    suspended.answers["DescribeAutoScalingGroups"] = answer
    assert rows(suspended)["group"].state is State.DEGRADED


@pytest.mark.parametrize(
    ("identifier", "status", "state"),
    [
        ("my-site-SiteDatabase", "storage-full", State.DOWN),
        ("my-site-SiteDatabase", "backing-up", None),
        ("my-site-SiteDatabaseReplica2", "failed", State.DEGRADED),
    ],
)
def test_database_that_does_not_serve(identifier: str, status: str, state: State | None) -> None:
    fake = FakeSite()
    usual = fake.DescribeDBInstances

    def answer(DBInstanceIdentifier: str) -> Any:  # noqa: N803
        found = usual(DBInstanceIdentifier)
        if DBInstanceIdentifier == identifier:
            found["DBInstances"][0]["DBInstanceStatus"] = status
        return found

    fake.answers["DescribeDBInstances"] = answer
    expected = {} if state is None else {identifier.removeprefix("my-site-Site"): state}
    assert bad(fake) == expected


def test_metrics_that_are_bad() -> None:
    fake = FakeSite()
    values = {"ReplicaLag": 900.0, "FreeStorageSpace": 3.0 * 1024**3, "HealthCheckStatus": 0.0}
    fake.answers["GetMetricData"] = lambda MetricDataQueries, **_: {  # noqa: N803
        "MetricDataResults": [
            {"Id": each["Id"], "Timestamps": [NOW], "Values": [values[each["MetricStat"]["Metric"]["MetricName"]]]}
            for each in MetricDataQueries
        ]
    }
    found = rows(fake)
    assert found["Database storage"].state is State.DEGRADED
    assert found["DatabaseReplica1 lag"].state is State.DEGRADED
    assert found["HealthCheck"].state is State.DOWN
    assert "Failure: HTTP Status Code 503" in found["HealthCheck"].found
    assert found["DatabaseReplica1HealthCheck"].state is State.DEGRADED


@pytest.mark.parametrize(
    ("nodes", "state"),
    [(("available", "available"), State.OK), (("available", "failed"), State.DEGRADED), (("failed",), State.DOWN)],
)
def test_memcached(nodes: tuple[str, ...], state: State) -> None:
    fake = FakeSite()
    fake.processed["Resources"]["SiteCacheCluster"] = {"Type": "AWS::ElastiCache::CacheCluster"}
    described = [{"CacheNodeStatus": each, "CustomerAvailabilityZone": ZONES[0]} for each in nodes]
    fake.answers["DescribeCacheClusters"] = lambda **_: {
        "CacheClusters": [{"CacheClusterStatus": "available", "CacheNodes": described}]
    }
    assert rows(fake)["cluster"].state is state


@pytest.mark.parametrize(
    ("group", "shards", "state"),
    [
        ("available", ["available"], State.OK),
        ("modifying", ["modifying"], State.OK),
        ("create-failed", ["available"], State.DEGRADED),
        ("available", ["available", "creating"], State.DEGRADED),
        ("available", ["creating"], State.DOWN),
    ],
)
def test_replication_group_is_as_good_as_its_shards(group: str, shards: list[str], state: State) -> None:
    fake = FakeSite()
    found = {"Status": group, "NodeGroups": [{"NodeGroupId": "0001", "Status": each} for each in shards]}
    fake.answers["DescribeReplicationGroups"] = lambda **_: {"ReplicationGroups": [found]}
    assert rows(fake)["replication group"].state is state


@pytest.mark.parametrize(
    ("operation", "code", "part"),
    [
        ("DescribeDBInstances", "DBInstanceNotFound", "Database"),
        ("DescribeReplicationGroups", "ReplicationGroupNotFoundFault", "replication group"),
        ("GetDistribution", "NoSuchDistribution", "Distribution"),
    ],
)
def test_resource_that_was_deleted_outside_the_stack_is_down(operation: str, code: str, part: str) -> None:
    fake = FakeSite()
    fake.refused[operation] = code
    assert rows(fake)[part].state is State.DOWN


def test_failed_activity_of_a_full_group_is_a_note() -> None:
    fake = FakeSite()
    usual = fake.DescribeScalingActivities

    def failed(**asked: Any) -> Any:
        found = usual(**asked)
        found["Activities"][0] |= {"StatusCode": "Failed", "StatusMessage": "no capacity"}
        return found

    fake.answers["DescribeScalingActivities"] = failed
    assert rows(fake)["last activity"].state is State.NOTE
    assert "no capacity" in rows(fake)["last activity"].found


def test_dns_that_leads_to_the_standby_and_a_page_that_fails() -> None:
    fake = FakeSite()
    fake.addresses_of = {"www.example.com": STANDBY_ADDRESS, "example.com": ""}
    fake.page_status = 503
    assert bad(fake) == {"www.example.com": State.DEGRADED, "example.com": State.DOWN, "page": State.DOWN}
    fake.addresses_of = {"www.example.com": "203.0.113.99"}
    fake.page_status = None
    assert bad(fake) == {"page": State.DOWN}
    assert rows(fake)["www.example.com"].state is State.NOTE


def test_alarm_and_certificate() -> None:
    fake = FakeSite()
    fake.answers["DescribeAlarms"] = lambda **_: {
        "MetricAlarms": [{"AlarmName": "my-site-SiteLatencyAlarm", "StateValue": "ALARM", "StateUpdatedTimestamp": NOW}]
    }
    usual = fake.DescribeCertificate

    def answer(CertificateArn: str) -> Any:  # noqa: N803
        found = usual(CertificateArn)
        if CertificateArn.endswith("edge"):
            found["Certificate"] |= {"NotBefore": NOW - timedelta(days=178), "NotAfter": NOW + timedelta(days=20)}
        return found

    fake.answers["DescribeCertificate"] = answer
    found = rows(fake)
    assert found["my-site-SiteLatencyAlarm"].state is State.DEGRADED
    assert found["certificate of CloudFront"].state is State.DEGRADED
    assert "why ACM has not renewed it" in found["certificate of CloudFront"].found
    assert found["certificate of the load balancer"].state is State.OK


def test_alarm_without_data_is_shown_if_it_notifies() -> None:
    fake = FakeSite()
    without_data = {"StateValue": "INSUFFICIENT_DATA", "StateUpdatedTimestamp": NOW}
    fake.answers["DescribeAlarms"] = lambda **_: {
        "MetricAlarms": [
            {**without_data, "AlarmName": "my-site-SiteHalvesDifferAlarm", "InsufficientDataActions": ["arn:aws:sns:"]},
            {**without_data, "AlarmName": "my-site-SiteLatencyAlarm", "InsufficientDataActions": []},
        ]
    }
    found = rows(fake)
    assert found["my-site-SiteHalvesDifferAlarm"].state is State.DEGRADED
    assert found["my-site-SiteHalvesDifferAlarm"].found.startswith("without data since ")
    assert "my-site-SiteLatencyAlarm" not in found


def test_failed_deployment_names_its_first_failure_and_no_earlier_one() -> None:
    fake = FakeSite()
    fake.stack_status = "UPDATE_ROLLBACK_COMPLETE"
    found = rows(fake)
    assert found["last deployment"].state is State.NOTE
    assert "SiteDatabase UPDATE_FAILED: no such parameter group" in found["first failed event"].found
    for status, state in (("UPDATE_IN_PROGRESS", State.NOTE), ("UPDATE_ROLLBACK_FAILED", State.DEGRADED)):
        fake.stack_status = status
        assert rows(fake)["last deployment"].state is state


@pytest.mark.parametrize(
    ("given", "state"), [(1, State.OK), ({"Ref": "Site"}, State.NOTE), ("", State.OK), (9, State.NOTE)]
)
def test_version(given: Any, state: State) -> None:
    fake = FakeSite()
    fake.template["Resources"]["Site"]["Properties"]["Version"] = given
    assert rows(fake)["version"].state is state
    del fake.template["Resources"]["Site"]
    assert "flat" in rows(fake)["version"].found


def test_newer_code_of_the_macro_is_a_note() -> None:
    fake = FakeSite()
    fake.answers["ListLayerVersions"] = lambda **_: {"LayerVersions": [{"Version": 5}, {"Version": 3}]}
    assert "the next deployment takes 5" in rows(fake)["functions"].found
    assert rows(fake)["functions"].state is State.NOTE


def test_copy_is_shown_with_the_command_for_both_halves() -> None:
    fake = FakeSite("second-region")
    fake.answers["ListStackResources"] = lambda StackName: (  # noqa: N803
        fake.ListStackResources(StackName) if StackName == "my-site" else {"StackResourceSummaries": []}
    )
    site = fake.found()
    with in_place(fake):
        aws = Aws(real_client, REGION, NOW, action)
        (copy,) = [row for row in survey(site, aws, Elsewhere()) if row.part == "copy"]
    assert "switch status my-site:Site --region us-east-1" in copy.found


class Elsewhere:
    """A visitor who sees nothing."""

    def addresses(self, name: str) -> frozenset[str]:
        del name
        return frozenset()

    def status(self, url: str) -> int | None:
        assert url == "https://shop.example.com"
        return None


def test_alarms_of_a_stack_in_us_east_1_are_asked_there() -> None:
    fake = FakeSite()
    remote = f"arn:aws:cloudformation:{CLOUDFRONT_REGION}:{ACCOUNT}:stack/edge/guid"
    usual = fake.ListStackResources
    common = {"LastUpdatedTimestamp": NOW, "ResourceStatus": "CREATE_COMPLETE"}

    def listed(StackName: str) -> Any:  # noqa: N803
        if StackName == remote:
            alarm = {"LogicalResourceId": "A", "ResourceType": "AWS::CloudWatch::Alarm", "PhysicalResourceId": "edge-a"}
            return {"StackResourceSummaries": [{**alarm, **common}]}
        found = usual(StackName)
        stack = {"ResourceType": "Custom::RemoteStack", "PhysicalResourceId": remote}
        found["StackResourceSummaries"].append({"LogicalResourceId": "SiteEdgeAlarmsStack", **stack, **common})
        return found

    asked: list[str] = []

    def described(AlarmNames: list[str]) -> Any:  # noqa: N803
        asked.extend(AlarmNames)
        return {"MetricAlarms": []}

    fake.answers["ListStackResources"] = listed
    fake.answers["DescribeAlarms"] = described
    rows(fake)
    assert "edge-a" in asked
