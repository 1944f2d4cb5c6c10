"""The door that all custom resources share: each request has one answer, delivered before Lambda stops the process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.custom_resources.response_url import ResponseUrl
from tests.emulator.endpoint import ROOT

# Lambda stops a process where it is as soon as the handler returns: what another thread still does is not done.
RUN = """
import os, sys, time
url, works = sys.argv[1], float(sys.argv[2])

class Context:
    function_name = invoked_function_arn = log_stream_name = aws_request_id = "test"
    ends = 0
    def get_remaining_time_in_millis(self):
        return int(1000 * (self.ends - time.monotonic()))

from cloudformation_answer.resource import CustomResource
context, helper = Context(), CustomResource()

@helper.create
def create(_event, _context):
    # The timer answers half a second before the end.
    time.sleep(context.ends - 0.5 - time.monotonic() + works)
    return "id"

stack = "arn:aws:cloudformation:us-east-1:123456789012:stack/s/guid"
request = {"RequestType": "Create", "StackId": stack, "RequestId": "r", "LogicalResourceId": "L", "ResponseURL": url}
context.ends = time.monotonic() + 2
helper(request, context)
os._exit(0)
"""


@pytest.mark.parametrize(
    ("works", "status"), [(0.1, "FAILED"), (-0.1, "SUCCESS")], ids=["after the timer", "before the timer"]
)
def test_one_answer_is_delivered_though_the_time_is_over_meanwhile(tmp_path: Path, works: float, status: str) -> None:
    with ResponseUrl(tmp_path, pause=0.3) as place:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {
            **inherited,
            "PYTHONPATH": str(ROOT / "custom_resources"),
            "AWS_REGION": "us-east-1",
            "SSL_CERT_FILE": str(place.ca_bundle),
        }
        done = subprocess.run(
            [sys.executable, "-c", RUN, place.url, str(works)],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert [answer["Status"] for answer in place.answers] == [status], done.stderr
