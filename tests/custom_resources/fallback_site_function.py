"""Runs the fallback site's function as a process, as Lambda would."""

import json
import os
import time
from pathlib import Path
from typing import Any

from tests.custom_resources.fake_cloudformation import FakeCloudFormation
from tests.custom_resources.fake_s3 import FakeS3
from tests.custom_resources.own_stack import BUCKET, STACK_ID
from tests.custom_resources.response_url import MAX_RESPONSE_BYTES, SIGNATURE, ResponseUrl
from tools.forking.process import forked
from tools.repository import ROOT

RUN = """
import importlib, json, sys, time

# Pauses are short: they are not tested here.
sleep = time.sleep
time.sleep = lambda seconds: sleep(seconds / 20)

class Context:
    function_name = invoked_function_arn = log_stream_name = aws_request_id = "test"
    deadline = time.time() + 120
    def get_remaining_time_in_millis(self):
        return int(1000 * (self.deadline - time.time()))

handler = importlib.import_module(sys.argv[1]).handler
for event in json.load(sys.stdin):
    handler(event, Context())
"""

PROPERTIES = {
    "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:f",
    "ServiceTimeout": "300",
    "BucketName": BUCKET,
    "Prefix": "_fallback/",
    "Title": "Back soon",
    "Message": "A short break",
}


class Function:
    """Runs the function for requests, against a fake S3. `inline` is a folder with it as one `index.py`."""

    def __init__(self, folder: Path, inline: Path | None = None) -> None:
        self.folder = folder
        self.path = inline or ROOT / "custom_resources"
        self.module = "index" if inline else "fallback_site.handler"
        self.cloudformation = FakeCloudFormation()
        self.log = ""
        self.seconds = 0.0

    def __call__(self, s3: FakeS3, *requests: dict[str, Any]) -> list[dict[str, Any]]:
        with ResponseUrl(self.folder) as place, self.cloudformation:
            events = [{**request, "ResponseURL": place.url} for request in requests]
            started = time.monotonic()
            process = forked(["-c", RUN, self.module], self._environment(s3, place))
            self.log = "".join(process.communicate(json.dumps(events), timeout=100))
            self.seconds = time.monotonic() - started
            assert process.returncode == 0, self.log
            assert len(place.answers) == len(requests), self.log
            assert max(place.sizes) < MAX_RESPONSE_BYTES
            assert SIGNATURE not in self.log
            return place.answers

    def _environment(self, s3: FakeS3, place: ResponseUrl) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {
            **inherited,
            "PYTHONPATH": str(self.path),
            "AWS_ENDPOINT_URL_S3": s3.url,
            "AWS_ENDPOINT_URL_CLOUDFORMATION": self.cloudformation.url,
            "AWS_REGION": "us-east-1",
            "STACK_ID": STACK_ID,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "test",
            "SSL_CERT_FILE": str(place.ca_bundle),
        }


def request(kind: str, properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "StackId": STACK_ID,
        "RequestId": f"request-{kind}",
        "LogicalResourceId": "SiteFallbackSite",
        "ResourceType": "Custom::FallbackSite",
        "ResourceProperties": PROPERTIES if properties is None else properties,
        **({} if kind == "Create" else {"PhysicalResourceId": f"{BUCKET}/_fallback/"}),
        **more,
    }
