"""A proxy in front of moto, whose StackSets never fail and never take time, and which denies no request.

It changes what moto answers about the accounts that are to fail, lets operations run for as long as a test wants, and
denies what a test says. It writes down what is asked.
What else the tests see of StackSets through it is moto's own.
"""

import json
import re
import threading
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.error import HTTPError
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

from tests.custom_resources.loopback_server import QuietHandler

# The services whose protocol is XML.
XML = ("cloudformation", "cloudfront", "elasticache", "rds", "route53", "s3", "sns", "sts")

HOP = ("host", "content-length", "connection", "transfer-encoding")


@dataclass(frozen=True)
class RecordedRequest:
    """A request: the service as its signature names it, the operation (empty for REST), and the method of HTTP."""

    service: str
    operation: str
    method: str


@dataclass
class FailureInjector:
    """A running proxy; a context manager."""

    target: str
    # Why stacks of an account fail. When an account is taken out, its stacks stay broken until they are updated.
    failing: dict[str, str] = field(default_factory=dict)
    # How many more looks at an operation find it running.
    looks: int = 0
    actions: list[dict[str, str]] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    # The services (as in signatures) that are denied to the caller.
    denied: set[str] = field(default_factory=set)
    asked: list[RecordedRequest] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def named(self, action: str) -> list[dict[str, str]]:
        return [fields for fields in self.actions if fields.get("Action") == action]

    def before(self, fields: dict[str, str]) -> None:
        """Take note of a request: creations and updates break stacks of failing accounts, and repair the others."""
        self.actions.append(fields)
        if fields.get("Action") in ("CreateStackInstances", "UpdateStackSet"):
            targeted = {value for name, value in fields.items() if name.startswith("Accounts.member.")}
            for account in targeted:
                self.broken.pop(account, None)
            self.broken |= {account: reason for account, reason in self.failing.items() if account in targeted}

    def after(self, action: str, body: bytes) -> bytes:
        """Change moto's answer."""
        if action not in (
            "ListStackInstances",
            "ListStackSetOperationResults",
            "DescribeStackSetOperation",
            "ListStackSetOperations",
        ):
            return body
        root = ET.fromstring(body)
        prefix = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
        if action == "DescribeStackSetOperation":
            running, self.looks = self.looks > 0, self.looks - 1
            status = root.find(f".//{prefix}StackSetOperation/{prefix}Status")
            assert status is not None
            status.text = "RUNNING" if running else "FAILED" if self.broken else "SUCCEEDED"
        for entry in root.iterfind(f".//{prefix}Summaries/{prefix}member"):
            self._change(action, entry, prefix)
        return ET.tostring(root)

    def _change(self, action: str, entry: ET.Element, prefix: str) -> None:
        if action == "ListStackSetOperations":
            if self.looks > 0:
                _set(entry, f"{prefix}Status", "RUNNING")
            return
        reason = self.broken.get(entry.findtext(f"{prefix}Account", ""))
        if action == "ListStackSetOperationResults" and self.looks > 0:
            _set(entry, f"{prefix}Status", "RUNNING")
        elif reason:
            _set(entry, f"{prefix}Status", "OUTDATED" if action == "ListStackInstances" else "FAILED")
            _set(entry, f"{prefix}StatusReason", reason)
            detail = entry.find(f"{prefix}StackInstanceStatus")
            if detail is not None:
                _set(detail, f"{prefix}DetailedStatus", "FAILED")


def _denial(request: RecordedRequest) -> tuple[bytes, dict[str, str]]:
    """Return body and headers with which a service says that the caller may not. HEAD has no body."""
    reported = "You are not authorized to perform this operation."
    if request.method == "HEAD":
        return b"", {}
    if request.service == "ec2":
        error = f"<Error><Code>UnauthorizedOperation</Code><Message>{reported}</Message></Error>"
        return f"<Response><Errors>{error}</Errors></Response>".encode(), {"Content-Type": "text/xml"}
    if request.service in XML:
        error = f"<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{reported}</Message></Error>"
        return f"<ErrorResponse>{error}</ErrorResponse>".encode(), {"Content-Type": "text/xml"}
    kind = {"Content-Type": "application/json", "x-amzn-ErrorType": "AccessDeniedException"}
    return json.dumps({"__type": "AccessDeniedException", "message": reported}).encode(), kind


def _set(entry: ET.Element, tag: str, text: str) -> None:
    found = entry.find(tag)
    (ET.SubElement(entry, tag) if found is None else found).text = text


def _handler(injector: FailureInjector) -> type[QuietHandler]:
    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            fields = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
            injector.before(fields)
            scope = re.search(r"Credential=[^/]+/\d+/[^/]*/([^/]+)/", self.headers.get("Authorization", ""))
            target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            request = RecordedRequest(scope[1] if scope else "", target or fields.get("Action", ""), self.command)
            injector.asked.append(request)
            if request.service in injector.denied:
                self._answer(403, *_denial(request))
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            method = self.command
            try:
                with urlopen(
                    Request(injector.target + self.path, body or None, headers, method=method), timeout=60
                ) as done:
                    status, answer, reported = done.status, done.read(), done.headers
            except HTTPError as error:
                status, answer, reported = error.code, error.read(), error.headers
            if status == 200:
                answer = injector.after(fields.get("Action", ""), answer)
            self._answer(status, answer, reported)

        def _answer(self, status: int, answer: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in (*HOP, "server", "date"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST  # noqa: N815
        do_HEAD = do_POST  # noqa: N815

    return Handler
