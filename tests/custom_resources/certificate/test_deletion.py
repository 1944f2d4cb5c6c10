"""The certificate's function as a real process: what is deleted, and what is waited for."""

import pytest

from tests.custom_resources.certificate.account import only
from tests.custom_resources.certificate.requests import PROPERTIES, request
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws, FakeCertificate, record


def test_cancelled_create_is_deleted_without_its_arn(function: CertificateFunction, aws: FakeAws) -> None:
    """CloudFormation cancels a creation under way, and deletes an id that it made up."""
    aws.certificates["arn:aws:acm:us-east-1:123456789012:certificate/foreign"] = FakeCertificate(
        {"DomainName": "www.example.com"}, "us-east-1", {}
    )
    assert function(request("Create")) is None
    deleted = function(request("Delete", PhysicalResourceId="s-SiteEdgeCertificate-1A2B3C"))
    assert deleted is not None
    assert deleted["Status"] == "SUCCESS"
    assert [arn.rpartition("/")[2] for arn in aws.certificates] == ["foreign"]
    late = function.minute()
    assert late is not None
    assert late["Status"] == "FAILED"


def test_delete_waits_until_nothing_uses_it(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    only(aws).users = ["arn:aws:cloudfront::123456789012:distribution/E1"]
    assert function(request("Delete", PhysicalResourceId=arn)) is None
    assert function.minute() is None
    aws.script["DeleteCertificate"] = ["ThrottlingException"] * 3
    assert function.minute() is None
    only(aws).users = []
    function.kill()
    answer = function.minute()
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"], aws.certificates) == ("SUCCESS", arn, {})
    assert set(aws.records["ZONE"]) == {record(name)[0] for name in ("www.example.com", "example.com")}


def test_delete_gives_up_on_what_stays_in_use(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    only(aws).users = ["arn:aws:cloudfront::123456789012:distribution/E1"]
    function(request("Delete", PhysicalResourceId=arn))
    assert function.minute(29) is None
    answer = function.minute(2)
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", arn)
    assert "after 30 minutes, by arn:aws:cloudfront::123456789012:distribution/E1" in answer["Reason"]


@pytest.mark.parametrize(
    "identifier", ["s_SiteEdgeCertificate_1A2B3C4D", "arn:aws:acm:us-east-1:123456789012:certificate/gone"]
)
def test_delete_of_what_does_not_exist(function: CertificateFunction, identifier: str) -> None:
    for properties in (PROPERTIES, {"Region": 7}):
        answer = function(request("Delete", properties, PhysicalResourceId=identifier))
        assert answer is not None
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", identifier)
