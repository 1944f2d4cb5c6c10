"""A site with a copy in another Region: both halves, in the right order and in every wrong one, while Regions die.

The tests build on one another: the halves that the first ones deploy are deleted by the last ones.
"""

import json
import re
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.account import Description, changed, described
from tests.deployment.two_regions import SITE, TwoRegions
from tests.sites import Installation, StackError

Json = dict[str, Any]

METHODS = ("GET", "POST")


@pytest.fixture(scope="module")
def two(installation: Installation, ireland: Installation) -> Iterator[TwoRegions]:
    halves = TwoRegions(installation, ireland)
    yield halves
    halves.clear()


@pytest.fixture(scope="module")
def alone() -> Description:
    """Return what the account has while there is only the primary half; empty before."""
    return {}


@pytest.fixture
def served(two: TwoRegions, tmp_path: Path) -> Iterator[None]:
    with two.served(tmp_path):
        yield


def answers(two: TwoRegions) -> list[str]:
    """Return what each method gets: who answered what, or a status."""
    found = [two.ask(method) for method in METHODS]
    return [answer.body if answer.status == 200 else str(answer.status) for answer in found]


def by(half: Installation) -> list[str]:
    """Return the answers of a half's servers."""
    return [f"{half.region} {method}" for method in METHODS]


FRIENDLY = ["503", "503"]


def test_secondary_half_first_is_refused(two: TwoRegions) -> None:
    with pytest.raises(
        StackError, match=f"not deployed in its primary Region yet, or without Secondary.Region: {two.b.region}"
    ):
        two.deploy(two.b)
    two.delete(two.b)
    assert two.left() == []


def test_servers_do_not_stop_for_a_copy_that_is_not_there(two: TwoRegions) -> None:
    two.deploy(two.a)
    before = group_size(two.a, two)
    with pytest.raises(StackError, match=f"The half of Site in {two.b.region} has not published"):
        two.deploy(two.a, Secondary={"ActiveRegion": two.b.region})
    assert group_size(two.a, two) == before
    assert before[0] > 0


def test_copy_that_begins_as_the_active_half_says_what_to_deploy_first(two: TwoRegions) -> None:
    with pytest.raises(StackError, match=r"Deploy both Regions without ActiveRegion, then use .switch."):
        two.deploy(two.b, Secondary={"ActiveRegion": two.b.region})
    two.delete(two.b)


def test_copy_under_another_stack_name_is_refused(two: TwoRegions) -> None:
    with pytest.raises(StackError, match=r"Site of the stack another is not deployed .* under the same stack name"):
        two.b.deploy("another", two.template())
    two.b.delete("another")
    assert two.reported()["PrimaryRegion"] == two.a.region


def test_both_halves(two: TwoRegions, alone: Description) -> None:
    a, reported = two.a.resources(two.name), two.reported()
    alone.update(described(two.a))
    assert reported["PrimaryRegion"] == two.a.region
    assert two.database(two.a)["DBInstanceArn"] == reported["DatabaseArn"]
    b = two.deploy(two.b)
    first, second = two.database(two.a), two.database(two.b)
    assert second["ReadReplicaSourceDBInstanceIdentifier"] == first["DBInstanceArn"]
    assert first["ReadReplicaDBInstanceIdentifiers"] == [second["DBInstanceArn"]]
    assert (first["StorageEncrypted"], second["StorageEncrypted"]) == (True, True)
    assert second["KmsKeyId"].split(":")[3] == two.b.region
    # The same things have the same names in the template.
    assert "SiteDistribution" in a
    assert b.keys() & a.keys() > {"SiteDatabase", "SiteLoadBalancer", "SiteAutoScalingGroup", "SiteVpc"}
    assert "SiteDistribution" not in b


def test_halves_fit_each_other(two: TwoRegions) -> None:
    blocks = [
        ip_network(
            half.client("ec2").describe_vpcs(VpcIds=[half.resources(two.name)["SiteVpc"]])["Vpcs"][0]["CidrBlock"]
        )
        for half in (two.a, two.b)
    ]
    assert not blocks[0].overlaps(blocks[1])
    sizes = [group_size(half, two) for half in (two.a, two.b)]
    assert sizes[0][0] > 0
    assert sizes[1][0] == 0
    words = [
        half.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
        for half, arn in (
            (two.a, two.reported()["OriginSecretArn"].replace(two.b.region, two.a.region)),
            (two.b, two.reported()["OriginSecretArn"]),
        )
    ]
    assert words[0] == words[1]


def group_size(half: Installation, two: TwoRegions) -> tuple[int, int]:
    name = half.resources(two.name)["SiteAutoScalingGroup"]
    (group,) = half.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])[
        "AutoScalingGroups"
    ]
    return group["MinSize"], group["DesiredCapacity"]


def compared(two: TwoRegions) -> list[str] | None:
    """Return what differs in both halves, by the function as the rule invokes it; None if it fails."""
    rule = two.b.resources(two.name)["SiteHalfComparisonSchedule"].rpartition("/")[2]
    (target,) = two.b.client("events").list_targets_by_rule(Rule=rule)["Targets"]
    answer = two.b.client("lambda").invoke(FunctionName=target["Arn"], Payload=target["Input"].encode())
    found = json.loads(answer["Payload"].read())
    return None if "FunctionError" in answer else list(found["Differing"])


def test_comparison_names_what_an_update_of_one_half_changes_until_the_other_has_it(two: TwoRegions) -> None:
    assert compared(two) == []
    changed_file: Json = {"WebServers": {"MaxSize": 12}}
    two.deploy(two.a, **changed_file)
    size, of_file = sorted(compared(two) or [], reverse=True)
    assert size == f"Resources.AutoScalingGroup.MaxSize: 12 in {two.a.region}, 9 in {two.b.region}"
    assert re.fullmatch(f"Properties.WebServers: [0-9a-f]+ in {two.a.region}, nothing in {two.b.region}", of_file)
    two.deploy(two.b, **changed_file)
    assert compared(two) == []


def test_comparison_fails_while_the_primary_region_is_dead(two: TwoRegions) -> None:
    with two.dead(two.a):
        assert compared(two) is None


def test_primary_half_is_updated_while_the_copys_region_is_dead(two: TwoRegions) -> None:
    with two.dead(two.b):
        two.deploy(two.a, WebServers={"MaxSize": 15})
    assert len(compared(two) or []) == 2
    two.deploy(two.b, WebServers={"MaxSize": 15})


def test_assets_are_in_both_regions(two: TwoRegions) -> None:
    bucket = two.a.resources(two.name)["SiteAssetsBucket"]
    two.a.client("s3").put_object(Bucket=bucket, Key="assets/site.css", Body=b"body {}")
    copy = two.reported()["AssetsBucket"]
    assert two.b.client("s3").get_object(Bucket=copy, Key="assets/site.css")["Body"].read() == b"body {}"


def test_copy_in_use_is_not_dropped_and_nothing_of_it_changes(two: TwoRegions) -> None:
    replicas = two.database(two.a)["ReadReplicaDBInstanceIdentifiers"]
    body = two.template()
    del body["Resources"]["Site"]["Properties"]["Secondary"]
    with pytest.raises(StackError, match=f"The copy in {two.b.region} is in use: it replicates the database"):
        two.a.deploy(two.name, body)
    # As a site of its own, the copy would also have the names of the primary half, which fails on its own.
    with pytest.raises(StackError):
        two.b.deploy(two.name, body)
    assert two.database(two.a)["ReadReplicaDBInstanceIdentifiers"] == replicas
    assert two.database(two.b)["ReadReplicaSourceDBInstanceIdentifier"]
    assert two.b.client("secretsmanager").describe_secret(SecretId=two.reported()["DatabaseSecretArn"])


@pytest.mark.usefixtures("served")
def test_every_method_is_answered_by_the_active_half(two: TwoRegions) -> None:
    assert answers(two) == by(two.a)
    with two.dead(two.a):
        assert answers(two) == FRIENDLY
        two.switch(on=True)
        assert answers(two) == by(two.b)
    # The first Region is back: nothing turns by itself.
    assert answers(two) == by(two.b)
    with two.dead(two.b):
        assert answers(two) == by(two.a)
    two.switch(on=False)
    assert answers(two) == by(two.a)


def test_secondary_half_is_updated_while_the_primary_region_is_dead(two: TwoRegions) -> None:
    with two.dead(two.a):
        two.deploy(two.b, Secondary={"Mode": "WarmStandby", "MinSize": 2})
    assert group_size(two.b, two)[0] == 2


def test_secondary_half_is_deleted_and_the_primary_one_does_not_notice(two: TwoRegions, alone: Description) -> None:
    before = described(two.a)
    assert two.delete(two.b) == "DELETE_COMPLETE", two.b.failures(two.name)
    assert two.database(two.a)["ReadReplicaDBInstanceIdentifiers"] == []
    after = described(two.a)
    # IAM and the list of buckets are both halves', and so is the zone.
    mine = [{title: part for title, part in each.items() if title in alone} for each in (before, after)]
    known = ("ReadReplicaDBInstanceIdentifiers", f"route53 _records {two.zone.removeprefix('/hostedzone/')}:")
    assert [each for each in changed(*mine) if not any(part in each for part in known)] == []
    assert records(two) == [("PRIMARY", f"active.{SITE}."), ("PRIMARY", f"{SITE}."), ("SECONDARY", f"{SITE}.")]


def records(two: TwoRegions) -> list[tuple[str, str]]:
    """Return the failover records of type A in the zone."""
    found = two.a.client("route53").list_resource_record_sets(HostedZoneId=two.zone)["ResourceRecordSets"]
    return sorted((each["Failover"], each["Name"]) for each in found if "Failover" in each and each["Type"] == "A")


def test_primary_half_is_deleted_with_all_but_data_in_the_other_region(two: TwoRegions) -> None:
    assert two.delete(two.a) == "DELETE_COMPLETE", two.a.failures(two.name)
    assert two.reported() == {}
    # The copy of the assets, and the copy's logs.
    kinds = [re.sub("(-[0-9a-f]{4,})+(?=-|$)", "", name) for name in two.left()]
    assert sorted(kinds) == ["copy-assets", f"{two.name}-sitelogsbucket"]
