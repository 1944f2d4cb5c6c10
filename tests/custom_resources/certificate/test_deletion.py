"""The certificate's function as a real process: what is deleted, what stays, and what is waited for."""

import pytest

from tests.custom_resources.certificate.account import only
from tests.custom_resources.certificate.requests import PROPERTIES, owned, request
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws, record

USERS = ["arn:aws:cloudfront::123456789012:distribution/E1"]


def test_whole_stack_is_deleted(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    for event in (owned("Delete", arn), request("Delete", PhysicalResourceId=arn)):
        answer = function(event)
        assert answer is not None
        assert (answer["Status"], answer["PhysicalResourceId"], aws.certificates) == ("SUCCESS", arn, {})
        aws.granted.clear()
    assert "still exists" not in function.log.read_text()


def test_request_deletes_nothing(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    answer = function(request("Delete", PhysicalResourceId=arn))
    assert answer is not None
    assert (answer["Status"], list(aws.certificates)) == ("SUCCESS", [arn])
    assert f"{arn} still exists with status ISSUED" in function.log.read_text()


def test_request_that_can_not_be_looked_at_is_deleted(
    requested: str, function: CertificateFunction, aws: FakeAws
) -> None:
    aws.script["DescribeCertificate"] = ["AccessDeniedException"]
    answer = function(request("Delete", PhysicalResourceId=requested))
    assert answer is not None
    assert answer["Status"] == "SUCCESS"
    assert "could not check whether it still exists" in function.log.read_text()


def test_cancelled_creation_is_not_asked_for_again(function: CertificateFunction, aws: FakeAws) -> None:
    """CloudFormation cancels a creation under way, and deletes an id that it made up."""
    assert function(request("Create")) is None
    assert len(aws.rules) == 1
    deleted = function(request("Delete", PhysicalResourceId="s-SiteEdgeCertificateRequest-1A2B3C"))
    assert deleted is not None
    assert deleted["Status"] == "SUCCESS"
    assert (aws.rules, aws.permissions) == ({}, set())


def test_delete_waits_until_nothing_uses_it(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    only(aws).users = USERS
    assert function(owned("Delete", arn)) is None
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
    only(aws).users = USERS
    function(owned("Delete", arn))
    assert function.minute(29) is None
    answer = function.minute(2)
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", arn)
    assert f"after 30 minutes, by {USERS[0]}" in answer["Reason"]


@pytest.mark.parametrize("granted", [True, False], ids=["with the right", "without"])
def test_certificate_that_is_gone_is_deleted(
    arn: str, function: CertificateFunction, aws: FakeAws, granted: bool
) -> None:
    """Without the right, where the policy names the certificate that was requested in its place."""
    aws.certificates.clear()
    aws.granted = {arn} if granted else set()
    answer = function(owned("Delete", arn))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn)


@pytest.mark.parametrize("properties", [PROPERTIES, {"Region": 7}])
def test_delete_of_what_was_never_created(function: CertificateFunction, aws: FakeAws, properties: object) -> None:
    identifier = "s_SiteEdgeCertificate_1A2B3C4D"
    more = {"ResourceProperties": properties, "PhysicalResourceId": identifier}
    for event in ({**request("Delete"), **more}, {**owned("Delete", ""), **more}):
        answer = function(event)
        assert answer is not None
        assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", identifier)
    assert "DeleteCertificate" not in aws.calls
