"""`check`: names, their hosted zone, and what else carries them."""

import json
from datetime import timedelta
from typing import Any

import pytest
import trustme

from cli.check.certificates import covers
from resilient_website.problems import InvalidTemplateError
from tests.cli.checking_harness import Harness, as_intrinsic, reported, template

NAMES = {"DomainName": "www.example.com", "AlternateDomainNames": ["example.com"]}
EVERYTHING = ("www.example.com", "example.com", "origin.www.example.com")


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


def distribution(*aliases: str) -> dict[str, Any]:
    origin = {
        "Id": "o",
        "DomainName": "example.org",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }
    behavior = {
        "TargetOriginId": "o",
        "ViewerProtocolPolicy": "https-only",
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
    }
    return {
        "CallerReference": ",".join(aliases),
        "Comment": "",
        "Enabled": True,
        "Aliases": {"Quantity": len(aliases), "Items": list(aliases)},
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
    }


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


def certificate(harness: Harness, *names: str, region: str = "us-east-1") -> str:
    """Import a certificate, which ACM takes as issued."""
    authority = trustme.CA()
    made = authority.issue_cert(*names)
    body, key = made.cert_chain_pems[0].bytes(), made.private_key_pem.bytes()
    acm = harness.aws("acm", region)
    arn: str = acm.import_certificate(Certificate=body, PrivateKey=key)["CertificateArn"]
    return arn


def held(harness: Harness, arn: str, **changes: Any) -> None:
    """Make ACM tell something else of a certificate."""
    known = harness.aws("acm").describe_certificate(CertificateArn=arn)["Certificate"]
    harness.answers["acm", "describe_certificate"] = lambda **_: {"Certificate": {**known, **changes}}


def test_certificates_that_are_fine(harness: Harness) -> None:
    edge, regional = certificate(harness, "*.example.com", "example.com"), certificate(harness, *EVERYTHING)
    site = {
        **NAMES,
        "HostedZoneId": as_intrinsic(harness.zone()),
        "CertificateArn": edge,
        "RegionalCertificateArn": regional,
    }
    assert not harness.of_site(site).findings


def test_certificates_that_are_not_there_or_do_not_cover(harness: Harness) -> None:
    site = {**NAMES, "HostedZoneId": as_intrinsic(harness.zone())}
    narrow = certificate(harness, "*.example.com")
    found = reported(harness.of_site({**site, "CertificateArn": narrow, "RegionalCertificateArn": narrow}))
    assert list(found) == ["CertificateArn", "RegionalCertificateArn"]
    assert found["CertificateArn"].startswith(
        "error: the certificate is for *.example.com, and does not cover example.com;"
    )
    assert "does not cover example.com, origin.www.example.com" not in found["CertificateArn"]
    assert "example.com, origin.www.example.com" in found["RegionalCertificateArn"]
    missing = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    assert (
        f"there is no certificate {missing}"
        in reported(harness.of_site({**site, "CertificateArn": missing}))["CertificateArn"]
    )


@pytest.mark.parametrize(
    ("changes", "start"),
    [
        ({"Status": "PENDING_VALIDATION"}, "error: the certificate is PENDING_VALIDATION; create the DNS records"),
        ({"Status": "EXPIRED"}, "error: the certificate is EXPIRED"),
        ({"Status": "ISSUED", "days": -1}, "error: the certificate expired on "),
        ({"Status": "ISSUED", "days": 10, "Type": "IMPORTED"}, "warning: the certificate expires on "),
        ({"Status": "ISSUED", "days": 27, "lasts": 198}, "warning: the certificate expires on "),
        ({"Status": "ISSUED", "days": 5, "lasts": 47}, "warning: the certificate expires on "),
    ],
)
def test_certificates_that_do_not_last(harness: Harness, changes: dict[str, Any], start: str) -> None:
    arn = certificate(harness, "www.example.com")
    days = changes.pop("days", None)
    ends = {} if days is None else lasting(harness, 198, days)
    held(harness, arn, **changes, **ends)
    site = {"DomainName": "www.example.com", "HostedZoneId": as_intrinsic(harness.zone()), "CertificateArn": arn}
    report = harness.of_site(site)
    assert list(reported(report)) == ["CertificateArn"]
    assert reported(report)["CertificateArn"].startswith(start)
    assert report.ok == start.startswith("warning")


def lasting(harness: Harness, lifetime: int, left: int) -> dict[str, Any]:
    """Return what ACM says of a certificate of so many days, so many of which are left."""
    ends = harness.now + timedelta(days=left, hours=1)
    return {"NotBefore": ends - timedelta(days=lifetime), "NotAfter": ends}


@pytest.mark.parametrize("lifetime", [47, 100, 198, 395])
def test_a_certificate_is_late_by_its_lifetime(harness: Harness, lifetime: int) -> None:
    """Certificates of 47 days, as there will be from 2029 on, are not late from the first day."""
    arn = certificate(harness, "www.example.com")
    site = {"DomainName": "www.example.com", "HostedZoneId": as_intrinsic(harness.zone()), "CertificateArn": arn}
    held(harness, arn, Status="ISSUED", **lasting(harness, lifetime, lifetime // 2))
    assert reported(harness.of_site(site)) == {}
    held(harness, arn, Status="ISSUED", **lasting(harness, lifetime, lifetime // 10))
    assert reported(harness.of_site(site))["CertificateArn"].startswith("warning: the certificate expires on ")


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


def test_certificate_of_another_region_from_a_parameter(harness: Harness) -> None:
    arn = certificate(harness, "www.example.com", region="eu-west-1")
    site = {
        "DomainName": "www.example.com",
        "HostedZoneId": as_intrinsic(harness.zone()),
        "CertificateArn": {"Ref": "Arn"},
    }
    made = template(site, Parameters={"Arn": {"Type": "String", "Default": arn}})
    with pytest.raises(InvalidTemplateError, match="write the ARN of a certificate in us-east-1"):
        harness.report(made)


@pytest.mark.parametrize(
    ("certified", "name", "expected"),
    [
        ("www.example.com", "www.example.com", True),
        ("*.example.com", "www.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.www.example.com", False),
        ("*.www.example.com", "origin.www.example.com", True),
        ("example.com", "www.example.com", False),
    ],
)
def test_a_wildcard_stands_for_one_label(certified: str, name: str, expected: bool) -> None:
    assert covers(certified, name) is expected


def test_what_only_the_deployment_can_tell_is_not_checked(harness: Harness) -> None:
    site = {**NAMES, "HostedZoneId": {"Fn::ImportValue": "zone"}, "CertificateArn": {"Ref": "Elsewhere"}}
    report = harness.report(template(site, Parameters={"Elsewhere": {"Type": "String"}}))
    assert not report.findings
    why = {(each.path.rpartition(".")[2], each.why) for each in report.not_checked}
    assert why == {(name, "not known before the deployment") for name in ("HostedZoneId", "CertificateArn")}
    assert json.dumps([each.path for each in report.not_checked]).count("HostedZoneId") == 1
