"""The certificate's function as a real process: updates that fail or are cancelled lose no certificate."""

import pytest

from tests.custom_resources.certificate.requests import PROPERTIES, request, update
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws


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
