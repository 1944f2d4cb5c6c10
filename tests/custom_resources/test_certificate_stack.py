"""Certificates in us-east-1 for stacks in eu-west-1, through CloudFormation and the installed function."""

import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sites import Installation, StackError

Json = dict[str, Any]

# A domain a test: its validation records outlive its certificates.
DOMAIN = "certificates.example"


def template(zone: str, *names: str, domain: str = DOMAIN, tag: str = "web", **more: Any) -> Json:
    properties = {
        "ServiceToken": {"Fn::ImportValue": "ResilientWebsite-CertificateFunctionArn"},
        "DomainName": f"www.{domain}",
        "SubjectAlternativeNames": list(names),
        "HostedZoneId": zone,
        "Region": "us-east-1",
        "Tags": [{"Key": "team", "Value": tag}],
    }
    return {
        "Resources": {
            "SiteEdgeCertificate": {"Type": "Custom::Certificate", "Properties": properties},
            **more,
        },
        "Outputs": {
            "Id": {"Value": {"Ref": "SiteEdgeCertificate"}},
            "Arn": {"Value": {"Fn::GetAtt": ["SiteEdgeCertificate", "Arn"]}},
        },
    }


def certificates(installation: Installation) -> list[str]:
    """Return the certificates in us-east-1 that are for the domain of these tests."""
    acm = installation.emulator.client("acm", installation.account, "us-east-1")
    found = acm.list_certificates()["CertificateSummaryList"]
    return [entry["CertificateArn"] for entry in found if entry["DomainName"].endswith(DOMAIN)]


def nothing_polls(installation: Installation) -> bool:
    """Tell whether no polling rule is left, and no permission for one."""
    rules = installation.client("events").list_rules()["Rules"]
    function = installation.outputs("resilient-website-macro")["CertificateFunctionArn"]
    try:
        policy = installation.client("lambda").get_policy(FunctionName=function)["Policy"]
    except ClientError:
        policy = ""
    return not [rule for rule in rules if "Certificate" in rule["Name"]] and "events.amazonaws.com" not in policy


def test_created_updated_replaced_deleted(ireland: Installation) -> None:
    acm = ireland.emulator.client("acm", ireland.account, "us-east-1")
    zone = ireland.hosted_zone(DOMAIN)
    created = ireland.deploy("edge", template(zone, DOMAIN, f"*.{DOMAIN}"))
    assert created["Id"] == created["Arn"]
    assert created["Arn"].startswith(f"arn:aws:acm:us-east-1:{ireland.account}:certificate/")
    detail = acm.describe_certificate(CertificateArn=created["Arn"])["Certificate"]
    assert detail["Status"] == "ISSUED"
    assert set(detail["SubjectAlternativeNames"]) == {DOMAIN, f"www.{DOMAIN}", f"*.{DOMAIN}"}
    records = ireland.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert len([record for record in records if record["Type"] == "CNAME"]) == 2

    tagged = ireland.deploy("edge", template(zone, f"*.{DOMAIN}", DOMAIN, tag="shop"))
    assert tagged == created
    tags = {tag["Key"]: tag["Value"] for tag in acm.list_tags_for_certificate(CertificateArn=created["Arn"])["Tags"]}
    assert tags["team"] == "shop"
    assert ":stack/edge/" in tags["resilient-website:stack-id"]

    replaced = ireland.deploy("edge", template(zone, f"*.{DOMAIN}", DOMAIN, f"api.{DOMAIN}"))
    assert replaced["Arn"] != created["Arn"]
    assert certificates(ireland) == [replaced["Arn"]]

    assert ireland.delete("edge") == "DELETE_COMPLETE"
    assert certificates(ireland) == []
    assert nothing_polls(ireland)


def test_certificate_in_use_is_deleted_once_it_is_free(ireland: Installation) -> None:
    domain = f"used.{DOMAIN}"
    arn = ireland.deploy("used", template(ireland.hosted_zone(domain), domain=domain))["Arn"]
    cloudfront = ireland.client("cloudfront")
    made = cloudfront.create_distribution(DistributionConfig=distribution(arn))["Distribution"]
    ended: list[str] = []
    deletion = threading.Thread(target=lambda: ended.append(ireland.delete("used")))
    deletion.start()
    deadline = time.monotonic() + 20
    while nothing_polls(ireland) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert certificates(ireland) == [arn]
    etag = cloudfront.get_distribution(Id=made["Id"])["ETag"]
    config = {**cloudfront.get_distribution_config(Id=made["Id"])["DistributionConfig"], "Enabled": False}
    etag = cloudfront.update_distribution(Id=made["Id"], IfMatch=etag, DistributionConfig=config)["ETag"]
    cloudfront.delete_distribution(Id=made["Id"], IfMatch=etag)
    deletion.join()
    assert ended == ["DELETE_COMPLETE"]
    assert certificates(ireland) == []
    assert nothing_polls(ireland)


def distribution(arn: str) -> Json:
    origin = {
        "Id": "o",
        "DomainName": "o.example.com",
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
    }
    return {
        "CallerReference": arn,
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "o",
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
        "ViewerCertificate": {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only"},
    }


def test_failed_stack_leaves_no_certificate(ireland: Installation) -> None:
    domain = f"broken.{DOMAIN}"
    broken = {
        "Type": "Custom::FallbackSite",
        "DependsOn": "SiteEdgeCertificate",
        "Properties": {"ServiceToken": {"Fn::ImportValue": "ResilientWebsite-FallbackSiteFunctionArn"}},
    }
    with pytest.raises(StackError, match="Broken"):
        ireland.deploy("broken", template(ireland.hosted_zone(domain), domain=domain, Broken=broken))
    assert [event for event in ireland.failures("broken") if "SiteEdgeCertificate" in event] == []
    assert certificates(ireland) == []
    assert nothing_polls(ireland)


def test_wrong_hosted_zone_is_told(ireland: Installation) -> None:
    with pytest.raises(StackError, match=r"NoSuchHostedZone.*correct HostedZoneId"):
        ireland.deploy("lost", template("Z0123456789ABCDEFGHIJ", domain=f"lost.{DOMAIN}"))
    assert certificates(ireland) == []
    assert nothing_polls(ireland)


def test_rolled_back_replacement_keeps_the_certificate(ireland: Installation) -> None:
    domain = f"back.{DOMAIN}"
    zone = ireland.hosted_zone(domain)
    before = ireland.deploy("back", template(zone, domain=domain))
    broken = {
        "Type": "Custom::FallbackSite",
        "DependsOn": "SiteEdgeCertificate",
        "Properties": {"ServiceToken": {"Fn::ImportValue": "ResilientWebsite-FallbackSiteFunctionArn"}},
    }
    with pytest.raises(StackError, match="Broken"):
        ireland.deploy("back", template(zone, domain, domain=domain, Broken=broken))
    assert ireland.outputs("back") == before
    assert certificates(ireland) == [before["Arn"]]
    assert ireland.delete("back") == "DELETE_COMPLETE"
    assert certificates(ireland) == []
    assert nothing_polls(ireland)


def test_failed_update_keeps_the_certificate(ireland: Installation) -> None:
    domain = f"kept.{DOMAIN}"
    zone = ireland.hosted_zone(domain)
    before = ireland.deploy("kept", template(zone, domain=domain))
    changed = template(zone, domain=domain)
    changed["Resources"]["SiteEdgeCertificate"]["Properties"]["Region"] = "Ireland"
    with pytest.raises(StackError, match="Region"):
        ireland.deploy("kept", changed)
    assert ireland.outputs("kept") == before
    assert certificates(ireland) == [before["Arn"]]
    ireland.delete("kept")
    assert certificates(ireland) == []
