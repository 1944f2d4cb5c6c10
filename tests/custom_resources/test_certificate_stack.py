"""Certificates in us-east-1 for stacks in eu-west-1, through CloudFormation and each stack's own function."""

import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.custom_resources.certificate_stack import package, template
from tests.sites import Installation, StackError
from tools.emulator.endpoint import Emulator
from tools.repository import ROOT

Json = dict[str, Any]

ACCOUNT = "100000000046"
BUCKET = "certificate-function"

# A domain a test: its validation records outlive its certificates.
DOMAIN = "certificates.example"

stack = partial(template, BUCKET, domain=DOMAIN)


@pytest.fixture(scope="module")
def ireland(emulator: Emulator) -> Installation:
    """Return an account in eu-west-1 with the function's package in a bucket, and nothing installed."""
    account = Installation(emulator, ACCOUNT, ROOT, build=Path(), region="eu-west-1")
    s3 = account.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_object(Bucket=BUCKET, Key="code.zip", Body=package())
    return account


def certificates(account: Installation) -> list[str]:
    """Return the certificates in us-east-1 that are for the domain of these tests."""
    acm = account.emulator.client("acm", account.account, "us-east-1")
    found = acm.list_certificates()["CertificateSummaryList"]
    return [entry["CertificateArn"] for entry in found if entry["DomainName"].endswith(DOMAIN)]


def rules(account: Installation) -> list[str]:
    """Return the names of the rules, which poll."""
    return [rule["Name"] for rule in account.client("events").list_rules()["Rules"]]


def nothing_polls(account: Installation, name: str) -> bool:
    """Tell whether no polling rule is left, and no permission for one if the stack still has its function."""
    function = account.resources(name).get("Function") if account.exists(name) else None
    policy = ""
    if function:
        with suppress(ClientError):
            policy = account.client("lambda").get_policy(FunctionName=function)["Policy"]
    return not rules(account) and "events.amazonaws.com" not in policy


def broken(certificate: str) -> Json:
    """Return a resource that fails once the certificate is there: the function knows no such type."""
    properties = {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}}
    return {"Type": "Custom::Broken", "DependsOn": certificate, "Properties": properties}


def test_created_tagged_replaced_deleted(ireland: Installation) -> None:
    acm = ireland.emulator.client("acm", ireland.account, "us-east-1")
    zone = ireland.hosted_zone(DOMAIN)
    created = ireland.deploy("edge", stack(zone, DOMAIN, f"*.{DOMAIN}"))
    assert created["Id"] == created["Arn"]
    assert created["Arn"].startswith(f"arn:aws:acm:us-east-1:{ireland.account}:certificate/")
    detail = acm.describe_certificate(CertificateArn=created["Arn"])["Certificate"]
    assert detail["Status"] == "ISSUED"
    assert set(detail["SubjectAlternativeNames"]) == {DOMAIN, f"www.{DOMAIN}", f"*.{DOMAIN}"}
    records = ireland.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert len([record for record in records if record["Type"] == "CNAME"]) == 2

    tagged = ireland.deploy("edge", stack(zone, f"*.{DOMAIN}", DOMAIN, tag="shop"))
    assert tagged == created
    tags = acm.list_tags_for_certificate(CertificateArn=created["Arn"])["Tags"]
    assert tags == [{"Key": "team", "Value": "shop"}]

    replaced = ireland.deploy("edge", stack(zone, f"*.{DOMAIN}", DOMAIN, f"api.{DOMAIN}"))
    assert replaced["Arn"] != created["Arn"]
    assert certificates(ireland) == [replaced["Arn"]]

    assert nothing_polls(ireland, "edge")
    assert ireland.delete("edge") == "DELETE_COMPLETE"
    assert certificates(ireland) == []
    assert nothing_polls(ireland, "edge")


def test_certificate_in_use_is_deleted_once_it_is_free(ireland: Installation) -> None:
    domain = f"used.{DOMAIN}"
    arn = ireland.deploy("used", stack(ireland.hosted_zone(domain), domain=domain))["Arn"]
    stack_id = ireland.cloudformation.describe_stacks(StackName="used")["Stacks"][0]["StackId"]
    cloudfront = ireland.client("cloudfront")
    made = cloudfront.create_distribution(DistributionConfig=distribution(arn))["Distribution"]
    ended: list[str] = []
    deletion = threading.Thread(target=lambda: ended.append(ireland.delete("used")))
    deletion.start()
    deadline = time.monotonic() + 120
    while not rules(ireland) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [name[: -len("-12345678")] for name in rules(ireland)] == [
        f"resilient-website-{stack_id.rpartition('/')[2]}"
    ]
    assert certificates(ireland) == [arn]
    etag = cloudfront.get_distribution(Id=made["Id"])["ETag"]
    config = {**cloudfront.get_distribution_config(Id=made["Id"])["DistributionConfig"], "Enabled": False}
    etag = cloudfront.update_distribution(Id=made["Id"], IfMatch=etag, DistributionConfig=config)["ETag"]
    cloudfront.delete_distribution(Id=made["Id"], IfMatch=etag)
    deletion.join()
    assert ended == ["DELETE_COMPLETE"]
    assert certificates(ireland) == []
    assert nothing_polls(ireland, "used")


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
    whole = stack(ireland.hosted_zone(domain), domain=domain)
    whole["Resources"]["Broken"] = broken(whole["Outputs"]["Certificate"]["Value"])
    with pytest.raises(StackError, match=r"Broken.*write one of Custom::CertificateRequest"):
        ireland.deploy("broken", whole)
    assert [event for event in ireland.failures("broken") if "SiteEdgeCertificate" in event] == []
    assert certificates(ireland) == []
    assert nothing_polls(ireland, "broken")
    assert ireland.wait("broken") == "ROLLBACK_COMPLETE"


def test_wrong_hosted_zone_is_reported(ireland: Installation) -> None:
    with pytest.raises(StackError, match=r"NoSuchHostedZone.*correct HostedZoneId"):
        ireland.deploy("lost", stack("Z0123456789ABCDEFGHIJ", domain=f"lost.{DOMAIN}"))
    # Requested, never validated: ACM ends it by itself.
    (left,) = certificates(ireland)
    ireland.emulator.client("acm", ireland.account, "us-east-1").delete_certificate(CertificateArn=left)
    assert nothing_polls(ireland, "lost")


def test_rolled_back_replacement_keeps_the_certificate(ireland: Installation) -> None:
    domain = f"back.{DOMAIN}"
    zone = ireland.hosted_zone(domain)
    before = ireland.deploy("back", stack(zone, domain=domain))
    other = stack(zone, domain, domain=domain)
    other["Resources"]["Broken"] = broken(other["Outputs"]["Certificate"]["Value"])
    with pytest.raises(StackError, match="Broken"):
        ireland.deploy("back", other)
    assert ireland.outputs("back") == before
    assert certificates(ireland) == [before["Arn"]]
    assert ireland.delete("back") == "DELETE_COMPLETE"
    assert certificates(ireland) == []
    assert nothing_polls(ireland, "back")


def test_refused_update_keeps_the_certificate(ireland: Installation) -> None:
    domain = f"kept.{DOMAIN}"
    zone = ireland.hosted_zone(domain)
    whole = stack(zone, domain=domain)
    before = ireland.deploy("kept", whole)
    request = next(name for name in whole["Resources"] if "Request" in name)
    whole["Resources"][request]["Properties"]["Region"] = "eu-west-1"
    with pytest.raises(StackError, match="another logical id"):
        ireland.deploy("kept", whole)
    assert ireland.outputs("kept") == before
    assert certificates(ireland) == [before["Arn"]]
    assert ireland.wait("kept") == "UPDATE_ROLLBACK_COMPLETE"
    assert ireland.delete("kept") == "DELETE_COMPLETE"
    assert certificates(ireland) == []
