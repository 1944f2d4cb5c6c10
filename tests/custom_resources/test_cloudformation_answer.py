"""What all custom resources share: each request has one answer, delivered before Lambda stops the process."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.custom_resources.response_url import ResponseUrl
from tests.emulator.endpoint import ROOT

# Lambda stops a process where it is as soon as the handler returns: what another thread still does is not done.
RUN = """
import atexit, logging, os, sys, time
url, works, seconds = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])

class Context:
    function_name = invoked_function_arn = log_stream_name = aws_request_id = "test"
    ends = 0
    def get_remaining_time_in_millis(self):
        return int(1000 * (self.ends - time.monotonic()))

logging.basicConfig(level="INFO", format="%(levelname)s %(message)s")
from cloudformation_answer.resource import CustomResource
context, helper = Context(), CustomResource()

@helper.create
def create(_event, _context):
    # The timer answers when a quarter of so short a time is left.
    time.sleep(max(context.ends - 0.5 - time.monotonic() + works, 0))
    return "id"

stack = "arn:aws:cloudformation:us-east-1:123456789012:stack/s/guid"
request = {"RequestType": "Create", "StackId": stack, "RequestId": "r", "LogicalResourceId": "L", "ResponseURL": url}
context.ends = time.monotonic() + seconds
atexit.register(lambda: print("LEFT", context.ends - time.monotonic()))
helper(request, context)
os._exit(0)
"""


@pytest.mark.parametrize(
    ("works", "status"), [(0.1, "FAILED"), (-0.1, "SUCCESS")], ids=["after the timer", "before the timer"]
)
def test_one_answer_is_delivered_though_the_time_is_over_meanwhile(tmp_path: Path, works: float, status: str) -> None:
    with ResponseUrl(tmp_path, pause=0.3) as place:
        done = run(place, works, seconds=2)
        assert done.returncode == 0, done.stderr
        assert [answer["Status"] for answer in place.answers] == [status], done.stderr


def run(place: ResponseUrl, works: float, seconds: float) -> "subprocess.CompletedProcess[str]":
    """Have a function of so many seconds answer, after its work."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {
        **inherited,
        "PYTHONPATH": str(ROOT / "custom_resources"),
        "AWS_REGION": "us-east-1",
        "SSL_CERT_FILE": str(place.ca_bundle),
    }
    return subprocess.run(
        [sys.executable, "-c", RUN, place.url, str(works), str(seconds)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(("status", "drips"), [(500, False), (503, False), (200, True)])
def test_an_answer_that_is_never_taken_ends_before_the_functions_time(tmp_path: Path, status: int, drips: bool) -> None:
    with ResponseUrl(tmp_path, status=status, drips=drips) as place:
        done = run(place, works=-6, seconds=7)
    assert done.returncode == 1
    assert "UndeliveredError" in done.stderr
    assert '"level": "ERROR"' in done.stderr
    assert "the answer was not delivered" in done.stderr
    left = float(done.stdout.rpartition("LEFT ")[2])
    assert left > 0.3


def test_an_answer_that_is_refused_is_not_sent_again(tmp_path: Path) -> None:
    started = time.monotonic()
    with ResponseUrl(tmp_path, status=403) as place:
        done = run(place, works=-29, seconds=30)
    assert done.returncode == 0, done.stderr
    assert len(place.answers) == 1
    assert '"level": "ERROR"' in done.stderr
    assert time.monotonic() - started < 15
