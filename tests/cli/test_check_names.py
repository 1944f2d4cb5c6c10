"""`check`: names, their hosted zone, and what else carries them."""

import json

import pytest

from tests.cli.checking_harness import Harness, as_intrinsic, reported, template
from tests.cli.names_in_use import distribution

NAMES = {"DomainName": "www.example.com", "AlternateDomainNames": ["example.com"]}


def test_names_that_nobody_has_are_fine(harness: Harness) -> None:
    report = harness.of_site({**NAMES, "HostedZoneId": as_intrinsic(harness.zone())})
    assert (report.findings, report.not_checked) == ((), ())


def test_zone_that_is_not_there_is_reported_with_the_one_that_fits(harness: Harness) -> None:
    harness.zone("com")
    fitting = harness.zone()
    found = reported(harness.of_site({**NAMES, "HostedZoneId": "Z0NOSUCHZONE"}))
    assert list(found) == ["HostedZoneId"]
    assert found["HostedZoneId"].startswith("error: this account has no hosted zone Z0NOSUCHZONE; ")
    assert f"write {fitting}, which is the zone of example.com." in found["HostedZoneId"]


def test_zone_of_another_domain(harness: Harness) -> None:
    other, fitting = harness.zone("example.org"), harness.zone("www.example.com")
    found = reported(harness.of_site({**NAMES, "HostedZoneId": as_intrinsic(other)}))
    assert list(found) == ["DomainName", "AlternateDomainNames[0]"]
    assert f"write {fitting}" in found["DomainName"]
    assert "create a public hosted zone for example.com" in found["AlternateDomainNames[0]"]
    assert reported(harness.of_site({"DomainName": "www.notexample.org", "HostedZoneId": as_intrinsic(other)}))


def test_private_zone(harness: Harness) -> None:
    vpc = harness.aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    private = harness.aws("route53").create_hosted_zone(
        Name="example.com",
        CallerReference="p",
        HostedZoneConfig={"Comment": "", "PrivateZone": True},
        VPC={"VPCRegion": "us-east-1", "VPCId": vpc},
    )
    zone = private["HostedZone"]["Id"].rpartition("/")[2]
    found = reported(harness.of_site({**NAMES, "HostedZoneId": as_intrinsic(zone)}))
    assert "is private" in found["HostedZoneId"]


@pytest.mark.parametrize(
    ("name", "kind", "value", "path"),
    [
        ("www.example.com", "A", "192.0.2.1", "DomainName"),
        ("example.com", "AAAA", "2001:db8::1", "AlternateDomainNames[0]"),
        ("www.example.com", "CNAME", "elsewhere.example.org", "DomainName"),
        ("origin.www.example.com", "A", "192.0.2.1", "DomainName"),
    ],
)
def test_records_that_are_there_already(harness: Harness, name: str, kind: str, value: str, path: str) -> None:
    zone = harness.zone()
    harness.record(zone, name, kind, value)
    found = reported(harness.of_site({**NAMES, "HostedZoneId": as_intrinsic(zone)}))
    assert list(found) == [path]
    assert found[path].startswith(f"error: the hosted zone already has records of {name} ({kind}); ")


def test_records_of_other_kinds_and_names_are_in_nobodys_way(harness: Harness) -> None:
    zone = harness.zone()
    harness.record(zone, "example.com", "MX", "10 mail.example.com")
    harness.record(zone, "ww.example.com")
    harness.record(zone, "x.www.example.com")
    assert not harness.of_site({**NAMES, "HostedZoneId": as_intrinsic(zone)}).findings


def test_records_of_the_stack_itself_are_fine(harness: Harness) -> None:
    zone = harness.zone()
    record = {
        "HostedZoneId": zone,
        "Name": "www.example.com",
        "Type": "A",
        "TTL": "60",
        "ResourceRecords": ["192.0.2.1"],
    }
    harness.stack("my-site", {"Mine": {"Type": "AWS::Route53::RecordSet", "Properties": record}})
    site = {"DomainName": "www.example.com", "HostedZoneId": as_intrinsic(zone)}
    assert list(reported(harness.of_site(site))) == ["DomainName"]
    assert not harness.of_site(site, stack="my-site").findings
    assert list(reported(harness.of_site(site, stack="another"))) == ["DomainName"]


def test_certificate_authorities_that_keep_amazon_out(harness: Harness) -> None:
    zone = harness.zone()
    harness.record(zone, "example.com", "CAA", '0 issue "letsencrypt.org; validationmethods=dns-01"')
    found = reported(harness.of_site({**NAMES, "HostedZoneId": as_intrinsic(zone)}))
    assert list(found) == ["DomainName", "AlternateDomainNames[0]"]
    assert "a CAA record allows letsencrypt.org to issue certificates for www.example.com" in found["DomainName"]
    harness.record(zone, "www.example.com", "CAA", '0 issue "amazon.com"')
    assert list(reported(harness.of_site({**NAMES, "HostedZoneId": as_intrinsic(zone)}))) == ["AlternateDomainNames[0]"]


def test_alias_of_another_distribution_and_wildcards_that_overlap(harness: Harness) -> None:
    cloudfront = harness.aws("cloudfront")
    cloudfront.create_distribution(DistributionConfig=distribution("*.example.com"))
    site = {**NAMES, "HostedZoneId": as_intrinsic(harness.zone())}
    assert not harness.of_site(site).findings
    other = cloudfront.create_distribution(DistributionConfig=distribution("example.com"))["Distribution"]["Id"]
    found = reported(harness.of_site(site))
    assert list(found) == ["AlternateDomainNames[0]"]
    assert f"the CloudFront distribution {other} already has the alias example.com" in found["AlternateDomainNames[0]"]


def test_alias_of_the_stacks_own_distribution(harness: Harness) -> None:
    made = harness.aws("cloudfront").create_distribution(DistributionConfig=distribution("www.example.com"))
    summary = {"LogicalResourceId": "SiteDistribution", "ResourceType": "AWS::CloudFront::Distribution"}
    summary["PhysicalResourceId"] = made["Distribution"]["Id"]
    harness.answers["cloudformation", "list_stack_resources"] = lambda **_: {"StackResourceSummaries": [summary]}
    site = {"DomainName": "www.example.com", "HostedZoneId": as_intrinsic(harness.zone())}
    assert list(reported(harness.of_site(site))) == ["DomainName"]
    assert not harness.of_site(site, stack="my-site").findings


def test_custom_domain_name_that_the_secondary_needs(harness: Harness) -> None:
    harness.aws("apigateway").create_domain_name(domainName="www.example.com")
    site = {"DomainName": "www.example.com", "HostedZoneId": as_intrinsic(harness.zone())}
    assert (
        "API Gateway in us-east-1 already has the custom domain name" in reported(harness.of_site(site))["DomainName"]
    )
    assert not harness.of_site({**site, "FrontDoor": "LoadBalancer"}).findings
    assert not harness.of_site({**site, "Fallback": {"Region": "us-west-2"}}).findings


def test_name_below_a_delegation_of_the_zone(harness: Harness) -> None:
    zone = harness.zone()
    harness.record(zone, "shop.example.com", "NS", "ns-1.example.org")
    for name in ("www.shop.example.com", "shop.example.com"):
        found = reported(harness.of_site({"DomainName": name, "HostedZoneId": as_intrinsic(zone)}))
        assert list(found) == ["DomainName"]
        assert "delegates shop.example.com to other name servers" in found["DomainName"]
    assert not harness.of_site({"DomainName": "www.example.com", "HostedZoneId": as_intrinsic(zone)}).findings
    assert not harness.of_site({"DomainName": "example.com", "HostedZoneId": as_intrinsic(zone)}).findings


def test_zone_of_the_same_template_is_reported(harness: Harness) -> None:
    made = template({"DomainName": "www.example.com", "HostedZoneId": {"Ref": "Zone"}})
    made["Resources"]["Zone"] = {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.com"}}
    report = harness.report(made)
    assert "the template creates the hosted zone Zone" in reported(report)["HostedZoneId"]
    assert report.ok
    harness.stack("my-site", {"Zone": made["Resources"]["Zone"]})
    assert "HostedZoneId" not in reported(harness.report(made, stack="my-site"))


@pytest.mark.parametrize(("status", "reported_of"), [("ENABLED", False), ("DISABLED", True), (None, True)])
def test_accelerated_recovery(harness: Harness, status: str | None, reported_of: bool) -> None:
    zone = harness.zone()
    known = harness.aws("route53").get_hosted_zone(Id=zone)
    features = {"Features": {"AcceleratedRecoveryStatus": status}} if status else {}
    harness.answers["route53", "get_hosted_zone"] = lambda **_: {
        **known,
        "HostedZone": {**known["HostedZone"], **features},
    }
    report = harness.of_site({"DomainName": "www.example.com", "HostedZoneId": as_intrinsic(zone)})
    assert ("HostedZoneId" in reported(report)) is reported_of
    assert report.ok


def test_what_only_the_deployment_can_tell_is_not_checked(harness: Harness) -> None:
    site = {**NAMES, "HostedZoneId": {"Fn::ImportValue": "zone"}, "CertificateArn": {"Ref": "Elsewhere"}}
    report = harness.report(template(site, Parameters={"Elsewhere": {"Type": "String"}}))
    assert not report.findings
    why = {(each.path.rpartition(".")[2], each.why) for each in report.not_checked}
    assert why == {(name, "not known before the deployment") for name in ("HostedZoneId", "CertificateArn")}
    assert json.dumps([each.path for each in report.not_checked]).count("HostedZoneId") == 1
