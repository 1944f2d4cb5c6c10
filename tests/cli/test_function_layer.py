"""Which layer the next deployment gives a stack's functions, by Lambda's answers."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from cli.function_layer import code_after
from resilient_website.expand import expand_template
from resilient_website.functions.code import Layer

LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:ResilientWebsite-functions"


@pytest.fixture
def client() -> Any:
    return boto3.client("lambda", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


@pytest.fixture
def answers(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture(scope="module")
def deployed() -> dict[str, Any]:
    return expand_template({"Resources": {"Site": {"Type": "ResilientWebsite"}}}, {}, "us-east-1")


def versions(*numbers: int) -> dict[str, Any]:
    return {"LayerVersions": [{"LayerVersionArn": f"{LAYER}:{number}", "Version": number} for number in numbers]}


@pytest.mark.parametrize("numbers", [(10, 9, 2), (2, 9, 10)])
def test_newest_version_is_the_next_one(
    client: Any, answers: Stubber, deployed: dict[str, Any], numbers: tuple[int, ...]
) -> None:
    answers.add_response("list_layer_versions", versions(*numbers), {"LayerName": LAYER})
    assert code_after(deployed, lambda: client) == Layer(f"{LAYER}:10")


def test_layer_that_lambda_does_not_show_is_said_to_stay(
    client: Any, answers: Stubber, deployed: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answers.add_response("list_layer_versions", versions(), {"LayerName": LAYER})
    answers.add_client_error("list_layer_versions", "AccessDeniedException")
    for reason in ("has no version in Lambda's list", "AccessDeniedException"):
        assert code_after(deployed, lambda: client) == Layer(f"{LAYER}:1")
        said = capsys.readouterr().err
        assert "assumed to stay unchanged" in said
        assert reason in said
