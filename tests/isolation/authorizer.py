"""The server between callers and moto: it asks IAM about every request, and passes on what is allowed."""

import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler
from tests.isolation import wire
from tests.isolation.account import Account
from tests.isolation.cloudformation import CloudFormation
from tests.isolation.evaluator import AuthorizationRequest, Caller, EvaluationError, Evaluator
from tests.isolation.operations import requests_of
from tests.isolation.wire import Call

UPSTREAM_SECONDS = 60
# Operations that only read, by the beginnings of their names, for all services that functions call.
READING = ("Describe", "Get", "Head", "List")
_DROPPED = ("connection", "content-length", "date", "keep-alive", "server", "transfer-encoding")


@dataclass(frozen=True)
class Request:
    """One request that came: who asked, for what, and what IAM said. `owners` are the stacks that it would touch."""

    caller: str
    name: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    denied: tuple[str, ...]
    owners: frozenset[str]

    @property
    def allowed(self) -> bool:
        """Whether it went on to AWS."""
        return not self.denied

    @property
    def may_change_something(self) -> bool:
        """Whether it went on to AWS, and does not only read."""
        return self.allowed and not self.name.partition(":")[2].startswith(READING)


class Authorizer(LoopbackServer):
    """A context manager. `requests` are those that came; `mistakes` what can't be judged: each fails a test."""

    def __init__(self, account: Account, evaluator: Evaluator) -> None:
        self.requests: list[Request] = []
        self.mistakes: list[str] = []
        self._account, self._evaluator = account, evaluator
        self._cloudformation = CloudFormation(account)
        upstream = urlsplit(account.url)
        outer = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def _any(self) -> None:
                body = self._read()
                answered = outer.judge(self.command, self.path, dict(self.headers), body)
                if answered:
                    self._answer(answered[0], {"Content-Type": answered[1]}, answered[2])
                    return
                connection = HTTPConnection(upstream.hostname or "", upstream.port, timeout=UPSTREAM_SECONDS)
                headers = {
                    name: value
                    for name, value in self.headers.items()
                    if name.lower() not in ("expect", "transfer-encoding")
                }
                headers["Content-Length"] = str(len(body))
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                kept = {name: value for name, value in answer.getheaders() if name.lower() not in _DROPPED}
                self._answer(answer.status, kept, content)
                connection.close()

            def _read(self) -> bytes:
                if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length") or 0))
                chunks = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(chunks)

            def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _any  # noqa: N815

        super().__init__(Handler)

    def judge(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes] | None:
        """Return the answer to a request that IAM denies, or that moto is not asked; None if it may go on to moto."""
        try:
            call = wire.read(method, target, headers, body)
            caller = self._account.callers[call.access_key]()
            questions = requests_of(call, self._account)
        except (wire.UnreadableError, LookupError, ValueError) as error:
            self.mistakes.append(f"{method} {target}: {type(error).__name__}: {error}")
            return 403, "text/plain", b"unreadable"
        if questions is None:
            self.mistakes.append(f"{call.name} ({caller.name}): no row in tests/isolation/operations.py")
            questions = [AuthorizationRequest("unknown:Unknown", "*")]
        denied = [question for question in questions if not self._is_allowed(caller, question)]
        resources = tuple(question.resource for question in questions)
        self.requests.append(
            Request(
                caller.name,
                call.name,
                tuple(question.action for question in questions),
                resources,
                tuple(f"{question.action} on {question.resource}" for question in denied),
                frozenset(filter(None, map(self._account.owner, resources))),
            )
        )
        if denied:
            return 403, *_refusal(call, caller, denied[0])
        if call.service == "cloudformation":
            status, content = self._cloudformation.answer(call)
            return status, "text/xml", content
        return None

    def _is_allowed(self, caller: Caller, question: AuthorizationRequest) -> bool:
        if question.action.startswith("unknown:") or not question.resource.startswith(("arn:", "*")):
            # AWS refuses what is no ARN, too.
            return False
        try:
            policy = self._account.resource_policy(question.resource)
            return self._evaluator.is_allowed(caller, self._account.with_tags(question), policy)
        except EvaluationError as error:
            self.mistakes.append(str(error))
            return False


def _refusal(call: Call, caller: Caller, question: AuthorizationRequest) -> tuple[str, bytes]:
    """Return what a service answers to a request that IAM denies."""
    message = f"User: {caller.arn} is not authorized to perform: {question.action} on resource: {question.resource}"
    if call.service in ("acm", "secretsmanager", "events", "tagging", "lambda"):
        body: dict[str, Any] = {"__type": "AccessDeniedException", "message": message, "Message": message}
        return "application/x-amz-json-1.1", json.dumps(body).encode()
    error = f"<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>"
    whole = error if call.service == "s3" else f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>"
    return "application/xml", whole.encode()
