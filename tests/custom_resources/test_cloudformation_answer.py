"""What all custom resources share: each request of the function's stack has one answer, others are refused."""

import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.custom_resources.own_stack import OTHER_STACK_ID, STACK_ID
from tests.custom_resources.response_url import ResponseUrl
from tools.forking.process import forked
from tools.repository import ROOT

# What a place answers that never takes an answer: its status, and whether what it sends has no end.
NEVER_TAKEN = [(500, False), (503, False), (200, True)]

# Lambda stops a process where it is as soon as the handler returns: what another thread still does is not done.
RUN = """
import atexit, logging, os, sys, time
url, works, seconds, stack = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]

class Context:
    function_name = invoked_function_arn = log_stream_name = aws_request_id = "test"
    ends = 0
    def get_remaining_time_in_millis(self):
        return int(1000 * (self.ends - time.monotonic()))

logging.basicConfig(level="INFO", format="%(levelname)s %(message)s")
from shared.cfn_response.resource import CustomResource
context, helper = Context(), CustomResource()

@helper.create
def create(_event, _context):
    print("works")
    # The timer answers when a quarter of so short a time is left.
    time.sleep(max(context.ends - 0.5 - time.monotonic() + works, 0))
    return "id"

request = {"RequestType": "Create", "StackId": stack, "RequestId": "r", "LogicalResourceId": "L", "ResponseURL": url}
if not url:
    del request["ResponseURL"]
context.ends = time.monotonic() + seconds
atexit.register(lambda: print("LEFT", context.ends - time.monotonic()))
helper(request, context)
sys.stdout.flush()
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


def run(
    place: ResponseUrl,
    works: float,
    seconds: float,
    *,
    stack_id: str = STACK_ID,
    own: str | None = STACK_ID,
    url: str | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Have a function with a time limit respond to a stack's request, after its work; `own` is its own stack."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "STACK_ID"))}
    environment = {
        **inherited,
        **({} if own is None else {"STACK_ID": own}),
        "PYTHONPATH": str(ROOT / "custom_resources"),
        "AWS_REGION": "us-east-1",
        "SSL_CERT_FILE": str(place.ca_bundle),
    }
    arguments = ["-c", RUN, place.url if url is None else url, str(works), str(seconds), stack_id]
    return forked(arguments, environment).completed()


@pytest.fixture(scope="module")
def undelivered(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[int, bool], "subprocess.CompletedProcess[str]"]:
    """Return how functions ended whose answer is never taken: all at once, as each waits for its time to be over."""

    def ended(case: tuple[int, bool]) -> "subprocess.CompletedProcess[str]":
        status, drips = case
        with ResponseUrl(tmp_path_factory.mktemp("place"), status=status, drips=drips) as place:
            return run(place, works=-6, seconds=7)

    with ThreadPoolExecutor() as pool:
        return dict(zip(NEVER_TAKEN, pool.map(ended, NEVER_TAKEN), strict=True))


@pytest.mark.parametrize("case", NEVER_TAKEN)
def test_an_answer_that_is_never_taken_ends_before_the_functions_time(
    undelivered: dict[tuple[int, bool], "subprocess.CompletedProcess[str]"], case: tuple[int, bool]
) -> None:
    done = undelivered[case]
    assert done.returncode == 1
    assert "UndeliveredError" in done.stderr
    assert '"level": "ERROR"' in done.stderr
    assert "the response was not delivered" in done.stderr
    left = float(done.stdout.rpartition("LEFT ")[2])
    assert left > 0.3


def test_an_answer_that_is_refused_is_not_sent_again(tmp_path: Path) -> None:
    started = time.monotonic()
    with ResponseUrl(tmp_path, status=403) as place:
        done = run(place, works=-29, seconds=30)
    assert done.returncode == 0, done.stderr
    assert len(place.answers) == 1
    assert '"level": "ERROR"' in done.stderr
    assert time.monotonic() - started < 25


@pytest.mark.parametrize(
    ("stack_id", "own", "says"),
    [
        (OTHER_STACK_ID, STACK_ID, "only serves its own stack"),
        ("", STACK_ID, "only serves its own stack"),
        (STACK_ID, None, "no environment variable STACK_ID"),
        ("", "", "no environment variable STACK_ID"),
    ],
)
def test_request_of_another_stack_is_refused(tmp_path: Path, stack_id: str, own: str | None, says: str) -> None:
    with ResponseUrl(tmp_path) as place:
        done = run(place, works=-0.1, seconds=2, stack_id=stack_id, own=own)
        assert done.returncode == 0, done.stderr
        (answer,) = place.answers
    assert (answer["Status"], answer["StackId"], answer["RequestId"]) == ("FAILED", stack_id, "r")
    assert says in answer["Reason"]
    assert "works" not in done.stdout


def test_event_without_a_response_url_is_refused(tmp_path: Path) -> None:
    with ResponseUrl(tmp_path) as place:
        done = run(place, works=-0.1, seconds=2, stack_id=OTHER_STACK_ID, url="")
        assert (done.returncode, place.answers) == (0, []), done.stderr
    assert "only serves its own stack" in done.stderr
    assert "works" not in done.stdout


def test_refusal_that_is_never_taken_is_not_repeated(tmp_path: Path) -> None:
    with ResponseUrl(tmp_path, status=500) as place:
        done = run(place, works=-6, seconds=3, stack_id=OTHER_STACK_ID)
    assert done.returncode == 0, done.stderr
    assert "the response was not delivered" in done.stderr
