"""The certificate's function as a real process: what replaces a certificate, and what keeps it."""

from typing import Any

import pytest

from tests.custom_resources.certificate.account import only
from tests.custom_resources.certificate.requests import PROPERTIES, request, update
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws

Json = dict[str, Any]


@pytest.mark.parametrize(
    "changes",
    [
        {"SubjectAlternativeNames": ["example.com", "*.example.com", "api.example.com"]},
        {"DomainName": "example.com", "SubjectAlternativeNames": ["www.example.com", "*.example.com"]},
        {"Region": "eu-central-1"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_certificate_replaces(arn: str, function: CertificateFunction, aws: FakeAws, changes: Json) -> None:
    assert function(update(arn, {**PROPERTIES, **changes})) is None
    aws.issue()
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "SUCCESS"
    assert set(aws.certificates) == {arn, answer["PhysicalResourceId"]}
    assert answer["PhysicalResourceId"] != arn
    assert answer["Data"] == {"Arn": answer["PhysicalResourceId"]}
    function(request("Delete", PhysicalResourceId=arn))
    assert list(aws.certificates) == [answer["PhysicalResourceId"]]


def test_another_zone_gets_the_records_of_the_same_certificate(
    arn: str, function: CertificateFunction, aws: FakeAws
) -> None:
    aws.records["OTHER"] = {}
    answer = function(update(arn, {**PROPERTIES, "HostedZoneId": "OTHER"}))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert aws.records["OTHER"] == aws.records["ZONE"] != {}


def test_tags_and_order_keep_the_certificate(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    names = list(reversed(PROPERTIES["SubjectAlternativeNames"]))
    changed = {**PROPERTIES, "SubjectAlternativeNames": names, "Tags": [{"Key": "cost", "Value": "7"}]}
    own = {key: value for key, value in only(aws).tags.items() if key != "team"}
    answer = function(update(arn, changed))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert only(aws).tags == {**own, "cost": "7"}


def test_certificate_deleted_by_hand_is_made_again(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    aws.certificates.clear()
    assert function(update(arn, {**PROPERTIES, "Tags": []})) is None
    aws.issue()
    answer = function.minute()
    assert answer is not None
    assert [answer["PhysicalResourceId"]] == list(aws.certificates)
