"""What must hold for every switch to the copy in another Region, and back: no store is lost, and one half writes."""

from typing import Any

import pytest
from hypothesis import given

from resilient_website.cloudformation.references import depends_on
from resilient_website.facts.store_identity import IDENTITY
from tests.expansion.expanded import expand, of_type
from tests.expansion.random_copies import PRIMARY, SECONDARY, SITES, SWITCH, copy_half, halves, primary_half, with_copy
from tests.expansion.second_region import protected, waits_for
from tests.hypothesis_profile import examples
from update_protection.replaced_stores import losses

Json = dict[str, Any]

# What has data or leads visitors to it: an update that is refused changes none of it.
HELD_BACK = (
    "AWS::AutoScaling::AutoScalingGroup",
    "AWS::CloudFront::Distribution",
    "AWS::RDS::DBInstance",
    "AWS::SecretsManager::Secret",
)


@given(SITES)
@examples(25)
def test_naming_the_active_primary_region_changes_nothing(site: Json) -> None:
    assert halves(site) == halves(site, ActiveRegion=PRIMARY)


@given(SITES)
def test_switch_costs_no_store(site: Json) -> None:
    before, after = halves(site), halves(site, ActiveRegion=SECONDARY)
    for one, other in zip(before, after, strict=True):
        assert losses(protected(one), protected(other)) == []
    assert losses(protected(after[0]), protected(before[0])) == []


@given(SITES)
def test_exactly_the_source_leaves_the_promoted_database(site: Json) -> None:
    standby, active = (copy_half(site, **active) for active in SWITCH)
    if "SiteDatabase" not in standby:
        return
    before, after = (half["SiteDatabase"]["Properties"] for half in (standby, active))
    assert before.keys() - after.keys() == {"SourceDBInstanceIdentifier"}
    assert after.keys() <= before.keys()
    changed = {name for name, value in after.items() if before[name] != value}
    assert changed <= {"MultiAZ"}
    assert not changed & set(IDENTITY["AWS::RDS::DBInstance"])


@given(SITES)
@examples(25)
def test_copy_is_not_created_as_the_active_half_unless_its_database_has_data(site: Json) -> None:
    standby, active = (copy_half(site, **active) for active in SWITCH)
    assert "PromotedDatabase" not in standby["SitePrimaryHalf"]["Properties"]
    assert ("PromotedDatabase" in active["SitePrimaryHalf"]["Properties"]) is ("SiteDatabase" in active)
    if "SiteDatabase" in active:
        restored = {**site, "Overrides": {"Database": {"DBSnapshotIdentifier": "night"}}}
        active = copy_half(restored, ActiveRegion=SECONDARY)
        assert "PromotedDatabase" not in active["SitePrimaryHalf"]["Properties"]


@given(SITES)
@examples(25)
def test_way_back_is_refused_until_the_replica_is_asked_for(site: Json) -> None:
    active = halves(site, ActiveRegion=SECONDARY)
    if "SiteDatabase" not in active[0]:
        return
    assert losses(protected(active[1]), protected(copy_half(site)))
    rejoining = halves(site, ActiveRegion=SECONDARY, Replica=True)
    assert losses(protected(active[0]), protected(rejoining[0])) == []
    assert losses(protected(active[1]), protected(rejoining[1])) == []
    back = halves(site, Replica=True)
    for before, after in zip(rejoining, back, strict=True):
        assert losses(protected(before), protected(after)) == []


@given(SITES)
def test_no_server_of_a_standby_writes_to_a_database_that_is_out_of_date(site: Json) -> None:
    primary = primary_half(site, ActiveRegion=SECONDARY)
    if "SiteDatabase" not in primary:
        return
    group = primary["SiteAutoScalingGroup"]["Properties"]
    assert (group["MinSize"], group["DesiredCapacity"]) == ("0", "0")


@given(SITES)
@examples(25)
def test_warm_standby_has_its_size_and_its_alarm_in_each_half_that_is_not_active(site: Json) -> None:
    there, here = copy_half(site), primary_half(site, ActiveRegion=SECONDARY, Replica=True)
    sizes = [half["SiteAutoScalingGroup"]["Properties"]["MinSize"] for half in (there, here)]
    assert sizes[0] == sizes[1]
    assert (sizes[0] != "0") is (site["Secondary"].get("Mode") == "WarmStandby")
    for half in (there, here):
        assert ("SiteStandbyServersAlarm" in half) is (sizes[0] != "0")
    assert "SiteStandbyServersAlarm" not in primary_half(site)


@given(SITES)
def test_servers_stop_only_once_the_copy_is_there(site: Json) -> None:
    for given_secondary in ({}, {"Replica": True}):
        primary, copy = halves(site, ActiveRegion=SECONDARY, **given_secondary)
        assert "SiteSecondaryHalf" in depends_on(primary["SiteAutoScalingGroup"])
        names = primary["SiteSecondaryHalf"]["Properties"]["Names"]
        assert {f"SitePublished{name}" for name in names} <= copy.keys()
        (name,) = {"CopyDatabaseArn", "CopyRegion"} & set(names)
        # What says that the copy is there comes after its database or its servers.
        there = {copy[each]["Type"] for each in waits_for(copy, f"SitePublished{name}")}
        assert there & {"AWS::RDS::DBInstance", "AWS::AutoScaling::AutoScalingGroup"}
    assert "SiteSecondaryHalf" not in depends_on(primary_half(site)["SiteAutoScalingGroup"])


@given(SITES)
def test_group_can_grow_to_the_full_size_in_both_halves(site: Json) -> None:
    groups = [half["SiteAutoScalingGroup"]["Properties"] for active in SWITCH for half in halves(site, **active)]
    assert len({group["MaxSize"] for group in groups}) == 1
    sizes = {tag["Value"] for group in groups for tag in group["Tags"] if tag["Key"] == "resilient-website:active-size"}
    assert sizes == {groups[0]["MinSize"]} == {groups[3]["MinSize"]}
    assert all(int(group["MinSize"]) <= int(group["MaxSize"]) for group in groups)


@given(SITES)
@examples(25)
def test_protection_knows_the_copy_in_both_halves(site: Json) -> None:
    for active in SWITCH:
        for half in halves(site, **active):
            given_copy = half["SiteUpdateProtection"]["Properties"].get("Copy")
            if "SiteDatabase" not in half:
                assert given_copy is None
                assert "SiteUpdateProtectionPolicy" not in half
                continue
            assert given_copy == {"Region": SECONDARY, "Database": "SiteDatabase", "IsActive": bool(active)}
            policy = half["SiteUpdateProtectionPolicy"]["Properties"]
            (statement,) = policy["PolicyDocument"]["Statement"]
            assert policy["Roles"] == [{"Ref": "UpdateProtectionRole"}]
            assert statement["Action"] == "rds:DescribeDBInstances"
            assert statement["Resource"] == {"Fn::GetAtt": ["SiteDatabase", "DBInstanceArn"]}


@given(SITES)
@examples(25)
def test_removal_of_the_copy_is_refused_before_data_or_visitors_are_concerned(site: Json) -> None:
    before = primary_half(site)
    after = expand({name: value for name, value in site.items() if name != "Secondary"})
    if "Copy" not in before["SiteUpdateProtection"]["Properties"]:
        return
    changed = [name for name in before.keys() & after.keys() if before[name] != after[name]]
    for name in changed:
        if after[name]["Type"] in HELD_BACK:
            assert "SiteUpdateProtection" in waits_for(after, name), name


@given(SITES)
@examples(25)
def test_deletion_of_each_half_asks_for_replicas_of_its_database_first(site: Json) -> None:
    for half in halves(site):
        assert ("SiteReplicatedDatabase" in half) is ("SiteDatabase" in half)
        if "SiteDatabase" in half:
            assert half["SiteReplicatedDatabase"]["Properties"]["Database"] == {"Ref": "SiteDatabase"}
            first = waits_for(half, "SiteReplicatedDatabase")
            assert {name for name, body in half.items() if body["Type"] in HELD_BACK} <= first


@pytest.mark.parametrize("mode", ["PilotLight", "WarmStandby"])
def test_sizes(mode: str) -> None:
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Secondary": {"Region": SECONDARY, "Mode": mode},
        "Cache": True,
    }
    standby = expand(site, SECONDARY)
    group = standby["SiteAutoScalingGroup"]
    warm = mode == "WarmStandby"
    assert group["Properties"]["MinSize"] == ("3" if warm else "0")
    assert ("CreationPolicy" in group) is warm
    assert standby["SiteDatabase"]["Properties"]["MultiAZ"] is warm
    assert bool(list(of_type(standby, "AWS::ElastiCache::ReplicationGroup"))) is warm
    active = expand(with_copy(site, ActiveRegion=SECONDARY), SECONDARY)
    assert active["SiteAutoScalingGroup"]["Properties"]["MinSize"] == "3"
    assert active["SiteDatabase"]["Properties"]["MultiAZ"] is True
    assert list(of_type(active, "AWS::ElastiCache::ReplicationGroup"))
