"""The certificate's function as a real process: requests that it refuses, and the largest that it takes."""

from typing import Any

import pytest

from tests.custom_resources.certificate.account import only
from tests.custom_resources.certificate.requests import PROPERTIES, owned, request, update
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws, FakeCertificate
from tests.custom_resources.own_stack import ACCOUNT, GUID, OTHER_STACK_ID

Json = dict[str, Any]

FOREIGN = [
    "arn:aws:acm:us-east-1:999999999999:certificate/00000000-0000-0000-0000-000000000000",
    "arn:aws-cn:acm:cn-north-1:123456789012:certificate/00000000-0000-0000-0000-000000000000",
    "arn:aws:iam::123456789012:server-certificate/site",
    "arn:aws:acm:us-east-1:123456789012:certificate/../../x",
]
PAYMENTS = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/payments"


def test_all_bad_properties_are_reported_at_once(function: CertificateFunction, aws: FakeAws) -> None:
    bad = {
        "DomainNam": "www.example.com",
        "SubjectAlternativeNames": "example.com",
        "HostedZoneId": "zone",
        "Region": "Ireland",
        "Tags": [],
    }
    for event in (request("Create", bad), {**owned("Create", ""), "ResourceProperties": {"Tags": [{"Key": "aws:x"}]}}):
        answer = function(event)
        assert answer is not None
        assert answer["Status"] == "FAILED"
        assert answer["PhysicalResourceId"]
    assert aws.calls == []
    log = function.log.read_text()
    for part in (
        *("DomainNam:", "DomainName: missing", "SubjectAlternativeNames:", "HostedZoneId:", "Region:", "Tags: unknown"),
        *("CertificateArn: missing", "Tags: found"),
    ):
        assert f"Properties.{part}" in log


@pytest.mark.parametrize("foreign", FOREIGN)
def test_what_is_no_certificate_of_the_account_is_refused(
    function: CertificateFunction, aws: FakeAws, foreign: str
) -> None:
    aws.granted.add(foreign)
    data = {"Arn": foreign, "HostedZoneId": "ZONE", "Minutes": 1, "GiveUpAt": 0}
    for event in (
        owned("Create", foreign),
        owned("Update", foreign),
        owned("Delete", foreign),
        update(foreign, PROPERTIES),
        request("Delete", PhysicalResourceId=foreign),
        request("Create", CrHelperPoll=True, CrHelperData=data),
    ):
        answer = function(event)
        assert answer is not None
        assert (answer["Status"], "in the stack's account" in answer["Reason"]) == ("FAILED", True), answer
    assert not {call for call in aws.calls if "Certificate" in call}


def test_certificate_that_the_policy_does_not_name_is_left_alone(function: CertificateFunction, aws: FakeAws) -> None:
    aws.certificates[PAYMENTS] = FakeCertificate({"DomainName": "pay.example.com"}, "us-east-1", {"Critical": "yes"})
    # Were it the stack's own request, IAM would deny all the same.
    aws.requests["SiteEdgeCertificateRequest1a2b3c4d"] = (PAYMENTS, "CREATE_COMPLETE")
    for kind in ("Create", "Update", "Delete"):
        answer = function(owned(kind, PAYMENTS))
        assert answer is not None
        assert (answer["Status"], "AccessDenied" in answer["Reason"]) == ("FAILED", True)
    assert only(aws).tags == {"Critical": "yes"}


def forged(arn: str) -> list[Json]:
    data = {"Arn": arn, "HostedZoneId": "ZONE", "Minutes": 1, "GiveUpAt": 0}
    polled: Json = {"CrHelperPoll": True, "CrHelperData": data}
    return [
        owned("Create", arn),
        owned("Update", arn),
        owned("Delete", arn),
        owned("Delete", arn, **polled),
        update(arn, PROPERTIES),
        request("Delete", PhysicalResourceId=arn),
        update(arn, PROPERTIES, **polled),
    ]


@pytest.mark.parametrize("requested", ["nothing", "another", "deleted"])
def test_forged_events_reach_no_other_certificate_of_the_account(
    function: CertificateFunction, aws: FakeAws, requested: str
) -> None:
    """Not even with a role whose policy names it."""
    aws.certificates[PAYMENTS] = FakeCertificate({"DomainName": "pay.example.com"}, "us-east-1", {"Critical": "yes"})
    aws.granted.add(PAYMENTS)
    own = "SiteEdgeCertificateRequest1a2b3c4d"
    if requested == "another":
        aws.requests[own] = (PAYMENTS.replace("payments", "own"), "UPDATE_COMPLETE")
    for event in forged(PAYMENTS):
        if requested == "deleted":
            # A request that is deleted may look at its certificate, to log that it stays.
            aws.requests[own] = (PAYMENTS, "DELETE_COMPLETE")
            if event["ResourceType"] == "Custom::CertificateRequest" and event["RequestType"] == "Delete":
                continue
        answer = function.invoke(event)
        assert answer is not None
        deletes = event["RequestType"] == "Delete"
        assert answer["Status"] == ("SUCCESS" if deletes else "FAILED")
        assert deletes or "this stack" in answer["Reason"]
    assert not {call for call in aws.calls if "Certificate" in call or "RecordSets" in call}
    assert only(aws).tags == {"Critical": "yes"}


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_stack_that_can_not_be_asked_fails_and_says_so(
    requested: str, function: CertificateFunction, aws: FakeAws, kind: str
) -> None:
    aws.granted.add(requested)
    aws.script["ListStackResources"] = ["AccessDenied"] * 6
    before = len(aws.calls)
    answer = function(owned(kind, requested))
    assert answer is not None
    assert (answer["Status"], "ListStackResources: AccessDenied" in answer["Reason"]) == ("FAILED", True)
    assert set(aws.calls[before:]) == {"ListStackResources"}


@pytest.mark.parametrize(
    "event", [request("Create"), owned("Delete", PAYMENTS), request("Create", CrHelperPoll=True, CrHelperData={})]
)
def test_other_stacks_requests_are_refused(function: CertificateFunction, aws: FakeAws, event: Json) -> None:
    answer = function({**event, "StackId": OTHER_STACK_ID})
    assert answer is not None
    assert (answer["Status"], "only serves its own stack" in answer["Reason"]) == ("FAILED", True)
    assert aws.calls == []


def test_other_types_are_refused_and_can_be_deleted(function: CertificateFunction, aws: FakeAws) -> None:
    refused = function({**request("Create"), "ResourceType": "Custom::Something"})
    assert refused is not None
    assert (refused["Status"], "Custom::CertificateRequest" in refused["Reason"]) == ("FAILED", True)
    known = {"PhysicalResourceId": refused["PhysicalResourceId"]}
    deleted = function({**request("Delete"), "ResourceType": "Custom::Something", **known})
    assert deleted is not None
    assert (deleted["Status"], aws.calls) == ("SUCCESS", [])


def test_names_in_an_event_remove_no_rule(requested: str, function: CertificateFunction, aws: FakeAws) -> None:
    foreign = "OpsCertificateExpirySoon"
    aws.rules[foreign] = {}
    aws.permissions.add(foreign)
    named: Json = {"CrHelperRule": f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/{foreign}", "CrHelperPermission": foreign}
    data = {"Arn": requested, "HostedZoneId": "ZONE", "Minutes": 1, "GiveUpAt": 0}
    answer = function(request("Create", CrHelperPoll=True, CrHelperData=data, **named))
    assert answer is not None
    assert answer["Status"] == "SUCCESS"
    assert (list(aws.rules), aws.permissions) == ([foreign], {foreign})
    aws.rules.clear()
    aws.permissions.clear()


def test_rules_are_named_by_the_stack_and_the_request(function: CertificateFunction, aws: FakeAws) -> None:
    names = []
    for logical_id in ("A" * 255, "B"):
        event = {**request("Create"), "LogicalResourceId": logical_id}
        assert function(event) is None
        (name,) = aws.rules
        assert name.startswith(f"resilient-website-{GUID}-")
        assert aws.permissions == {name}
        names.append(name)
        deleted = function({**event, "RequestType": "Delete", "PhysicalResourceId": "unknown"})
        assert deleted is not None
    assert names[0] != names[1]


def test_most_names_and_longest_answers_fit(function: CertificateFunction, aws: FakeAws) -> None:
    names = [f"{number:063d}.{'a' * 63}.example.com" for number in range(99)]
    assert function(request("Create", {**PROPERTIES, "SubjectAlternativeNames": names})) is None
    only(aws).status, only(aws).failure = "FAILED", "CAA_ERROR"
    answer = function.minute()
    assert answer is not None
    assert "CAA record" in answer["Reason"]
