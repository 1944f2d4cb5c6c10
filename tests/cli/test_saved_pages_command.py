"""The command `saved-pages`, where the function answers that it could not do it."""

import io
import json
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.exceptions import HTTPClientError

from cli.saved_pages import GO_BACK, SAVE, run, waiting_client
from resilient_website.problems import InvalidTemplateError
from resilient_website.tiers.saved_site.saving import FUNCTION
from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler

EVENT = {"Action": "save", "Site": {"BucketName": "bucket"}}


def clients(answer: dict[str, Any], state: str = "ENABLED", **more: str) -> tuple[Mock, Mock, Mock]:
    """Return CloudFormation, EventBridge and Lambda, with one site whose function gives this answer."""
    cloudformation, events, functions = Mock(), Mock(), Mock()
    cloudformation.describe_stack_resource.return_value = {"StackResourceDetail": {"PhysicalResourceId": "rule"}}
    events.describe_rule.return_value = {"State": state}
    events.list_targets_by_rule.return_value = {"Targets": [{"Arn": "function", "Input": json.dumps(EVENT)}]}
    functions.invoke.return_value = {"Payload": io.BytesIO(json.dumps(answer).encode()), **more}
    return cloudformation, events, functions


@pytest.mark.parametrize(("state", "enabled"), [("ENABLED", 1), ("DISABLED", 0)])
def test_save_that_saved_nothing_says_why_and_leaves_the_schedule_as_it_was(state: str, enabled: int) -> None:
    cloudformation, events, functions = clients({"Version": "", "Reason": "https://x/ answered 503"}, state)
    with pytest.raises(InvalidTemplateError, match=r"answered 503; the current version has not changed"):
        run(SAVE, "stack", "Site", cloudformation, events, functions)
    assert events.enable_rule.call_count == enabled


@pytest.mark.parametrize(("state", "enabled"), [("ENABLED", 1), ("DISABLED", 0)])
def test_schedule_goes_on_if_there_is_no_version_to_go_back_to(state: str, enabled: int) -> None:
    answer = {"errorType": "FailedRunError", "errorMessage": "there is no complete version before"}
    cloudformation, events, functions = clients(answer, state, FunctionError="Unhandled")
    with pytest.raises(InvalidTemplateError, match="no complete version before"):
        run(GO_BACK, "stack", "Site", cloudformation, events, functions)
    events.disable_rule.assert_called_once_with(Name="rule")
    assert events.enable_rule.call_count == enabled


def test_an_answer_that_is_lost_starts_no_second_crawl(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Silent(QuietHandler):
        def do_POST(self) -> None:  # noqa: N802 (the base class calls it so)
            asked.append(self.path)
            self.close_connection = True

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with LoopbackServer(Silent) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", server.url)
        with pytest.raises(HTTPClientError):
            waiting_client(boto3.Session(region_name="us-east-1")).invoke(FunctionName="function", Payload=b"{}")
    assert len(asked) == 1


def test_a_save_is_waited_for_as_long_as_the_function_may_run() -> None:
    config: Any = waiting_client(boto3.Session(region_name="us-east-1")).meta.config
    assert config.read_timeout > FUNCTION.timeout
