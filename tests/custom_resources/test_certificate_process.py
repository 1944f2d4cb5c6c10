"""The certificate's function as a real process: every request gets one answer, in time, and no certificate is lost."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws, FakeCertificate, record

Json = dict[str, Any]

PROPERTIES: Json = {
    "ServiceToken": "arn:aws:lambda:eu-west-1:123456789012:function:f",
    "DomainName": "www.example.com",
    "SubjectAlternativeNames": ["example.com", "*.example.com"],
    "HostedZoneId": "ZONE",
    "Region": "us-east-1",
    "Tags": [{"Key": "team", "Value": "web"}],
}


def request(kind: str, properties: Json | None = None, **more: Any) -> Json:
    return {
        "RequestType": kind,
        "StackId": "arn:aws:cloudformation:eu-west-1:123456789012:stack/s/guid",
        "RequestId": f"request-{kind}",
        "LogicalResourceId": "SiteEdgeCertificate",
        "ResourceType": "Custom::Certificate",
        "ResourceProperties": PROPERTIES if properties is None else properties,
        **more,
    }


def update(arn: str, properties: Json, old: Json | None = None, **more: Any) -> Json:
    return request("Update", properties, PhysicalResourceId=arn, OldResourceProperties=old or PROPERTIES, **more)


@pytest.fixture(scope="module")
def warm_function(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CertificateFunction]:
    with FakeAws() as fake, CertificateFunction(tmp_path_factory.mktemp("function"), fake) as running:
        yield running


@pytest.fixture
def aws(warm_function: CertificateFunction) -> FakeAws:
    return warm_function.aws


@pytest.fixture
def function(warm_function: CertificateFunction) -> Iterator[CertificateFunction]:
    """Return a function that has answered requests before, and an account with nothing in it."""
    yield warm_function
    left = (warm_function.aws.rules, warm_function.aws.permissions)
    warm_function.finish()
    # Nothing that polls is left behind, however it ended.
    assert left == ({}, set())


@pytest.fixture
def arn(function: CertificateFunction) -> str:
    """Return a certificate that was created and issued."""
    assert function(request("Create")) is None
    function.aws.issue()
    answer = function.minute()
    assert answer is not None
    return str(answer["PhysicalResourceId"])


def only(aws: FakeAws) -> FakeCertificate:
    (certificate,) = aws.certificates.values()
    return certificate


def test_create_waits_for_the_issue_without_blocking(function: CertificateFunction, aws: FakeAws) -> None:
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
    assert only(aws).tags["team"] == "web"


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
    deleted = function(request("Delete", PhysicalResourceId=arn))
    assert deleted is not None
    assert deleted["Status"] == "SUCCESS"
    assert aws.certificates == {}
    assert function({**request("Create"), "RequestId": "another"}) is None
    aws.issue()
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "SUCCESS"
    assert list(aws.certificates) == [answer["PhysicalResourceId"]] != [arn]


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


@pytest.mark.parametrize(
    ("status", "failure", "told"),
    [
        ("FAILED", "CAA_ERROR", "CAA record"),
        ("FAILED", "ADDITIONAL_VERIFICATION_REQUIRED", "AWS Support"),
        ("VALIDATION_TIMED_OUT", "", "CAA records"),
        ("REVOKED", "", "AWS Support"),
    ],
)
def test_failed_validation_says_what_to_do(
    function: CertificateFunction, aws: FakeAws, status: str, failure: str, told: str
) -> None:
    assert function(request("Create")) is None
    only(aws).status, only(aws).failure = status, failure
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "FAILED"
    assert "truncated" not in answer["Reason"]
    for part in (status, failure, told, "example.com"):
        assert part in answer["Reason"]
    function(request("Delete", PhysicalResourceId=answer["PhysicalResourceId"]))
    assert aws.certificates == {}


@pytest.mark.parametrize(("timeout", "patience"), [("3600", 50), ("600", 8)])
def test_pending_for_long(function: CertificateFunction, aws: FakeAws, timeout: str, patience: int) -> None:
    function(request("Create", {**PROPERTIES, "ServiceTimeout": timeout}))
    assert function.minute(patience - 1) is None
    aws.script["DescribeCertificate"] = ["ThrottlingException"] * 3
    assert function.minute(0.5) is None
    answer = function.minute()
    assert answer is not None
    assert answer["Status"] == "FAILED"
    assert f"after {patience} minutes; see that zone ZONE is public" in answer["Reason"]
    assert answer["PhysicalResourceId"] in aws.certificates


@pytest.mark.parametrize(
    ("operation", "code", "told"),
    [
        ("RequestCertificate", "AccessDeniedException", "AccessDeniedException"),
        ("DescribeCertificate", "AccessDeniedException", "AccessDeniedException"),
        ("ChangeResourceRecordSets", "AccessDenied", "let the certificate function's role change"),
        ("ChangeResourceRecordSets", "InvalidChangeBatch", "HostedZoneId must be the zone"),
        ("PutRule", "AccessDeniedException", ""),
        ("AddPermission", "AccessDeniedException", ""),
        ("PutTargets", "AccessDeniedException", ""),
    ],
)
def test_denied(function: CertificateFunction, aws: FakeAws, operation: str, code: str, told: str) -> None:
    aws.script[operation] = [code] * 3
    answer = function(request("Create"))
    assert answer is not None
    assert answer["Status"] == "FAILED"
    assert told in answer["Reason"]
    # CloudFormation deletes what the id names.
    assert list(aws.certificates) == ([] if operation == "RequestCertificate" else [answer["PhysicalResourceId"]])
    deleted = function(request("Delete", PhysicalResourceId=answer["PhysicalResourceId"]))
    assert deleted is not None
    assert deleted["Status"] == "SUCCESS"
    assert aws.certificates == {}
    # crhelper leaves a rule that calls nothing, and maybe a permission for it, if it can't finish them.
    aws.rules.clear()
    aws.permissions.clear()


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


@pytest.mark.parametrize("operation", ["ChangeResourceRecordSets", "PutRule"])
def test_failed_update_keeps_the_old_and_leaves_no_new(
    arn: str, function: CertificateFunction, aws: FakeAws, operation: str
) -> None:
    more = {**PROPERTIES, "SubjectAlternativeNames": ["api.example.com"]}
    aws.script[operation] = ["AccessDenied"]
    answer = function(update(arn, more))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", arn)
    assert list(aws.certificates) == [arn]
    back = function(update(arn, PROPERTIES, old=more, RequestId="request-back"))
    assert back is not None
    assert (back["Status"], back["PhysicalResourceId"]) == ("SUCCESS", arn)
    assert list(aws.certificates) == [arn]


def test_update_whose_validation_fails_leaves_no_new(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    more = {**PROPERTIES, "SubjectAlternativeNames": ["api.example.com"]}
    assert function(update(arn, more)) is None
    (new,) = set(aws.certificates) - {arn}
    aws.certificates[new].status = "FAILED"
    answer = function.minute()
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", arn)
    assert list(aws.certificates) == [arn]


def test_replacement_that_is_rolled_back_has_the_first_again(
    arn: str, function: CertificateFunction, aws: FakeAws
) -> None:
    """Another resource of the stack fails, once the other certificate is there: CloudFormation knows only that one."""
    more = {**PROPERTIES, "SubjectAlternativeNames": ["api.example.com"]}
    assert function(update(arn, more)) is None
    aws.issue()
    replaced = function.minute()
    assert replaced is not None
    other = replaced["PhysicalResourceId"]
    back = function(update(other, PROPERTIES, old=more, RequestId="request-back"))
    assert back is not None
    assert (back["Status"], back["PhysicalResourceId"], back["Data"]) == ("SUCCESS", arn, {"Arn": arn})
    function(request("Delete", more, PhysicalResourceId=other))
    assert list(aws.certificates) == [arn]
    function(request("Delete", PhysicalResourceId=arn, RequestId="request-end"))
    assert aws.certificates == {}


@pytest.mark.parametrize(("operation", "late"), [("PutRule", False), ("ChangeResourceRecordSets", True)])
def test_first_certificate_outlives_a_rollback_that_fails(
    arn: str, function: CertificateFunction, aws: FakeAws, operation: str, late: bool
) -> None:
    more = {**PROPERTIES, "SubjectAlternativeNames": ["api.example.com"]}
    function(update(arn, more))
    aws.issue()
    replaced = function.minute()
    assert replaced is not None
    aws.script["ChangeResourceRecordSets"] = ["PriorRequestNotComplete"] * 3 + ["AccessDenied"] * late
    aws.script["PutRule"] = ["AccessDenied"] * (operation == "PutRule")
    back = function(update(replaced["PhysicalResourceId"], PROPERTIES, old=more, RequestId="request-back"))
    failed = function.minute() if late else back
    assert failed is not None
    assert (failed["Status"], failed["PhysicalResourceId"]) == ("FAILED", replaced["PhysicalResourceId"])
    assert set(aws.certificates) == {arn, replaced["PhysicalResourceId"]}


def test_cancelled_update_leaves_no_new(arn: str, function: CertificateFunction, aws: FakeAws) -> None:
    """CloudFormation cancels an update under way if another resource fails, and goes back without its answer."""
    more = {**PROPERTIES, "SubjectAlternativeNames": ["api.example.com"]}
    assert function(update(arn, more)) is None
    back = function(update(arn, PROPERTIES, old=more, RequestId="request-back"))
    assert back is not None
    assert (back["Status"], list(aws.certificates)) == ("SUCCESS", [arn])
    late = function.minute()
    assert late is not None
    assert late["Status"] == "FAILED"


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
