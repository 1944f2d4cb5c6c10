"""Asks AWS, each distinct question once, from several threads; what AWS does not tell is said, not skipped."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from textwrap import shorten
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from cli.aws_problems import AWS_ERRORS
from cli.check.findings import Unavailable
from cli.check.permissions import action

# Some of the operations are throttled early (Route 53: five a second); a check that waits beats one that gives up.
CONFIG = Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=10, read_timeout=30)

# How services say that the caller may not ask. HEAD has no body, so S3 gives the status alone.
DENIED = (
    "403",
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Forbidden",
    "UnauthorizedException",
    "UnauthorizedOperation",
)

# What does not come from AWS (a proxy's page, say) may be long.
MAX_REASON_LENGTH = 200

Answer = dict[str, Any]


@dataclass
class Aws:
    """AWS as the checks see it.

    `client` gives a boto3 client for a service and a Region; `region` is the site's; `now` is when AWS is asked.
    """

    client: Callable[[str, str], Any]
    region: str
    now: datetime
    _answers: dict[str, "Future[Answer | None]"] = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)

    def ask(self, service: str, operation: str, *, region: str | None = None, **arguments: Any) -> Answer:
        """Return the whole answer, all pages of it. Raises Unavailable if AWS does not give it."""
        return self._told(service, operation, region or self.region, (), arguments, pages=True) or {}

    def first_page(self, service: str, operation: str, *, missing: Sequence[str] = (), **arguments: Any) -> Answer:
        """Return the answer's first page, for a list that is asked from somewhere in it; empty for `missing` codes."""
        return self._told(service, operation, self.region, missing, arguments, pages=False) or {}

    def find(
        self, service: str, operation: str, *, missing: Sequence[str], region: str | None = None, **arguments: Any
    ) -> Answer | None:
        """Return the answer, or None where AWS answers with one of the `missing` codes: there is no such thing."""
        return self._told(service, operation, region or self.region, missing, arguments, pages=True)

    def _told(
        self, service: str, operation: str, region: str, missing: Sequence[str], arguments: Answer, *, pages: bool
    ) -> Answer | None:
        """Ask, or wait for whoever is asking the same already."""
        question = json.dumps([service, operation, region, pages, arguments], sort_keys=True)
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
            raise Unavailable(_refusal(action(service, operation, arguments), refused)) from refused
        except AWS_ERRORS as failed:
            asked = action(service, operation, arguments)
            raise Unavailable(f"{asked} gave no answer ({_shortened(str(failed))})") from failed

    def _asked(self, service: str, operation: str, region: str, arguments: Answer, *, pages: bool) -> Answer:
        client = self.client(service, region)
        if pages and client.can_paginate(operation):
            answer: Answer = client.get_paginator(operation).paginate(**arguments).build_full_result()
        else:
            answer = getattr(client, operation)(**arguments)
        return answer


def _refusal(asked: str, refused: ClientError) -> str:
    told = refused.response["Error"]
    if told.get("Code") in DENIED:
        return f"you may not {asked}"
    return f"{asked} was refused ({told.get('Code')}: {_shortened(str(told.get('Message')))})"


def _shortened(text: str) -> str:
    return shorten(text, MAX_REASON_LENGTH, placeholder=" ...")


def clients(session: boto3.Session) -> Callable[[str, str], Any]:
    """Return what gives one client for each service and Region. Sessions can't make them in two threads at once."""
    made: dict[tuple[str, str], Any] = {}
    making = Lock()

    def client(service: str, region: str) -> Any:
        with making:
            if (service, region) not in made:
                made[service, region] = session.client(service, region_name=region, config=CONFIG)  # type: ignore[call-overload]
            return made[service, region]

    return client
