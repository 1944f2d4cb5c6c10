"""What the services refuse though the schemas call it a change in place: every row of the table, and what is taken."""

from typing import Any

import pytest

from tests.diff.neighbours import BOTH_WAYS
from tests.diff.stacks import as_stack, changes, database, ref, resources, site, stores
from updates.advice import advice, refusal_text
from updates.effects import Effect
from updates.resource_schemas import require, rules
from updates.service_refusals import CHECKS, Refusal, table
from updates.site_properties import site_properties

Json = dict[str, Any]

REPLICA: Json = {"Type": "AWS::RDS::DBInstance", "Properties": {"SourceDBInstanceIdentifier": ref("One")}}
ZONE_1: Json = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}
TIERS = ("Public", "Cache", "Database")
MAJOR = {"AllowMajorVersionUpgrade": True}


def mysql(version: str, **properties: Any) -> Json:
    return database(EngineVersion=version, **properties)


def group(engine: str, version: str) -> Json:
    return {"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {"Engine": engine, "EngineVersion": version}}


def memcached(version: str) -> Json:
    return {"Type": "AWS::ElastiCache::CacheCluster", "Properties": {"Engine": "memcached", "EngineVersion": version}}


def in_vpc(type_name: str, vpc: Any) -> Json:
    """Return a subnet group as One, with its subnet."""
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": vpc, "CidrBlock": "10.0.0.0/24"}}
    return {"One": {"Type": type_name, "Properties": {"SubnetIds": [ref("Subnet")]}}, "Subnet": subnet}


def shards(**properties: Any) -> Json:
    given = {"CacheParameterGroupName": "default.valkey8", **properties}
    return {
        "Type": "AWS::ElastiCache::ReplicationGroup",
        "Properties": given,
        "UpdatePolicy": {"UseOnlineResharding": True},
    }


def subnet(zone: str, vpc: Any = "vpc-1", cidr: str = "10.0.0.0/24") -> Json:
    return {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": vpc, "CidrBlock": cidr, "AvailabilityZone": zone}}


def vpc_origin(port: int) -> Json:
    """Return a VPC origin as One, with the distribution that uses it."""
    config = {"Name": "web", "HTTPPort": port}
    distribution = {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": ref("One")}}
    origin = {"Type": "AWS::CloudFront::VpcOrigin", "Properties": {"VpcOriginEndpointConfig": config}}
    return {"One": origin, "Distribution": distribution}


# What is refused: the check, and the resources before and after.
REFUSED: list[tuple[str, Json, Json]] = [
    ("smaller", {"One": database(AllocatedStorage="40")}, {"One": database(AllocatedStorage=20)}),
    ("earlier", {"One": mysql("8.4.8")}, {"One": mysql("8.0.43")}),
    ("earlier", {"One": mysql("8.4.8")}, {"One": mysql("8.4.3", **MAJOR)}),
    ("earlier", {"One": group("redis", "7.1")}, {"One": group("redis", "6.2")}),
    ("earlier", {"One": memcached("1.6.22")}, {"One": memcached("1.6.6")}),
    ("cluster mode in one step", {"One": shards()}, {"One": shards(ClusterMode="enabled", NumNodeGroups=2)}),
    (
        "cluster mode in one step",
        {"One": shards(ClusterMode="disabled")},
        {"One": shards(CacheParameterGroupName="default.valkey8.cluster.on", ClusterMode="enabled")},
    ),
    ("used by a distribution", vpc_origin(80), vpc_origin(8080)),
    ("the same addresses in a VPC that stays", {"One": subnet("us-east-1a")}, {"One": subnet("us-east-1b")}),
    ("later major version, not allowed", {"One": mysql("8.0")}, {"One": mysql("8.4")}),
    ("major version left out", {"One": mysql("5.7.44")}, {"One": mysql("8.4.8", **MAJOR)}),
    (
        "later, before its replicas",
        {"One": mysql("8.0"), "Two": REPLICA},
        {"One": mysql("8.4", **MAJOR), "Two": REPLICA},
    ),
    ("later, before its replicas", {"One": mysql("8.4.3"), "Two": REPLICA}, {"One": mysql("8.4.8")}),
    (
        "zero, with replicas",
        {"One": database(BackupRetentionPeriod=7), "Two": REPLICA},
        {"One": database(BackupRetentionPeriod=0)},
    ),
    (
        "limit below what is allocated",
        {"One": database(MaxAllocatedStorage=100)},
        {"One": database(MaxAllocatedStorage=100, AllocatedStorage="95")},
    ),
    *(
        ("another VPC", in_vpc(type_name, "vpc-1"), in_vpc(type_name, "vpc-2"))
        for type_name in ("AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup")
    ),
    ("Valkey to Redis OSS", {"One": group("valkey", "8.2")}, {"One": group("redis", "7.1")}),
]

# What looks like it and is taken.
TAKEN: list[tuple[Json, Json]] = [
    ({"One": database(AllocatedStorage="20")}, {"One": database(AllocatedStorage="40")}),
    # 8.4 is whatever 8.4.x the database has.
    ({"One": mysql("8.4.8")}, {"One": mysql("8.4")}),
    ({"One": mysql("8.4")}, {"One": mysql("8.4.8")}),
    ({"One": mysql("8.0.43")}, {"One": mysql("8.4.8", **MAJOR)}),
    ({"One": mysql("8.0")}, {"One": mysql("8.4", **MAJOR), "Two": REPLICA}),
    (
        {"One": database(Engine="postgres", EngineVersion="16.1")},
        {"One": database(Engine="postgres", EngineVersion="16.4")},
    ),
    ({"One": database(BackupRetentionPeriod=7)}, {"One": database(BackupRetentionPeriod=0)}),
    ({"One": shards()}, {"One": shards(ClusterMode="compatible")}),
    ({"One": shards(ClusterMode="compatible")}, {"One": shards(ClusterMode="enabled")}),
    ({"One": shards(NumNodeGroups=2)}, {"One": shards(NumNodeGroups=2, ClusterMode="enabled")}),
    ({"One": database(MaxAllocatedStorage=100)}, {"One": database(MaxAllocatedStorage=100, AllocatedStorage="90")}),
    ({"One": group("redis", "7.1")}, {"One": group("valkey", "8.2")}),
    ({"One": group("redis", "7.1")}, {"One": group("valkey", "7.0")}),
    (in_vpc("AWS::RDS::DBSubnetGroup", "vpc-1"), {**in_vpc("AWS::RDS::DBSubnetGroup", "vpc-1"), "Two": REPLICA}),
]


@pytest.mark.parametrize(("when", "old", "new"), REFUSED)
def test_refused(when: str, old: Json, new: Json) -> None:
    change = changes(resources(**old), resources(**new))["One"]
    found = [each.refusal for each in change.properties if each.refusal is not None]
    assert change.effect is Effect.REFUSED
    assert when in {row.when for row in found}
    assert found[0].why in refusal_text(change)
    assert found[0].instead in refusal_text(change)


@pytest.mark.parametrize(("old", "new"), TAKEN)
def test_taken(old: Json, new: Json) -> None:
    change = changes(resources(**old), resources(**new)).get("One")
    assert change is None or change.effect in (Effect.CHANGED, Effect.INTERRUPTED)


@pytest.mark.parametrize(
    "new", [subnet("us-east-1b", cidr="10.0.1.0/24"), subnet("us-east-1b", "vpc-2"), subnet("us-east-1a", "vpc-2")]
)
def test_subnet_with_addresses_that_nobody_has_is_replaced(new: Json) -> None:
    assert changes(resources(One=subnet("us-east-1a")), resources(One=new))["One"].effect is Effect.REPLACED


def test_subnet_in_a_replaced_vpc_may_have_the_same_addresses() -> None:
    vpcs = [{"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}} for cidr in ("10.0.0.0/16", "10.0.0.0/8")]
    zones = [subnet(zone, ref("Vpc")) for zone in ("us-east-1a", "us-east-1b")]
    found = changes(*(resources(Vpc=vpc, One=one) for vpc, one in zip(vpcs, zones, strict=True)))
    assert found["One"].effect is Effect.REPLACED


def test_subnet_whose_zone_may_be_the_same_is_not_refused() -> None:
    first = {**subnet("us-east-1a"), "Properties": {**subnet("")["Properties"], "AvailabilityZone": ZONE_1}}
    found = changes(resources(One=first), resources(One=subnet("us-east-1a")))
    assert found["One"].effect is Effect.MAY_BE_REPLACED


def test_replaced_vpc_is_another_one() -> None:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
    other = {**vpc, "Properties": {"CidrBlock": "10.1.0.0/16"}}
    tied = in_vpc("AWS::RDS::DBSubnetGroup", ref("Vpc"))
    found = changes(resources(Vpc=vpc, **tied), resources(Vpc=other, **tied))
    assert found["One"].effect is Effect.REFUSED
    assert [each.because for each in found["One"].properties] == ["Subnet"]


def test_what_is_replaced_is_not_refused() -> None:
    old, new = database(AllocatedStorage="40", DBName="a"), database(AllocatedStorage="20", DBName="b")
    assert changes(resources(One=old), resources(One=new))["One"].effect is Effect.REPLACED


def test_refused_store_is_kept_and_told() -> None:
    old, new = resources(One=database(AllocatedStorage="40")), resources(One=database(AllocatedStorage="20"))
    store = stores(old, new)["One"]
    assert (store.safe, store.fate.name) == (False, "KEPT")
    assert advice(store, site_properties()) == "RDS takes no storage away. Leave it as it is."


def test_every_row_is_met_by_a_test() -> None:
    met = {
        (each.refusal.type, each.refusal.when)
        for _, old, new in REFUSED
        for each in changes(resources(**old), resources(**new))["One"].properties
        if each.refusal is not None
    }
    assert met == {(row.type, row.when) for row in table()}
    assert {row.when for row in table()} == set(CHECKS)


@pytest.mark.parametrize("row", table(), ids=lambda row: f"{row.type} {row.when}")
def test_rows_are_about_properties_that_the_schemas_change_as_the_rows_say(row: Refusal) -> None:
    for name in row.properties:
        require(row.type, (name,))
        assert ((name,) in rules(row.type).fixed) == row.replaced
    assert row.source.startswith(("A",)) and ": " in row.source
    assert not row.why.endswith(".") and not row.instead.endswith(".")


def test_what_sites_meet() -> None:
    """Of neighbouring sites, these changes are refused, and no others."""
    met = {
        (name, logical_id)
        for name, (old, new) in BOTH_WAYS.items()
        for logical_id, change in changes(site(old), site(new)).items()
        if change.effect is Effect.REFUSED
    }
    assert met == {
        ("addresses, there", "SiteDatabaseSubnetGroup"),
        ("addresses, and back", "SiteDatabaseSubnetGroup"),
        ("cache's engine, there", "SiteCacheReplicationGroup"),
        ("database's storage, and back", "SiteDatabase"),
        ("database's version, and back", "SiteDatabase"),
    }


def test_shards_for_a_cache_without_them_are_refused() -> None:
    found = changes(site({"Cache": True}), site({"Cache": {"NumNodeGroups": 2}}))
    assert found["SiteCacheReplicationGroup"].effect is Effect.REFUSED


def test_other_zones_in_the_place_of_those_that_are_there_are_refused() -> None:
    def zones(*letters: str) -> Json:
        return site({"Network": {"AvailabilityZones": [f"us-east-1{letter}" for letter in letters]}})

    moved = changes(zones("a", "b"), zones("b", "c"))
    refused = {name for name, change in moved.items() if change.effect is Effect.REFUSED}
    assert refused == {f"Site{tier}Subnet{number}" for tier in TIERS for number in (1, 2)}
    added = changes(zones("a", "b"), zones("a", "b", "c"))
    assert not [name for name, change in added.items() if change.effect is Effect.REFUSED]


def test_upgrade_of_a_site_with_replicas_is_refused_and_without_them_taken() -> None:
    def versions(version: str, replicas: int) -> Json:
        return site({"Database": {"EngineVersion": version, "ReadReplicas": replicas}})

    assert changes(versions("8.0", 0), versions("8.4", 0))["SiteDatabase"].effect is Effect.INTERRUPTED
    assert changes(versions("8.0", 1), versions("8.4", 1))["SiteDatabase"].effect is Effect.REFUSED
    assert set(as_stack(versions("8.0", 1))) >= {"SiteDatabaseReplica1"}
