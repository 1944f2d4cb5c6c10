"""What the services refuse though the schemas call it a change in place: every row of the table, and what is taken."""

import pytest

from cli.analysis.updates.advice import advice, refusal_text
from cli.analysis.updates.comparison import compare
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.refusal import Refusal
from cli.analysis.updates.resource_schemas import require, rules
from cli.analysis.updates.service_refusals import CHECKS, table
from cli.analysis.updates.site_properties import site_properties
from resilient_website.expand import expand_template
from tests.diff.neighbours import BOTH_WAYS
from tests.diff.service_changes import REFUSED, TAKEN, TIERS, Json, in_vpc, subnet
from tests.diff.stacks import REGION, as_stack, changes, database, ref, resources, site, stores

ZONE_1: Json = {"Fn::Select": [0, {"Fn::GetAZs": ""}]}


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
    assert [each.caused_by for each in found["One"].properties] == ["Subnet"]


def test_what_is_replaced_is_not_refused() -> None:
    old, new = database(AllocatedStorage="40", DBName="a"), database(AllocatedStorage="20", DBName="b")
    assert changes(resources(One=old), resources(One=new))["One"].effect is Effect.REPLACED


def test_refused_store_is_kept_and_told() -> None:
    old, new = resources(One=database(AllocatedStorage="40")), resources(One=database(AllocatedStorage="20"))
    store = stores(old, new)["One"]
    assert (store.safe, store.outcome.name) == (False, "KEPT")
    assert advice(store, site_properties()) == "RDS can't reduce allocated storage. Keep the old value."


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
    assert row.source.startswith(("A", "Elastic Load Balancing API")) and ": " in row.source
    assert not row.why.endswith(".") and not row.instead.endswith(".")


# Moves to other addresses or another VPC, and what is refused of them; a VPC that leaves takes its gateway along.
GATEWAY = "SiteInternetGatewayAttachment"
MOVES = {
    "database's support": ("SiteDatabase",),
    "addresses": ("SiteDatabaseSubnetGroup", "SiteLoadBalancer", GATEWAY),
    "addresses without stores": ("SiteLoadBalancer", GATEWAY),
    "a VPC that exists without stores": ("SiteLoadBalancer",),
    "another VPC that exists without stores": ("SiteLoadBalancer",),
}


def test_what_sites_meet() -> None:
    """Of neighbouring sites, these changes are refused, and no others."""
    met = {
        (name, logical_id)
        for name, (old, new) in BOTH_WAYS.items()
        for logical_id, change in changes(site(old), site(new)).items()
        if change.effect is Effect.REFUSED
    }
    assert met == {
        *(
            (f"{name}, {way}", logical_id)
            for name, refused in MOVES.items()
            for way in ("there", "and back")
            for logical_id in refused
        ),
        *(("IPv6, there", f"SitePublicSubnet{number}") for number in (1, 2, 3)),
        ("cache's engine, there", "SiteCacheReplicationGroup"),
        *(("two and three zones, and back", f"Site{store}SubnetGroup") for store in ("Cache", "Database")),
        ("three and four zones, and back", "SiteDatabaseSubnetGroup"),
        ("database's storage, and back", "SiteDatabase"),
        ("database's version, and back", "SiteDatabase"),
    }


def test_load_balancer_that_is_replaced_brings_its_own_target_group() -> None:
    for name in ("load balancer's scheme, there", "load balancer's scheme, and back", "load balancer's name, there"):
        old, new = (site(each) for each in BOTH_WAYS[name])
        found = changes(old, new)
        groups = {each for each, change in found.items() if change.type.endswith("::TargetGroup")}
        assert found["SiteLoadBalancer"].effect is Effect.REPLACED
        assert {found[each].effect for each in groups} == {Effect.ADDED, Effect.DELETED}


def test_name_from_a_parameter_is_refused_as_the_target_group_stays() -> None:
    properties = {"Overrides": {"LoadBalancer": {"Name": {"Ref": "Name"}}}}
    compact = {"Type": "ResilientWebsite", "Properties": properties}
    template = {"Parameters": {"Name": {"Type": "String"}}, "Resources": {"Site": compact}}
    old, new = (as_stack(expand_template(template, {"Name": name}, REGION), Name=name) for name in ("one", "two"))
    found = {change.logical_id: change for change in compare(old, new, REGION)}
    assert found["SiteLoadBalancer"].effect is Effect.REPLACED
    assert found["SiteCloudFrontOnly"].effect is Effect.REFUSED


def test_steps_that_take_ipv6_away_are_taken() -> None:
    """The steps that the refusal advises: none of them is refused."""
    subnets = {f"PublicSubnet{number}": {"AssignIpv6AddressOnCreation": False} for number in (1, 2, 3)}
    between: Json = {"Overrides": {"LoadBalancer": {"IpAddressType": "ipv4"}, **subnets}}
    for old, new in (({}, between), (between, {"Network": {"Ipv6": False}})):
        assert Effect.REFUSED not in {change.effect for change in changes(site(old), site(new)).values()}


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
        support = {"EngineLifecycleSupport": "open-source-rds-extended-support"}
        return site({"Database": {"EngineVersion": version, "ReadReplicas": replicas, **support}})

    assert changes(versions("8.0", 0), versions("8.4", 0))["SiteDatabase"].effect is Effect.INTERRUPTED
    assert changes(versions("8.0", 1), versions("8.4", 1))["SiteDatabase"].effect is Effect.REFUSED
    assert set(as_stack(versions("8.0", 1))) >= {"SiteDatabaseReplica1"}
