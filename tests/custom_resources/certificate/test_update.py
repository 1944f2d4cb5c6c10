"""The certificate's function as a real process: what an update changes, what it refuses, and how it is rolled back."""

from typing import Any

import pytest

from tests.custom_resources.certificate.account import only
from tests.custom_resources.certificate.requests import PROPERTIES, TAGS, owned, update
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws

Json = dict[str, Any]

OTHERS = [
    {"SubjectAlternativeNames": ["example.com", "*.example.com", "api.example.com"]},
    {"DomainName": "example.com", "SubjectAlternativeNames": ["www.example.com", "*.example.com"]},
    {"Region": "eu-central-1"},
]


@pytest.mark.parametrize("changes", OTHERS, ids=lambda changes: next(iter(changes)))
def test_other_names_are_refused_and_rolled_back(
    arn: str, function: CertificateFunction, aws: FakeAws, changes: Json
) -> None:
    other = {**PROPERTIES, **changes}
    answer = function(update(arn, other))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", arn)
    assert "another logical id" in answer["Reason"]
    back = function(update(arn, PROPERTIES, old=other, RequestId="request-back"))
    assert back is not None
    assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert list(aws.certificates) == [arn]


def test_order_of_names_changes_nothing(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    names = list(reversed(PROPERTIES["SubjectAlternativeNames"]))
    answer = function(update(arn, {**PROPERTIES, "SubjectAlternativeNames": names}))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert list(aws.certificates) == [arn]


def test_another_zone_gets_the_records_of_the_same_certificate(
    arn: str, function: CertificateFunction, aws: FakeAws
) -> None:
    aws.records["OTHER"] = {}
    answer = function(update(arn, {**PROPERTIES, "HostedZoneId": "OTHER"}))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert aws.records["OTHER"] == aws.records["ZONE"] != {}


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidChangeBatch"])
def test_failed_update_is_rolled_back(arn: str, function: CertificateFunction, aws: FakeAws, code: str) -> None:
    other = {**PROPERTIES, "HostedZoneId": "OTHER"}
    aws.script["ChangeResourceRecordSets"] = [code] * 6
    answer = function(update(arn, other))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", arn)
    aws.script.clear()
    back = function(update(arn, PROPERTIES, old=other, RequestId="request-back"))
    assert back is not None
    assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert list(aws.certificates) == [arn]


@pytest.mark.parametrize("status", ["gone", "EXPIRED"])
def test_certificate_that_is_no_more_is_requested_anew(
    arn: str, function: CertificateFunction, aws: FakeAws, status: str
) -> None:
    aws.records["OTHER"] = {}
    only(aws).status = status
    if status == "gone":
        aws.certificates.clear()
    assert function(update(arn, {**PROPERTIES, "HostedZoneId": "OTHER"})) is None
    aws.certificates[max(aws.certificates)].status = "ISSUED"
    answer = function.minute()
    assert answer is not None
    new = answer["PhysicalResourceId"]
    assert (answer["Status"], set(aws.certificates) - {arn}) == ("SUCCESS", {new})
    aws.granted = {new}
    replaced = function(owned("Update", new, PhysicalResourceId=arn))
    assert replaced is not None
    assert (replaced["Status"], replaced["PhysicalResourceId"]) == ("SUCCESS", new)


def test_update_whose_validation_fails_keeps_the_id(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    aws.certificates.clear()
    assert function(update(arn, PROPERTIES)) is None
    only(aws).status = "FAILED"
    answer = function.minute()
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", arn)


def test_tags_are_replaced(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    answer = function(owned("Update", arn, {"cost": "7"}))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert only(aws).tags == {"cost": "7"}


def test_tags_that_are_not_taken_are_rolled_back(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    aws.script["AddTagsToCertificate"] = ["TagPolicyException"]
    failed = function(owned("Update", arn, {"cost": "7"}))
    assert failed is not None
    assert (failed["Status"], failed["PhysicalResourceId"]) == ("FAILED", arn)
    assert "TagPolicyException" in failed["Reason"]
    back = function(owned("Update", arn, TAGS, RequestId="certificate-back"))
    assert back is not None
    assert (back["Status"], only(aws).tags) == ("SUCCESS", TAGS)


def test_tags_of_a_certificate_that_is_gone_fail_no_rollback(
    arn: str, function: CertificateFunction, aws: FakeAws
) -> None:
    aws.certificates.clear()
    answer = function(owned("Update", arn, {"cost": "7"}))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert f"{arn} no longer exists" in function.log.read_text()
