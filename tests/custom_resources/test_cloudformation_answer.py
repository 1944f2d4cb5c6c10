"""What all custom resources share: each request of the function's stack has one answer, others are refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.custom_resources.own_stack import OTHER_STACK_ID, STACK_ID
from tests.custom_resources.response_url import ResponseUrl
from tests.emulator.endpoint import ROOT

# Lambda stops a process where it is as soon as the handler returns: what another thread still does is not done.
RUN = """
import os, sys, time
url, works, stack = sys.argv[1], float(sys.argv[2]), sys.argv[3]

class Context:
    function_name = invoked_function_arn = log_stream_name = aws_request_id = "test"
    ends = 0
    def get_remaining_time_in_millis(self):
        return int(1000 * (self.ends - time.monotonic()))

from cloudformation_answer.resource import CustomResource
context, helper = Context(), CustomResource()

@helper.create
def create(_event, _context):
    print("works")
    # The timer answers half a second before the end.
    time.sleep(context.ends - 0.5 - time.monotonic() + works)
    return "id"

request = {"RequestType": "Create", "StackId": stack, "RequestId": "r", "LogicalResourceId": "L"}
context.ends = time.monotonic() + 2
helper(request if url == "none" else {**request, "ResponseURL": url}, context)
sys.stdout.flush()
os._exit(0)
"""


def run(
    url: str, ca_bundle: Path, works: float, *, stack_id: str = STACK_ID, own: str | None = STACK_ID
) -> subprocess.CompletedProcess[str]:
    """Run the function for a request of a stack; `own` is the stack that its environment names."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "STACK_ID"))}
    environment = {
        **inherited,
        **({} if own is None else {"STACK_ID": own}),
        "PYTHONPATH": str(ROOT / "custom_resources"),
        "AWS_REGION": "us-east-1",
        "SSL_CERT_FILE": str(ca_bundle),
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, url, str(works), stack_id],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize(
    ("works", "status"), [(0.1, "FAILED"), (-0.1, "SUCCESS")], ids=["after the timer", "before the timer"]
)
def test_one_answer_is_delivered_though_the_time_is_over_meanwhile(tmp_path: Path, works: float, status: str) -> None:
    with ResponseUrl(tmp_path, pause=0.3) as place:
        done = run(place.url, place.ca_bundle, works)
        assert [answer["Status"] for answer in place.answers] == [status], done.stderr


@pytest.mark.parametrize(
    ("stack_id", "own", "says"),
    [
        (OTHER_STACK_ID, STACK_ID, "own stack only"),
        ("", STACK_ID, "own stack only"),
        (STACK_ID, None, "no environment variable STACK_ID"),
        ("", "", "no environment variable STACK_ID"),
    ],
)
def test_request_of_another_stack_is_refused(tmp_path: Path, stack_id: str, own: str | None, says: str) -> None:
    with ResponseUrl(tmp_path) as place:
        done = run(place.url, place.ca_bundle, -0.1, stack_id=stack_id, own=own)
        (answer,) = place.answers
    assert (answer["Status"], answer["StackId"], answer["RequestId"]) == ("FAILED", stack_id, "r")
    assert says in answer["Reason"]
    assert "works" not in done.stdout


def test_event_without_a_response_url_is_refused(tmp_path: Path) -> None:
    with ResponseUrl(tmp_path) as place:
        done = run("none", place.ca_bundle, -0.1, stack_id=OTHER_STACK_ID)
        assert place.answers == []
    assert "own stack only" in done.stderr
    assert "works" not in done.stdout
