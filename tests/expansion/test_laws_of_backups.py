"""What must hold for every site whose backups are replicated to another Region, before and after a recovery there."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given

from resilient_website.facts.store_identity import IDENTITY
from resilient_website.problems import InvalidTemplateError
from tests.expansion.expanded import Resources, everywhere, expand, of_type
from tests.expansion.random_copies import BACKED_UP, PRIMARY, SECONDARY, with_copy
from tests.expansion.second_region import names_read, protected, unresolved
from update_protection.replaced_stores import losses

Json = dict[str, Any]


def primary(site: Json, **changed: Any) -> Resources:
    return expand(with_copy(site, **changed), PRIMARY)


def recovered(site: Json, **changed: Any) -> Resources:
    """Return the half that a recovery makes in the secondary Region."""
    return expand(with_copy(site, ActiveRegion=SECONDARY, **changed), SECONDARY)


def there(half: Resources) -> Resources:
    """Return what the primary half makes in the secondary Region."""
    _, *stacks = everywhere(half)
    return {name: body for stack in stacks for name, body in stack.items()}


def given_of(half: Resources) -> Json:
    properties: Json = half["SiteDatabase"]["Properties"]
    return properties


@given(BACKED_UP)
def test_backups_are_replicated_under_a_key_that_is_retained(site: Json) -> None:
    half = primary(site)
    keys = [body for body in there(half).values() if body["Type"] == "AWS::KMS::Key"]
    if "SiteDatabase" not in half:
        assert keys == []
        return
    database = given_of(half)
    assert database["AutomaticBackupReplicationRegion"] == SECONDARY
    assert database["AutomaticBackupReplicationRetentionPeriod"] == database["BackupRetentionPeriod"]
    stack, output = database["AutomaticBackupReplicationKmsKeyId"]["Fn::GetAtt"]
    outputs = json.loads(half[stack]["Properties"]["TemplateBody"])["Outputs"]
    assert outputs[output]["Value"]["Fn::GetAtt"][1] == "Arn"
    (key,) = keys
    assert key["DeletionPolicy"].startswith("Retain")


@given(BACKED_UP)
def test_nothing_runs_in_the_secondary_region_before_a_recovery(site: Json) -> None:
    kinds = {body["Type"] for body in there(primary(site)).values()}
    assert not any(kind.startswith(("AWS::EC2::", "AWS::RDS::", "AWS::ElasticLoadBalancing")) for kind in kinds)
    with pytest.raises(InvalidTemplateError, match=rf"Secondary\.Mode: found Backups.*ActiveRegion: {SECONDARY}"):
        expand(site, SECONDARY)


@given(BACKED_UP)
def test_recovered_half_refers_to_nothing_of_the_primary_region(site: Json) -> None:
    half = recovered(site)
    assert list(unresolved(half, set())) == []
    # The layer of the functions is the installer's, in the tests of one Region for all.
    own = [body for body in half.values() if body["Type"] != "AWS::Lambda::Function"]
    assert PRIMARY not in json.dumps(own)
    assert names_read(half) <= set(half["SitePrimaryHalf"]["Properties"]["Names"])
    assert there(half) == {}


@given(BACKED_UP)
def test_database_is_restored_from_what_the_custom_resource_finds(site: Json) -> None:
    half = recovered(site)
    if "SiteDatabase" not in half:
        assert "SiteReplicatedBackup" not in half
        return
    database, asked = given_of(half), half["SiteReplicatedBackup"]["Properties"]["SourceDBInstanceArn"]
    assert database["SourceDBInstanceAutomatedBackupsArn"] == {"Fn::GetAtt": ["SiteReplicatedBackup", "Arn"]}
    time = site["Secondary"].get("RestoreTime")
    wanted = {"UseLatestRestorableTime": True} if time is None else {"RestoreTime": time}
    assert {
        name: database.get(name) for name in ("UseLatestRestorableTime", "RestoreTime") if name in database
    } == wanted
    assert asked == {"Fn::GetAtt": ["SitePrimaryHalf", "DatabaseArn"]}
    # What RDS takes from the backups, and refuses beside them or may have in another size.
    assert not {"DBName", "MasterUsername", "AllocatedStorage", "KmsKeyId", "SourceDBInstanceIdentifier"} & set(
        database
    )
    assert half["SiteDatabase"]["DeletionPolicy"] == primary(site)["SiteDatabase"]["DeletionPolicy"]


@pytest.mark.parametrize("time", ["2026-02-30T00:00:00Z", "2026-03-01T25:20:00Z", "2026-03-01 01:20:00"])
def test_time_that_does_not_exist_is_refused(time: str) -> None:
    site = {"Secondary": {"Mode": "Backups", "RestoreTime": time}}
    with pytest.raises(InvalidTemplateError, match="RestoreTime: found"):
        recovered(site)


@given(BACKED_UP)
def test_recovered_database_is_protected_and_no_later_update_replaces_it(site: Json) -> None:
    half = recovered(site)
    if "SiteDatabase" not in half:
        return
    later = recovered(site, Replica=True)
    assert "SiteDatabase" in protected(half).stores
    identity = set(IDENTITY["AWS::RDS::DBInstance"])
    assert {name: given_of(half).get(name) for name in identity} == {
        name: given_of(later).get(name) for name in identity
    }
    assert losses(protected(half), protected(later)) == []


@given(BACKED_UP)
def test_recovery_and_the_way_back_lose_no_store_of_the_primary_half(site: Json) -> None:
    states = [
        primary(site),
        primary(site, ActiveRegion=SECONDARY),
        primary(site, ActiveRegion=SECONDARY, Replica=True),
        primary(site, Replica=True),
    ]
    for before, after in itertools.pairwise(states):
        assert losses(protected(before), protected(after)) == []
    if "SiteDatabase" in states[0]:
        replicated = ["AutomaticBackupReplicationRegion" in given_of(state) for state in states]
        assert replicated == [True, True, False, True]
        assert "SourceDBInstanceIdentifier" in given_of(states[2])


@given(BACKED_UP)
def test_recovered_half_is_the_whole_site(site: Json) -> None:
    half, first = recovered(site), primary(site)
    for kind in ("AWS::AutoScaling::AutoScalingGroup", "AWS::RDS::DBInstance", "AWS::ElastiCache::ReplicationGroup"):
        assert dict(of_type(half, kind)).keys() == dict(of_type(first, kind)).keys()
    sizes = [half_["SiteAutoScalingGroup"]["Properties"]["MinSize"] for half_ in (half, first)]
    assert sizes[0] == sizes[1]
