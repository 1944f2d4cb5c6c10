"""What must hold for every site with a copy in another Region: its halves fit, and visitors are led to one of them."""

import ipaddress
import json
from typing import Any

from hypothesis import given

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
)
from tests.expansion.second_region import names_read, unresolved
from tests.hypothesis_profile import examples

Json = dict[str, Any]

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
