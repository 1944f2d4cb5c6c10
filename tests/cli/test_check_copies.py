"""`check` of a site with a copy in another Region: what is asked there, and what the two stacks have in common."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.check.checks import Report
from tests.cli.checking_client import Answers
from tests.cli.checking_harness import Harness, as_intrinsic, option, template
from tests.cli.names_in_use import certificate, distribution

HERE, THERE = "us-east-1", "us-west-2"
ZONE = "Z0123456789ABCDEFGHIJ"
SITE: dict[str, Any] = {
    "DomainName": "www.example.com",
    "HostedZoneId": ZONE,
    "Secondary": {"Region": THERE},
    "WebServers": {"InstanceType": "t4g.small"},
}


def answers_there() -> Answers:
    """Return what only the other Region answers: its zones, and its endpoint services."""
    zones = [{"Name": f"{THERE}{letter}"} for letter in "abcd"]
    gateway = {"ServiceName": f"com.amazonaws.{THERE}.s3", "ServiceType": [{"ServiceType": "Gateway"}]}
    return {
        ("ec2", "describe_vpc_endpoint_services"): lambda **_: {"ServiceDetails": [gateway]},
        ("rds", "describe_orderable_db_instance_options"): lambda **_: {
            "OrderableDBInstanceOptions": [{"EngineVersion": "8.4.4", **option(AvailabilityZones=zones)}]
        },
    }


@pytest.fixture
def both(harness: Harness) -> Harness:
    """Return an account in which both Regions have what a site needs."""
    harness.install(THERE)
    harness.elsewhere[THERE] = answers_there()
    return harness


def found_there(report: Report, region: str = THERE) -> dict[str, str]:
    """Return the findings of another Region, or about the copy itself, by path."""
    named = [each for each in report.findings if each.path.startswith(region) or "Secondary" in each.path]
    return {each.path.removeprefix(f"{region}: ").rpartition("Properties.")[2]: each.found for each in named}


def of_api_names(report: Report) -> list[str]:
    """Return what is found of custom domain names of API Gateway."""
    return [each.found for each in report.findings if "custom domain name" in each.found]


def test_custom_domain_names_in_both_regions(both: Harness) -> None:
    assert of_api_names(both.of_site(SITE)) == []
    for number, region in enumerate((HERE, THERE), 1):
        both.aws("apigateway", region).create_domain_name(domainName=SITE["DomainName"])
        found = of_api_names(both.of_site(SITE))
        assert [f"in {name} " in text for name, text in zip((HERE, THERE), found, strict=False)] == [True] * number


def of_names(report: Report) -> list[str]:
    """Return what is found of the site's names."""
    return [each.found for each in report.findings if "DomainName" in each.path]


def copys_half(harness: Harness) -> Harness:
    """Let the copy's half be checked, beside a primary half that is deployed."""
    harness.region = THERE
    name = "/resilient-website/shop/Site/PrimaryRegion"
    harness.aws("ssm").put_parameter(Name=name, Value=HERE, Type="String")
    return harness


@pytest.mark.parametrize("front_door", ["CloudFront", "LoadBalancer"])
def test_distribution_of_the_primary_half_is_not_in_the_copys_way(both: Harness, front_door: str) -> None:
    both.aws("cloudfront").create_distribution(DistributionConfig=distribution("www.example.com"))
    site = {**SITE, "HostedZoneId": as_intrinsic(both.zone()), "FrontDoor": front_door}
    assert "already has the alias" in of_names(both.of_site(site, stack="shop"))[0]
    assert of_names(copys_half(both).of_site(site, stack="shop")) == []


@pytest.mark.parametrize("name", ["www.example.com", "origin.www.example.com"])
def test_records_of_the_primary_half_are_not_in_the_copys_way(both: Harness, name: str) -> None:
    zone = both.zone()
    both.record(zone, name)
    site = {**SITE, "HostedZoneId": as_intrinsic(zone)}
    assert "already has records" in of_names(both.of_site(site, stack="shop"))[0]
    assert of_names(copys_half(both).of_site(site, stack="shop")) == []


def uncovered(harness: Harness, site: dict[str, Any], *names: str) -> str:
    """Return what is found of a regional certificate with these names; empty if nothing is."""
    arn = certificate(harness, *names, region=harness.region)
    given_arn = {"Certificate": {"Type": "String", "Default": arn}}
    written = {**SITE, "RegionalCertificateArn": {"Ref": "Certificate"}, **site}
    report = harness.report(template(written, Parameters=given_arn), stack="shop")
    found = [each.found for each in report.findings if " does not cover " in each.found]
    return found[0].rpartition(" does not cover ")[2] if found else ""


def test_certificate_covers_the_page_beside_the_primary_half_and_the_active_name(both: Harness) -> None:
    main, active = "www.example.com", "active.www.example.com"
    assert uncovered(both, {}, main, active) == ""
    assert uncovered(both, {}, active) == main
    assert uncovered(both, {}, main, "origin.www.example.com") == active
    assert uncovered(copys_half(both), {}, active) == ""
    assert uncovered(both, {}, main) == active


def test_certificate_behind_vpc_origins_covers_the_origins_name(both: Harness) -> None:
    internal = {"LoadBalancer": {"Scheme": "internal"}, "Network": {"WebSubnets": "Private"}}
    origin = "origin.www.example.com"
    assert uncovered(both, internal, "www.example.com", origin) == ""
    assert uncovered(both, internal, origin) == "www.example.com"
    assert uncovered(copys_half(both), internal, origin) == ""


def quota(value: float) -> Callable[..., dict[str, Any]]:
    return lambda **_: {"Quota": {"Value": value}}


def refused(code: str, message: str) -> Callable[..., dict[str, Any]]:
    def answer(**_: Any) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": code, "Message": message}}, "DescribeAvailabilityZones")

    return answer


def test_nothing_to_object_to_in_both_regions(both: Harness) -> None:
    assert found_there(both.of_site(SITE)) == {}


def test_macro_has_to_be_installed_there_too(harness: Harness) -> None:
    harness.elsewhere[THERE] = answers_there()
    report = harness.of_site({**SITE, "Database": False})
    assert [each.path for each in report.findings if each.path.startswith(THERE)] == [f"{THERE}: Transform"]


def test_offers_and_quotas_are_those_of_the_other_region(both: Harness) -> None:
    both.elsewhere[THERE] |= {
        ("rds", "describe_orderable_db_instance_options"): lambda **_: {"OrderableDBInstanceOptions": []},
        ("rds", "describe_db_engine_versions"): lambda **_: {"DBEngineVersions": [{"EngineVersion": "8.0.40"}]},
        ("ec2", "describe_instance_type_offerings"): lambda **_: {"InstanceTypeOfferings": []},
        ("service-quotas", "get_service_quota"): quota(0),
    }
    report = both.of_site(SITE)
    concerned = {"WebServers.InstanceType", "Database.EngineVersion", "Network", "Database"}
    assert concerned <= found_there(report).keys()
    assert not {f"Resources.Site.Properties.{name}" for name in concerned} & paths(report).keys()


def test_servers_of_the_active_size_need_room_there_also_if_the_standby_has_none(both: Harness) -> None:
    both.elsewhere[THERE]["service-quotas", "get_service_quota"] = quota(4)
    both.answers["service-quotas", "get_service_quota"] = quota(640)
    for mode in ("PilotLight", "WarmStandby"):
        site = {**SITE, "Secondary": {"Region": THERE, "Mode": mode}, "Database": False}
        found = found_there(both.of_site(site, stack="shop"))
        assert "the first servers need 6 more" in found["WebServers.MinSize"]
    both.region = THERE
    found = found_there(both.of_site({**SITE, "Database": False}, stack="shop"))
    assert "the first servers need 6 more" in found["WebServers.MinSize"]


def test_region_that_is_not_enabled(both: Harness) -> None:
    both.answers["ec2", "describe_regions"] = lambda **_: {
        "Regions": [{"RegionName": THERE, "OptInStatus": "not-opted-in"}]
    }
    both.elsewhere[THERE]["ec2", "describe_availability_zones"] = refused("AuthFailure", "not valid")
    report = both.of_site({**SITE, "Database": False})
    assert "has not enabled us-west-2" in found_there(report)["Secondary.Region"]
    assert not [each for each in report.findings if each.path.startswith(THERE)]


def test_service_control_policy_that_denies_the_region(both: Harness) -> None:
    message = "You are not authorized to perform this operation with an explicit deny in a service control policy"
    both.elsewhere[THERE]["ec2", "describe_availability_zones"] = refused("UnauthorizedOperation", message)
    assert "service control policy" in found_there(both.of_site({**SITE, "Database": False}))["Secondary.Region"]
    both.elsewhere[THERE]["ec2", "describe_availability_zones"] = refused("UnauthorizedOperation", "no")
    assert found_there(both.of_site({**SITE, "Database": False})) == {}


@pytest.mark.parametrize(
    ("effect", "operator", "regions", "warned"),
    [
        ("Allow", "StringEquals", [HERE], True),
        ("Allow", "StringEquals", [HERE, THERE], False),
        ("Allow", "StringLike", "us-*", False),
        ("Deny", "StringNotEquals", HERE, True),
        ("Deny", "StringNotEquals", [HERE, THERE], False),
        ("Deny", "StringEquals", THERE, True),
        ("Deny", "StringEquals", "eu-west-1", False),
    ],
)
def test_boundary_that_leaves_out_the_region(
    both: Harness, effect: str, operator: str, regions: Any, warned: bool
) -> None:
    condition = {operator: {"aws:RequestedRegion": regions}}
    statement = {"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    made = both.aws("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(document))
    site = {**SITE, "Database": False, "Security": {"PermissionsBoundary": made["Policy"]["Arn"]}}
    named = [each for each in both.of_site(site).findings if each.path.endswith("PermissionsBoundary")]
    assert bool(named) is warned


def originals(harness: Harness, here: Any, there: Any) -> None:
    """Let the stacks of both Regions have these templates."""
    for region, body in ((HERE, here), (THERE, there)):
        harness.elsewhere.setdefault(region, {})["cloudformation", "get_template"] = lambda body=body, **_: {
            "TemplateBody": body
        }


def test_stacks_of_different_templates(both: Harness) -> None:
    site = {**SITE, "Database": False}
    one = template(site)
    other = copy.deepcopy(one)
    other["Resources"]["Site"]["Properties"]["Secondary"]["ActiveRegion"] = THERE
    originals(both, one, other)
    assert "Resources" not in paths(both.of_site(site, stack="shop"))
    other["Resources"]["Site"]["Properties"]["WebServers"]["InstanceType"] = "t4g.medium"
    originals(both, one, other)
    found = paths(both.of_site(site, stack="shop"))
    assert "Resources.Site.Properties.WebServers.InstanceType" in found["Resources"]


def paths(report: Report) -> dict[str, str]:
    return {each.path: each.found for each in report.findings}


def test_copy_comes_after_the_primary_half(both: Harness) -> None:
    both.region = THERE
    site = {**SITE, "Database": False}
    assert "has not been deployed" in found_there(both.of_site(site, stack="shop"))["Secondary.Region"]
    both.aws("ssm").put_parameter(Name="/resilient-website/shop/Site/PrimaryRegion", Value="eu-west-1", Type="String")
    report = both.of_site(site, stack="shop")
    assert "Secondary.Region" not in found_there(report)
    assert "Transform" in found_there(report, "eu-west-1")
    unknown = [each.why for each in both.of_site(site).not_checked if each.path.endswith("Secondary")]
    assert unknown
    assert "--stack-name" in unknown[0]


def test_site_without_a_copy_asks_in_its_own_region_only(harness: Harness) -> None:
    harness.elsewhere[THERE] = {("lambda", "list_layer_versions"): refused("Unexpected", "asked elsewhere")}
    report = harness.of_site({"Database": False})
    assert not [each for each in report.not_checked if "elsewhere" in each.why]
    copied = harness.of_site({**SITE, "Database": False})
    assert [each for each in copied.not_checked if "elsewhere" in each.why]


def far_bucket(harness: Harness) -> None:
    s3 = harness.aws("s3", HERE)
    s3.create_bucket(Bucket="shop-releases")
    s3.put_object(Bucket="shop-releases", Key="a.zip", Body=b"")


def test_archive_in_the_other_region_is_lost_with_it(both: Harness) -> None:
    far_bucket(both)
    artifact = {"Bucket": {"Ref": "Releases"}, "Key": "a.zip", "Command": "./run"}
    site = {**SITE, "Database": False, "WebServers": {**SITE["WebServers"], "Artifact": artifact}}
    given_releases = {"Releases": {"Type": "String", "Default": "shop-releases"}}
    report = both.report(template(site, Parameters=given_releases))
    assert "if that Region is lost" in found_there(report)["WebServers.Artifact.Bucket"]
    assert not [each for each in report.findings if each.path == "Resources.Site.Properties.WebServers.Artifact.Bucket"]


def test_image_in_the_other_region_is_lost_with_it(both: Harness) -> None:
    image = f"123456789012.dkr.ecr.{HERE}.amazonaws.com/shop@sha256:{'0' * 64}"
    both.answers["ecr", "describe_images"] = lambda **_: {"imageDetails": [{}]}
    servers = {**SITE["WebServers"], "Container": {"Image": {"Ref": "Image"}}}
    site = {**SITE, "Database": False, "WebServers": servers}
    report = both.report(template(site, Parameters={"Image": {"Type": "String", "Default": image}}))
    assert f"if {HERE} is lost" in found_there(report)["WebServers.Container.Image"]
