"""The reader endpoint: which replicas it answers with, and its zone's name."""

from typing import Any

import pytest

from tests.expansion.one_site import expand

Json = dict[str, Any]

VPC = {
    "VpcId": "vpc-0123456789abcdef0",
    "PublicSubnetIds": ["subnet-0123456789abcdea0", "subnet-0123456789abcdea1"],
    "DatabaseSubnetIds": ["subnet-0123456789abcdec0", "subnet-0123456789abcdec1"],
}


def resources(**properties: Any) -> dict[str, Json]:
    found: dict[str, Json] = expand({"Database": {"ReadReplicas": 2}, **properties})["Resources"]
    return found


def is_raised(alarm: Json, lag: float | None) -> bool:
    """Return whether an alarm is raised that sees one value all the time; None: there is no value."""
    if lag is None:
        return bool(alarm["TreatMissingData"] == "breaching")
    threshold = float(alarm["Threshold"])
    return lag > threshold if alarm["ComparisonOperator"] == "GreaterThanThreshold" else lag < threshold


def is_healthy(made: dict[str, Json], check: str, lag: float | None) -> bool:
    config = made[check]["Properties"]["HealthCheckConfig"]
    if config["Type"] == "CALCULATED":
        states = [is_healthy(made, child["Ref"], lag) for child in config["ChildHealthChecks"]]
        return sum(states) >= int(config["HealthThreshold"])
    return not is_raised(made[config["AlarmIdentifier"]["Name"]["Ref"]]["Properties"], lag)


@pytest.mark.parametrize(
    ("lag", "answers"), [(0, True), (299, True), (301, False), (-1, False), (None, False)], ids=str
)
def test_replica_that_is_down_or_behind_or_stopped_is_left_out(lag: float | None, answers: bool) -> None:
    made = resources()
    records = [each["Properties"] for each in made.values() if each["Type"] == "AWS::Route53::RecordSet"]
    replicas = [record for record in records if record.get("Weight") == 1]
    assert len(replicas) == 2
    for record in replicas:
        assert is_healthy(made, record["HealthCheckId"]["Ref"], lag) == answers


def test_health_checks_of_a_replica_are_about_it_alone() -> None:
    made = resources()
    for number in (1, 2):
        whole = made[f"SiteDatabaseReplica{number}HealthCheck"]["Properties"]["HealthCheckConfig"]
        for child in whole["ChildHealthChecks"]:
            alarm = made[made[child["Ref"]]["Properties"]["HealthCheckConfig"]["AlarmIdentifier"]["Name"]["Ref"]]
            (dimension,) = alarm["Properties"]["Dimensions"]
            assert dimension["Value"] == {"Ref": f"SiteDatabaseReplica{number}"}


def test_two_sites_of_one_vpc_have_zones_of_two_names() -> None:
    shared = resources(Network=VPC)["SiteDatabaseReaderZone"]["Properties"]["Name"]
    assert {"Ref": "AWS::StackId"} in shared["Fn::Join"][1][1]["Fn::Select"][1]["Fn::Split"]
    assert resources()["SiteDatabaseReaderZone"]["Properties"]["Name"] == "site.internal"


def test_records_and_servers_know_the_zone_by_its_name() -> None:
    made = resources(Network=VPC)
    zone = made["SiteDatabaseReaderZone"]["Properties"]["Name"]
    names = [each["Properties"]["Name"] for each in made.values() if each["Type"] == "AWS::Route53::RecordSet"]
    assert names == [{"Fn::Join": [".", ["reader", zone]]}] * 3
    assert str(names[0]) in str(made["SiteWebLaunchTemplate"])
