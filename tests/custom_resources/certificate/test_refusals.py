"""The certificate's function as a real process: properties that it refuses, and the largest that it takes."""

from tests.custom_resources.certificate.account import only
from tests.custom_resources.certificate.requests import PROPERTIES, request
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws


def test_bad_properties_are_told_all_at_once(function: CertificateFunction, aws: FakeAws) -> None:
    bad = {
        "DomainNam": "www.example.com",
        "SubjectAlternativeNames": "example.com",
        "HostedZoneId": "zone",
        "Region": "Ireland",
        "Tags": [{"Key": "aws:x", "Value": ""}],
    }
    answer = function(request("Create", bad))
    assert answer is not None
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"]
    assert aws.calls == []
    log = function.log.read_text()
    for part in ("DomainNam:", "DomainName: missing", "SubjectAlternativeNames:", "HostedZoneId:", "Region:", "Tags:"):
        assert f"Properties.{part}" in log


def test_logical_id_that_no_rule_can_be_named_after(function: CertificateFunction, aws: FakeAws) -> None:
    answer = function({**request("Create"), "LogicalResourceId": "Edge"})
    assert answer is not None
    assert "with Certificate among them" in answer["Reason"]
    assert aws.calls == []


def test_most_names_and_longest_answers_fit(function: CertificateFunction, aws: FakeAws) -> None:
    names = [f"{number:063d}.{'a' * 63}.example.com" for number in range(99)]
    assert function(request("Create", {**PROPERTIES, "SubjectAlternativeNames": names})) is None
    only(aws).status, only(aws).failure = "FAILED", "CAA_ERROR"
    answer = function.minute()
    assert answer is not None
    assert "CAA record" in answer["Reason"]
