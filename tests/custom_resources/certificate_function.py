"""The certificate's function as a warm process, called as Lambda and a scheduled rule call it."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.custom_resources.fake_aws import FakeAws
from tests.custom_resources.own_stack import STACK_ID
from tests.custom_resources.response_url import MAX_RESPONSE_BYTES, SIGNATURE, ResponseUrl
from tools.forking.process import forked
from tools.repository import ROOT

Json = dict[str, Any]

END_SECONDS = 60

# One invocation a line: the event, and how many minutes the function's clock is ahead.
RUN = """
import importlib, json, sys, time
now, sleep = time.time, time.sleep
# Pauses end soon.
time.sleep = lambda seconds: sleep(seconds / 100)

class Context:
    function_name = invoked_function_arn = log_stream_name = aws_request_id = "test"
    def __init__(self):
        self.deadline = now() + 60
    def get_remaining_time_in_millis(self):
        return int(1000 * (self.deadline - now()))

handler = importlib.import_module(sys.argv[1]).handler
for line in sys.stdin:
    event, minutes = json.loads(line)
    time.time = lambda: now() + 60 * minutes
    handler(event, Context())
    print("done", flush=True)
"""


class CertificateFunction:
    """A context manager. Each call is one invocation; what it answered to CloudFormation is in `answers`.

    `inline` is a folder with the function as one `index.py`; without, it runs of its package.
    """

    def __init__(self, folder: Path, aws: FakeAws, inline: Path | None = None) -> None:
        self.path = inline or ROOT / "custom_resources"
        self.module = "index" if inline else "certificate.handler"
        self.aws = aws
        self.place = ResponseUrl(folder)
        self.log = folder / "log.txt"
        self.minutes = 0.0

    @property
    def answers(self) -> list[Json]:
        return self.place.answers

    def __call__(self, event: Json) -> Json | None:
        """Send a request as CloudFormation does, which notes it; return the answer, if there is one already."""
        if event["ResourceType"] != "Custom::CertificateRequest":
            return self.invoke(event)
        logical_id, requests = event["LogicalResourceId"], self.aws.requests
        known = str(event.get("PhysicalResourceId", ""))
        if "CrHelperPoll" not in event:
            requests[logical_id] = (known, f"{event['RequestType'].upper()}_IN_PROGRESS")
        answer = self.invoke(event)
        if answer is not None:
            ended = "COMPLETE" if answer["Status"] == "SUCCESS" else "FAILED"
            requests[logical_id] = (answer["PhysicalResourceId"], f"{event['RequestType'].upper()}_{ended}")
        return answer

    def invoke(self, event: Json) -> Json | None:
        """Send an event, which CloudFormation knows nothing of; return the answer."""
        before = len(self.answers)
        self._process.stdin.write(json.dumps([{"ResponseURL": self.place.url, **event}, self.minutes]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line == "done\n", self.log.read_text()
        assert len(self.answers) - before <= 1
        return self.answers[-1] if len(self.answers) > before else None

    def minute(self, minutes: float = 1) -> Json | None:
        """Let time pass and the only rule fire, if there is one that has a target."""
        self.minutes += minutes
        targets = [target for target in self.aws.rules.values() if target]
        assert len(targets) <= 1
        return self(json.loads(targets[0]["Input"])) if targets else None

    def finish(self) -> None:
        """Check what holds after every test, and forget it."""
        assert SIGNATURE not in self.log.read_text()
        assert max(self.place.sizes, default=0) < MAX_RESPONSE_BYTES
        self.log.write_text("")
        self.answers.clear()
        self.minutes = 0
        self.aws.reset()

    def kill(self) -> None:
        """End the process as Lambda may at any time, and have a fresh one."""
        self._process.kill()
        self._process.communicate()
        self._start()

    def __enter__(self) -> Self:
        self.place.__enter__()
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # At the end of its input it ends by itself, and so can write what was measured of it.
        try:
            self._process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self.place.__exit__(kind, error, trace)

    def _start(self) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with self.log.open("a") as log:
            self._process = forked(
                ["-c", RUN, self.module],
                {
                    **inherited,
                    "PYTHONPATH": str(self.path),
                    "AWS_ENDPOINT_URL": self.aws.url,
                    "AWS_REGION": "eu-west-1",
                    "STACK_ID": STACK_ID,
                    "AWS_DEFAULT_REGION": "eu-west-1",
                    "AWS_ACCESS_KEY_ID": "123456789012",
                    "AWS_SECRET_ACCESS_KEY": "test",
                    "SSL_CERT_FILE": str(self.place.ca_bundle),
                },
                stderr=log,
            )
