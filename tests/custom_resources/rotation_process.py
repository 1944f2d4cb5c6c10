"""Runs the steps of a rotation as Lambda would: in a separate process, which a test can stop at any request."""

import json
import os
import subprocess
from pathlib import Path

from shared.aws_errors.new_permissions import MARGIN_SECONDS
from tests.custom_resources.faulty_aws import FaultyAws
from tests.custom_resources.rotated_site import Secret
from tools.forking.process import forked
from tools.repository import ROOT

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")

# Seconds of a function that has no time to try again what was denied: the first pause is a second.
TOO_SHORT = MARGIN_SECONDS + 0.9

RUN = """
import importlib, json, logging, sys, time

# Pauses are short: they are not tested here.
sleep = time.sleep
time.sleep = lambda seconds: sleep(seconds / 20)

class Context:
    def __init__(self, seconds):
        self.deadline = time.time() + seconds
    def get_remaining_time_in_millis(self):
        return int(1000 * (self.deadline - time.time()))

logging.basicConfig(stream=sys.stdout)
request = json.load(sys.stdin)
handler = importlib.import_module(request["module"]).handler
for event in request["events"]:
    handler(event, Context(request["seconds"]))
"""


class RotationProcess:
    """Calls a rotation function's handler; `log` is what it wrote. `inline` is a folder with it as one `index.py`."""

    def __init__(
        self,
        package: str,
        aws: FaultyAws,
        account: str,
        secret: Secret,
        stack_id: str,
        seconds: float = 60,
        inline: Path | None = None,
    ) -> None:
        self.log = ""
        self._path = inline or ROOT / "custom_resources"
        self._module = "index" if inline else f"{package}.handler"
        self._aws = aws
        self._account = account
        self._secret = secret
        self._stack_id = stack_id
        self.seconds = seconds

    def __call__(self, version: str, *steps: str) -> bool:
        """Run steps (all of them, if none is named), one after the other; tell whether they succeeded."""
        return self.run(
            *({"Step": step, "SecretId": self._secret.arn, "ClientRequestToken": version} for step in steps or STEPS)
        )

    def run(self, *events: dict[str, str]) -> bool:
        """Run the handler for these events."""
        process = forked(["-c", RUN], self._environment(), stderr=subprocess.STDOUT)
        self._aws.end_caller = process.kill
        request = {"module": self._module, "events": events, "seconds": self.seconds}
        self.log, _ = process.communicate(json.dumps(request), timeout=100)
        for value in self._secret.known():
            assert value not in self.log
        return process.returncode == 0

    def _environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}
        return {
            **inherited,
            "PYTHONPATH": str(self._path),
            "STACK_ID": self._stack_id,
            "AWS_ENDPOINT_URL": self._aws.url,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": self._account,
            "AWS_SECRET_ACCESS_KEY": "test",
        }
