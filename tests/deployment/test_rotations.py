"""The rotations of a deployed site, by its stack's functions, as Secrets Manager calls them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from resilient_website.tiers.load_balancer.origin_secret import HEADER
from tests.custom_resources.rotated_site import Secret
from tests.deployment.visitors import visitor
from tests.sites import Installation
from tools.emulator.instances import Instance, register
from tools.emulator.visitor import visit

ATTRIBUTES = ("TargetGroupArn", "DistributionDomainName", "LoadBalancerDNSName")
TEMPLATE = {
    "Transform": "ResilientWebsite",
    "Resources": {
        "Site": {
            "Type": "ResilientWebsite",
            "Properties": {"Database": {"SecretRotationDays": 30}, "Delivery": {"Caching": "Disabled"}},
        }
    },
    "Outputs": {name: {"Value": {"Fn::GetAtt": ["Site", name]}} for name in ATTRIBUTES},
}


@pytest.fixture(scope="module")
def outputs(installation: Installation) -> Iterator[dict[str, str]]:
    made = installation.deploy("rotations", TEMPLATE)
    with Instance("web", {"HEALTH_CHECK_PATH": "/page"}) as web:
        register(installation.client("elbv2"), made["TargetGroupArn"], [web])
        yield made
    assert installation.delete("rotations") == "DELETE_COMPLETE"


def log_of(installation: Installation, logical_id: str) -> str:
    """Return all that a function of the stack has logged."""
    logs = installation.client("logs")
    group = installation.resources("rotations")[logical_id]
    events: list[dict[str, Any]] = logs.filter_log_events(logGroupName=group)["events"]
    return "\n".join(event["message"] for event in events)


def test_nobody_is_refused_while_the_header_rotates(installation: Installation, outputs: dict[str, str]) -> None:
    secret = Secret(
        installation.emulator, installation.account, installation.resources("rotations")["SiteOriginSecret"]
    )
    values = [secret.value()]
    with visitor(installation.emulator, outputs["DistributionDomainName"], "made by web.") as visits:
        for _ in range(2):
            secret.rotate()
            values.append(secret.value())
    assert visits.failed == []
    assert visits.count > 5
    assert len(set(values)) == 3
    direct = [
        visit(installation.emulator, f"{outputs['LoadBalancerDNSName']}:80", "/page", headers={HEADER: value}).status
        for value in values
    ]
    assert direct == [403, 200, 200]
    log = log_of(installation, "OriginSecretLogs")
    assert "START" in log
    assert not [value for value in values if value in log]


@pytest.mark.usefixtures("outputs")
def test_database_gets_another_password(installation: Installation) -> None:
    ids = installation.resources("rotations")
    secret = Secret(installation.emulator, installation.account, ids["SiteDatabaseSecret"])
    before = secret.fields()
    rds = installation.client("rds")
    seen: Counter[str] = Counter()

    def look() -> None:
        (found,) = rds.describe_db_instances(DBInstanceIdentifier=ids["SiteDatabase"])["DBInstances"]
        seen[found["DBInstanceStatus"]] += 1

    secret.rotate(look)
    look()
    assert seen["resetting-master-credentials"]
    assert seen["available"]
    after = secret.fields()
    assert after["password"] != before["password"]
    assert {**after, "password": ""} == {**before, "password": ""}
    log = log_of(installation, "DatabaseSecretLogs")
    assert "START" in log
    assert before["password"] not in log
    assert after["password"] not in log
