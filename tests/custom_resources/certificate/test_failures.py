"""The certificate's function as a real process: what AWS refuses gets one answer, in time, that says what to do."""

import pytest

from tests.custom_resources.certificate.account import only
from tests.custom_resources.certificate.requests import PROPERTIES, owned, request
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws


@pytest.mark.parametrize(
    ("status", "failure", "reported"),
    [
        ("FAILED", "CAA_ERROR", "CAA record"),
        ("FAILED", "ADDITIONAL_VERIFICATION_REQUIRED", "AWS Support"),
        ("VALIDATION_TIMED_OUT", "", "CAA records"),
        ("REVOKED", "", "AWS Support"),
    ],
)
def test_failed_validation_says_what_to_do(
    function: CertificateFunction, aws: FakeAws, status: str, failure: str, reported: str
) -> None:
    assert function(request("Create")) is None
    only(aws).status, only(aws).failure = status, failure
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "FAILED"
    assert "truncated" not in answer["Reason"]
    for part in (status, failure, reported, "example.com"):
        assert part in answer["Reason"]
    deleted = function(request("Delete", PhysicalResourceId=answer["PhysicalResourceId"]))
    assert deleted is not None
    assert deleted["Status"] == "SUCCESS"
    assert f"still exists with status {status}" in function.log.read_text()


@pytest.mark.parametrize(("timeout", "patience"), [("3600", 50), ("600", 8)])
def test_pending_for_long(function: CertificateFunction, aws: FakeAws, timeout: str, patience: int) -> None:
    function(request("Create", {**PROPERTIES, "ServiceTimeout": timeout}))
    assert function.minute(patience - 1) is None
    aws.script["DescribeCertificate"] = ["ThrottlingException"] * 3
    assert function.minute(0.5) is None
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "FAILED"
    assert f"after {patience} minutes; check that zone ZONE is public" in answer["Reason"]
    assert answer["PhysicalResourceId"] in aws.certificates


@pytest.mark.parametrize(
    ("operation", "code", "reported"),
    [
        ("RequestCertificate", "AccessDeniedException", "AccessDeniedException"),
        ("DescribeCertificate", "AccessDeniedException", "AccessDeniedException"),
        ("ChangeResourceRecordSets", "AccessDenied", "allow the certificate function's role to change"),
        ("ChangeResourceRecordSets", "InvalidChangeBatch", "in the zone that HostedZoneId names"),
        ("PutRule", "AccessDeniedException", ""),
        ("AddPermission", "AccessDeniedException", ""),
        ("PutTargets", "AccessDeniedException", ""),
    ],
)
def test_denied(function: CertificateFunction, aws: FakeAws, operation: str, code: str, reported: str) -> None:
    aws.script[operation] = [code] * 6
    answer = function(request("Create"))
    assert answer is not None
    assert answer["Status"] == "FAILED"
    assert reported in answer["Reason"]
    # What the stack knows a certificate by.
    known = [answer["PhysicalResourceId"]]
    assert list(aws.certificates) == ([] if operation == "RequestCertificate" else known)
    aws.script.clear()
    deleted = function(request("Delete", PhysicalResourceId=answer["PhysicalResourceId"]))
    assert deleted is not None
    assert deleted["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    "operation",
    ["RequestCertificate", "DescribeCertificate", "ChangeResourceRecordSets", "PutRule", "AddPermission", "PutTargets"],
)
def test_new_policy_is_waited_for(function: CertificateFunction, aws: FakeAws, operation: str) -> None:
    aws.script[operation] = ["AccessDenied" if operation == "ChangeResourceRecordSets" else "AccessDeniedException"] * 5
    assert function(request("Create")) is None
    aws.issue()
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "SUCCESS"


def test_new_policy_of_a_certificate_is_waited_for(requested: str, function: CertificateFunction, aws: FakeAws) -> None:
    aws.granted.add(requested)
    aws.script["ListTagsForCertificate"] = ["AccessDeniedException"] * 5
    created = function(owned("Create", requested))
    assert created is not None
    assert created["Status"] == "SUCCESS"
    aws.script["DeleteCertificate"] = ["AccessDeniedException"] * 5
    deleted = function(owned("Delete", requested))
    assert deleted is not None
    assert (deleted["Status"], aws.certificates) == ("SUCCESS", {})


@pytest.mark.parametrize(
    "operation", ["RequestCertificate", "DescribeCertificate", "ChangeResourceRecordSets", "PutRule"]
)
def test_throttled_for_a_while(function: CertificateFunction, aws: FakeAws, operation: str) -> None:
    aws.script[operation] = ["ThrottlingException", "ThrottlingException"]
    assert function(request("Create")) is None
    aws.issue()
    aws.script["DescribeCertificate"] = ["ServiceUnavailable"] * 3
    assert function.minute() is None
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "SUCCESS"
