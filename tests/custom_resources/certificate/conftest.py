"""What the tests of the certificate's function share: its process, its AWS, and a certificate that was issued."""

from collections.abc import Iterator

import pytest

from tests.custom_resources.certificate.requests import owned, request
from tests.custom_resources.certificate_function import CertificateFunction
from tests.custom_resources.fake_aws import FakeAws


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
def requested(function: CertificateFunction) -> str:
    """Return a certificate that was requested and issued."""
    assert function(request("Create")) is None
    function.aws.issue()
    answer = function.minute()
    assert answer is not None
    return str(answer["PhysicalResourceId"])


@pytest.fixture
def arn(requested: str, function: CertificateFunction) -> str:
    """Return a certificate that was requested, issued and tagged; a policy lets the function tag and delete it."""
    function.aws.granted.add(requested)
    answer = function(owned("Create", requested))
    assert answer is not None
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", requested), answer
    return requested
