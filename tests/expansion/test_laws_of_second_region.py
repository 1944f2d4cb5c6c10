"""What must hold for every site with a copy in another Region: its halves fit, and a switch loses no store."""

import ipaddress
import json
from typing import Any

import pytest
from hypothesis import given

from resilient_website.cloudformation.references import depends_on
from resilient_website.facts.store_identity import IDENTITY
from resilient_website.inline import select_origin
from tests.expansion.expanded import Resources, expand, of_type
from tests.expansion.random_copies import (
    BEHIND_VPC_ORIGINS,
    BY_NAME,
    PRIMARY,
    SECONDARY,
    SITES,
    SWITCH,
    SWITCHABLE,
    copy_half,
    halves,
    is_internal,
    primary_half,
    with_copy,
)
from tests.expansion.second_region import names_read, protected, unresolved, waits_for
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

# What leads visitors to the site exists once, and belongs to the primary half.
ONLY_PRIMARY = (
    "AWS::CloudFront::Distribution",
    "AWS::Route53::HealthCheck",
    "AWS::ApiGateway::RestApi",
    "Custom::FallbackSite",
    "Custom::RemoteStack",
    "AWS::CloudFront::KeyValueStore",
    "AWS::CloudFront::Function",
)


def certified(resources: Resources) -> set[str]:
    """Return the names of the load balancer's certificate."""
    properties = resources["SiteRegionalCertificate"]["Properties"]
    return {properties["DomainName"], *properties.get("SubjectAlternativeNames", [])}


@given(SITES)
def test_every_reference_resolves(site: Json) -> None:
    for half in halves(site):
        assert list(unresolved(half, set())) == []
        for _, stack in of_type(half, "Custom::RemoteStack"):
            there = json.loads(stack["TemplateBody"])
            assert list(unresolved(there["Resources"], set(stack["Parameters"]))) == []
            assert set(there.get("Parameters", {})) == set(stack["Parameters"])


@given(SITES)
def test_copy_reads_what_the_primary_half_publishes(site: Json) -> None:
    primary, secondary = halves(site)
    published = set(primary["SiteSecondaryValuesStack"]["Properties"]["Parameters"]) - {"StackName"}
    published = {name for name in published if not name.startswith("Site")}
    asked = secondary["SitePrimaryHalf"]["Properties"]["Names"]
    assert names_read(secondary) <= set(asked) == published
    there = json.loads(primary["SiteSecondaryValuesStack"]["Properties"]["TemplateBody"])["Resources"]
    paths = {
        "/".join(map(str, body["Properties"]["Name"]["Fn::Join"][1]))
        for body in there.values()
        if "Name" in body["Properties"]
    }
    assert {path.rpartition("/")[2] for path in paths} == published


@given(SITES)
def test_the_same_thing_has_the_same_logical_id_in_both_halves(site: Json) -> None:
    primary, secondary = halves(site)
    for name in primary.keys() & secondary.keys():
        assert primary[name]["Type"] == secondary[name]["Type"]
    for kind in ("AWS::RDS::DBInstance", "AWS::AutoScaling::AutoScalingGroup", "AWS::EC2::VPC"):
        assert dict(of_type(secondary, kind)).keys() <= dict(of_type(primary, kind)).keys()


@given(SITES)
def test_copy_has_nothing_that_exists_only_once(site: Json) -> None:
    secondary = copy_half(site)
    assert not {body["Type"] for body in secondary.values()} & set(ONLY_PRIMARY)
    names = {record["Name"] for _, record in of_type(secondary, "AWS::Route53::RecordSet")}
    assert names == (set() if is_internal(site) else {f"active.{site['DomainName']}"})


@given(SITES)
def test_addresses_do_not_overlap(site: Json) -> None:
    blocks = [ipaddress.IPv4Network(half["SiteVpc"]["Properties"]["CidrBlock"]) for half in halves(site)]
    assert not blocks[0].overlaps(blocks[1])
    assert all(block.is_private or block.subnet_of(ipaddress.IPv4Network("100.64.0.0/10")) for block in blocks)
    assert "CidrBlock" in site["Secondary"] or blocks[0].prefixlen == blocks[1].prefixlen


@given(SITES)
def test_both_certificates_cover_every_name_that_is_asked(site: Json) -> None:
    origin = "origin" if is_internal(site) else "active"
    asked = {site["DomainName"], *site.get("AlternateDomainNames", []), f"{origin}.{site['DomainName']}"}
    for half in halves(site):
        assert asked <= certified(half)


@given(BY_NAME)
def test_active_name_has_one_record_of_each_half(site: Json) -> None:
    found = [
        {
            record["Type"]: record
            for _, record in of_type(half, "AWS::Route53::RecordSet")
            if record["Name"] == f"active.{site['DomainName']}"
        }
        for half in halves(site)
    ]
    assert found[0].keys() == found[1].keys() >= {"A"}
    for kind in found[0]:
        assert [records[kind]["Failover"] for records in found] == ["PRIMARY", "SECONDARY"]
        assert found[0][kind]["HealthCheckId"] == {"Ref": "SiteSwitchSignal"}
        assert "HealthCheckId" not in found[1][kind]


def pages_origins(primary: Resources) -> dict[str, Any]:
    """Return the distribution's origins with the friendly page, and with none in the same bucket."""
    config = primary["SiteDistribution"]["Properties"]["DistributionConfig"]
    return {each["Id"]: each["DomainName"] for each in config["Origins"] if each["Id"] in ("fallback", "nothing")}


def standby_targets(primary: Resources) -> list[Any]:
    """Return what the SECONDARY records of the site's names lead to."""
    records = dict(of_type(primary, "AWS::Route53::RecordSet")).values()
    return [record["AliasTarget"] for record in records if record.get("Failover") == "SECONDARY"]


@given(SWITCHABLE)
def test_friendly_page_is_in_the_region_that_is_not_active(site: Json) -> None:
    before, after = (primary_half(site, **active) for active in SWITCH)
    for half, bucket in (
        (before, ["SiteFallbackBucketStack", "BucketDomainName"]),
        (after, ["SiteFallbackBucket", "RegionalDomainName"]),
    ):
        assert [name for name in pages_origins(half).values() if name != {"Fn::GetAtt": bucket}] == []
    if site.get("FrontDoor") == "LoadBalancer":
        # The distribution itself is the target.
        assert standby_targets(before) == standby_targets(after)
        return
    stacks = [{"SiteSecondaryApiStack" in str(target) for target in standby_targets(half)} for half in (before, after)]
    assert stacks == [{True}, {False}]
    for target in standby_targets(after):
        api, _ = target["DNSName"]["Fn::GetAtt"]
        assert after[api]["Type"] == "AWS::ApiGateway::DomainName"


@given(BEHIND_VPC_ORIGINS)
def test_friendly_page_stays_where_it_is_until_visitors_can_be_led_to_the_copy(site: Json) -> None:
    before, after = (primary_half(site, **active) for active in SWITCH)
    moved = pages_origins(before) != pages_origins(after)
    assert moved is (standby_targets(before) != standby_targets(after)) is ("VpcOrigin" in site["Secondary"])


@given(SITES)
def test_friendly_page_is_in_both_regions_whichever_is_active(site: Json) -> None:
    """So that a switch moves no page: a distribution and DNS that lead to either find it."""
    before, after = (primary_half(site, **active) for active in SWITCH)
    parts = ("Custom::FallbackSite", "Custom::RemoteStack", "AWS::S3::Bucket", "AWS::S3::BucketPolicy")
    apis = [kind for kind in {body["Type"] for body in before.values()} if kind.startswith("AWS::ApiGateway::")]
    assert bool(apis) is (site.get("FrontDoor") != "LoadBalancer")
    for kind in (*parts, *apis):
        assert dict(of_type(before, kind)) == dict(of_type(after, kind)), kind
    pages = [page for _, page in of_type(before, "Custom::FallbackSite")]
    places = [
        (page["BucketName"], page.get("BucketRegion"))
        for page in sorted(pages, key=lambda page: "BucketRegion" in page)
    ]
    assert places == [
        ({"Ref": "SiteFallbackBucket"}, None),
        ({"Fn::GetAtt": ["SiteFallbackBucketStack", "BucketName"]}, SECONDARY),
    ]
    shown = [{name: page[name] for name in page if not name.startswith("Bucket")} for page in pages]
    assert shown[0] == shown[1]


@given(SITES)
def test_both_load_balancers_want_the_same_header(site: Json) -> None:
    primary, secondary = halves(site)
    if site.get("FrontDoor") == "LoadBalancer":
        assert "SiteOriginSecret" not in primary
        return
    assert primary["SiteOriginSecret"]["Properties"]["ReplicaRegions"] == [{"Region": SECONDARY}]
    value = primary["SiteSecondaryValuesStack"]["Properties"]["Parameters"]["OriginSecretArn"]
    arn = {"Fn::Split": [f":{PRIMARY}:", {"Ref": "SiteOriginSecret"}]}
    assert value == {"Fn::Join": [f":{SECONDARY}:", arn]}
    headers = [
        half["SiteCloudFrontOnly"]["Properties"]["Conditions"][0]["HttpHeaderConfig"] for half in (primary, secondary)
    ]
    assert headers[0]["HttpHeaderName"] == headers[1]["HttpHeaderName"]
    assert headers[1]["Values"] == [
        {"Fn::Sub": "{{resolve:secretsmanager:${SitePrimaryHalf.OriginSecretArn}:SecretString}}"}
    ]


@given(SITES)
def test_copys_database_fits_the_primarys(site: Json) -> None:
    primary, secondary = halves(site)
    if "SiteDatabase" not in primary:
        assert "SiteDatabase" not in secondary
        return
    first, second = (half["SiteDatabase"]["Properties"] for half in (primary, secondary))
    for name in ("Engine", "EngineVersion", "DBInstanceClass", "StorageType", "BackupRetentionPeriod", "Port"):
        assert first[name] == second[name], name
    groups = [dict(of_type(half, "AWS::RDS::DBParameterGroup")) for half in (primary, secondary)]
    assert groups[0] == groups[1]
    assert second["SourceDBInstanceIdentifier"] == {"Fn::GetAtt": ["SitePrimaryHalf", "DatabaseArn"]}
    assert secondary["SiteDatabase"]["DeletionPolicy"] == primary["SiteDatabase"]["DeletionPolicy"]
    assert primary["SiteDatabaseSecret"]["Properties"]["ReplicaRegions"] == [{"Region": SECONDARY}]


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


@given(SITES)
@examples(25)
def test_without_the_copy_nothing_of_it_is_left(site: Json) -> None:
    plain = {name: value for name, value in site.items() if name != "Secondary"}
    alone = expand(plain)
    assert expand({**plain, "Secondary": "Static"}) == alone
    assert "SecondaryRegion" not in json.dumps(alone)


@given(BEHIND_VPC_ORIGINS)
def test_copys_vpc_origin_is_an_origin_of_the_distribution_once_it_is_asked_for(site: Json) -> None:
    primary, secondary = halves(site)
    assert "SiteSwitchSignal" not in primary
    assert secondary["SitePublishedCopyVpcOriginId"]["Properties"]["Value"] == {
        "Fn::GetAtt": ["SiteVpcOriginHttps", "Id"]
    }
    config = primary["SiteDistribution"]["Properties"]["DistributionConfig"]
    origins = {origin["Id"]: origin for origin in config["Origins"] if origin["Id"].startswith("web")}
    made = {"SiteSwitchStore", "SiteSelectOrigin", "SiteSecondaryHalf"} & primary.keys()
    if "VpcOrigin" not in site["Secondary"]:
        assert set(origins) == {"web"}
        assert not made
        assert "SiteSwitchRunbook" not in secondary
        return
    assert len(made) == 3
    own, copys = origins.pop("web"), origins.pop("web-secondary")
    assert origins == {}
    assert copys["VpcOriginConfig"]["VpcOriginId"] == {"Fn::GetAtt": ["SiteSecondaryHalf", "CopyVpcOriginId"]}
    assert copys["VpcOriginConfig"]["VpcOriginId"] != own["VpcOriginConfig"]["VpcOriginId"]
    # Both load balancers want the same header, and have a certificate for the same name.
    assert {name: own[name] for name in ("DomainName", "OriginCustomHeaders")} == {
        name: copys[name] for name in ("DomainName", "OriginCustomHeaders")
    }


@given(BEHIND_VPC_ORIGINS)
def test_every_request_to_servers_is_led_to_the_active_half(site: Json) -> None:
    primary = primary_half(site, VpcOrigin=True)
    config = primary["SiteDistribution"]["Properties"]["DistributionConfig"]
    association = {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["SiteSelectOrigin", "FunctionARN"]}}
    for behavior in (config["DefaultCacheBehavior"], *config["CacheBehaviors"]):
        associated = association in behavior.get("FunctionAssociations", [])
        assert associated is (behavior["TargetOriginId"] == "web")
    function = primary["SiteSelectOrigin"]["Properties"]
    assert select_origin.meaning(function["FunctionCode"]) == select_origin.SelectedOrigins(
        {SECONDARY: "web-secondary"}, "active"
    )
    store = {"KeyValueStoreARN": {"Fn::GetAtt": ["SiteSwitchStore", "Arn"]}}
    assert function["FunctionConfig"]["KeyValueStoreAssociations"] == [store]


@given(BEHIND_VPC_ORIGINS)
def test_no_deployment_writes_what_leads_visitors(site: Json) -> None:
    before, after = (primary_half(site, VpcOrigin=True, **active) for active in SWITCH)
    assert before["SiteSwitchStore"] == after["SiteSwitchStore"]
    assert "ImportSource" not in before["SiteSwitchStore"]["Properties"]


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
