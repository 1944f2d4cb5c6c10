"""Runs the function that serves saved pages as a process."""

import json
import os
import subprocess
from typing import Any

from resilient_website.inline.page_server import CODES, Code
from tests.custom_resources.fake_s3 import FakeS3
from tools.forking.process import forked

RUN = """
import json, sys
%s
print(json.dumps([handler(event, None) for event in json.load(sys.stdin)]))
"""

ENVIRONMENT = {
    "BUCKET": "bucket",
    "SAVED": "_saved/",
    "FRIENDLY": "_fallback/index.html",
    "BARE": "<!doctype html><title>We will be right back</title>",
    "RETRY_AFTER": "120",
}


def ask(s3: FakeS3, *requests: tuple[str, str], code: Code = CODES[0]) -> list[dict[str, Any]]:
    """Return the answers to requests, each a method and a path."""
    done = run(s3, code, ENVIRONMENT, *requests)
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def run(
    s3: FakeS3, code: Code, variables: dict[str, str], *requests: tuple[str, str]
) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": s3.url,
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        **variables,
    }
    events = [{"httpMethod": method, "path": path} for method, path in requests]
    return forked(["-P", "-c", RUN % code.text], environment).completed(json.dumps(events))
