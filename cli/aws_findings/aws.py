"""Send each distinct request to AWS once, from several threads; report what AWS does not answer."""

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from textwrap import shorten
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from cli.aws_findings.findings import Unavailable
from cli.aws_problems import AWS_ERRORS, DENIED
from cli.deployed import tools as deployed

# Some operations are throttled early (Route 53: five per second), so wait and retry.
CONFIG = Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=10, read_timeout=30)

# In the error of a request that such a policy denies. Source: "Troubleshoot access denied error messages", IAM guide.
SERVICE_CONTROL_POLICY = "service control policy"

# A response that is not from AWS (a proxy's page, for example) may be long.
MAX_REASON_LENGTH = 200

Answer = dict[str, Any]


@dataclass
class Aws:
    """AWS, for commands that only read.

    `client` returns a boto3 client for a service and a Region; `region` is the site's; `now` is the current time.
    `action` names the IAM action of a service's operation with arguments, for what may not be read.
    """

    client: Callable[[str, str], Any]
    region: str
    now: datetime
    action: Callable[[str, str, Mapping[str, Any]], str]
    _answers: dict[str, "Future[Answer | None]"] = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)

    def ask(self, service: str, operation: str, *, region: str | None = None, **arguments: Any) -> Answer:
        """Return all pages of a response. Raises Unavailable if AWS refuses or can't be reached."""
        return self._response(service, operation, region or self.region, (), arguments, pages=True) or {}

    def first_page(self, service: str, operation: str, *, missing: Sequence[str] = (), **arguments: Any) -> Answer:
        """Return the first page of a response, for a list with a start position; empty for `missing` error codes."""
        return self._response(service, operation, self.region, missing, arguments, pages=False) or {}

    def find(
        self, service: str, operation: str, *, missing: Sequence[str], region: str | None = None, **arguments: Any
    ) -> Answer | None:
        """Return the response, or None if AWS returns one of the `missing` error codes: it does not exist."""
        return self._response(service, operation, region or self.region, missing, arguments, pages=True)

    def _response(
        self, service: str, operation: str, region: str, missing: Sequence[str], arguments: Answer, *, pages: bool
    ) -> Answer | None:
        """Send a request, or wait for the thread that is already sending the same."""
        question = json.dumps([service, operation, region, pages, arguments], sort_keys=True, default=str)
        with self._lock:
            known = self._answers.get(question)
            mine = self._answers.setdefault(question, Future()) if known is None else known
        if known is None:
            try:
                mine.set_result(self._asked(service, operation, region, arguments, pages=pages))
            except BaseException as failed:
                mine.set_exception(failed)
        try:
            return mine.result()
        except ClientError as refused:
            if refused.response["Error"].get("Code") in missing:
                return None
            raise Unavailable(_refusal(self.action(service, operation, arguments), refused)) from refused
        except AWS_ERRORS as failed:
            asked = self.action(service, operation, arguments)
            raise Unavailable(f"{asked} gave no answer ({_shortened(str(failed))})") from failed

    def _asked(self, service: str, operation: str, region: str, arguments: Answer, *, pages: bool) -> Answer:
        client = self.client(service, region)
        if pages and client.can_paginate(operation):
            answer: Answer = client.get_paginator(operation).paginate(**arguments).build_full_result()
        else:
            answer = getattr(client, operation)(**arguments)
        return answer


def _refusal(asked: str, refused: ClientError) -> str:
    details = refused.response["Error"]
    if SERVICE_CONTROL_POLICY in str(details.get("Message")):
        return f"a {SERVICE_CONTROL_POLICY} denies {asked}"
    if details.get("Code") in DENIED:
        return f"you may not {asked}"
    return f"{asked} was refused ({details.get('Code')}: {_shortened(str(details.get('Message')))})"


def _shortened(text: str) -> str:
    return shorten(text, MAX_REASON_LENGTH, placeholder=" ...")


def clients(session: boto3.Session) -> Callable[[str, str], Any]:
    """Return a function that returns one client per service and Region, for several threads."""
    return deployed.clients(session, CONFIG)
