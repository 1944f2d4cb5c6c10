"""Runs the function of Custom::RemoteStack as Lambda would: in a process that a test can stop at any call."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.custom_resources.faulty_aws import FaultyAws
from tests.custom_resources.response_url import MAX_RESPONSE_BYTES, SIGNATURE, ResponseUrl
from tools.forking.process import forked
from tools.repository import ROOT

Json = dict[str, Any]


# Resources of a stack there: one that fails, and some that are never complete.
NOBODY = {"Type": "Custom::Nobody", "Properties": {"ServiceToken": "arn:aws:lambda:us-west-2:1:function:nobody"}}
NEVER = {
    "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
    "Never": {
        "Type": "AWS::CloudFormation::WaitCondition",
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "600"},
    },
}

RUN = """
import json, sys, time

# Pauses are short: they are not tested here.
sleep = time.sleep
time.sleep = lambda seconds: sleep(seconds / 20)

class Context:
    function_name = invoked_function_arn = log_stream_name = aws_request_id = "test"
    def __init__(self, seconds):
        self.deadline = time.time() + seconds
    def get_remaining_time_in_millis(self):
        return int(1000 * (self.deadline - time.time()))

from remote_stack.handler import handler
event, seconds = json.load(sys.stdin)
handler(event, Context(seconds))
"""


class RemoteStackProcess:
    """Calls the function; `log` is what it wrote, `seconds` how long it took."""

    def __init__(self, folder: Path, aws: FaultyAws, account: str) -> None:
        self.log = ""
        self.seconds = 0.0
        self._folder = folder
        self._aws = aws
        self._account = account

    def __call__(self, event: Json, *, lasts: float = 60) -> Json | None:
        """Send a request to a function that `lasts` seconds; return its response, None if it ended before."""
        with ResponseUrl(self._folder) as place:
            started = time.monotonic()
            process = forked(["-c", RUN], self._environment(place, event["StackId"]), stderr=subprocess.STDOUT)
            self._aws.end_caller = process.kill
            sent = json.dumps([{**event, "ResponseURL": place.url}, lasts])
            self.log, _ = process.communicate(sent, timeout=100)
            self.seconds = time.monotonic() - started
            assert SIGNATURE not in self.log
            assert max(place.sizes, default=0) < MAX_RESPONSE_BYTES
            assert len(place.answers) == (1 if process.returncode == 0 else 0), self.log
            return place.answers[0] if place.answers else None

    def _environment(self, place: ResponseUrl, stack_id: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        return {
            **inherited,
            "PYTHONPATH": str(ROOT / "custom_resources"),
            "AWS_ENDPOINT_URL": self._aws.url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self._account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "SSL_CERT_FILE": str(place.ca_bundle),
            "STACK_ID": stack_id,
            "STACK_ROLE_ARN": f"arn:aws:iam::{self._account}:role/stacks",
        }
