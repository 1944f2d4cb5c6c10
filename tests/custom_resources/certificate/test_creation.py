"""The certificate's function as a real process: a certificate is requested, validated and issued, and only one."""

from tests.custom_resources.certificate.account import only
from tests.custom_resources.certificate.requests import owned, request
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws, record


def test_request_waits_for_the_issue_without_blocking(function: CertificateFunction, aws: FakeAws) -> None:
    assert function(request("Create")) is None
    assert aws.records["ZONE"] == dict(record(name) for name in ("www.example.com", "example.com"))
    assert function.minute() is None
    aws.issue()
    answer = function.minute()
    (arn,) = aws.certificates
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert answer["Data"] == {"Arn": arn}
    assert arn.startswith("arn:aws:acm:us-east-1:")
    assert sorted(only(aws).names) == ["*.example.com", "example.com", "www.example.com"]


def test_certificate_has_its_tags(requested: str, function: CertificateFunction, aws: FakeAws) -> None:
    aws.granted.add(requested)
    only(aws).tags["aws:cloudformation:stack-name"] = "s"
    answer = function(owned("Create", requested))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"], answer["Data"]) == (
        "SUCCESS",
        requested,
        {"Arn": requested},
    )
    assert only(aws).tags == {"team": "web", "aws:cloudformation:stack-name": "s"}


def test_records_that_are_not_known_at_once(function: CertificateFunction, aws: FakeAws) -> None:
    aws.script["DescribeCertificate"] = ["ResourceNotFoundException"]
    assert function(request("Create")) is None
    only(aws).records_known = False
    assert function.minute() is None
    assert aws.records["ZONE"] == {}
    only(aws).records_known = True
    assert function.minute() is None
    aws.issue()
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "SUCCESS"


def test_repeated_request_gets_the_same_certificate(function: CertificateFunction, aws: FakeAws) -> None:
    aws.script["PutRule"] = ["InternalFailure"] * 3
    failed = function(request("Create"))
    assert failed is not None
    assert failed["Status"] == "FAILED"
    function.kill()
    assert function(request("Create")) is None
    assert list(aws.certificates) == [failed["PhysicalResourceId"]]
    function.kill()
    aws.issue()
    answer = function.minute()
    assert answer is not None
    assert answer["PhysicalResourceId"] == failed["PhysicalResourceId"]


def test_same_names_asked_for_again_get_a_new_certificate(
    arn: str, function: CertificateFunction, aws: FakeAws
) -> None:
    deleted = function(owned("Delete", arn))
    assert deleted is not None
    assert deleted["Status"] == "SUCCESS"
    assert aws.certificates == {}
    assert function({**request("Create"), "RequestId": "another"}) is None
    aws.issue()
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "SUCCESS"
    assert list(aws.certificates) == [answer["PhysicalResourceId"]] != [arn]
