"""A server between a function's process and what it calls: it injects faults into real connections."""

import errno
import os
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from tests.custom_resources.loopback_server import PromptServer, QuietHandler
from tests.custom_resources.operations import reported
from tests.faults.faults import NONE, Fault, Kind
from tools.emulator.endpoint import free_port

# Between two drops, and at most for a response that no client waits for, in seconds here.
DROP_SECONDS = 0.1
MAX_SECONDS = 60
# Requests that change nothing, in every API with such methods; those of the others are POST.
_READING = ("GET", "HEAD")
_DROPPED = ("connection", "content-length", "date", "keep-alive", "server", "transfer-encoding")


class Named(Protocol):
    """Tells which operation a request is for."""

    def __call__(self, method: str, target: str, headers: Any, body: bytes) -> str: ...


class Proxy:
    """A context manager. `fault` is what it does to the requests that come.

    `upstream` gives the URL that a request goes on to, by its headers, on one of the `connections`. `certificate` makes
    it a server with HTTPS; `scale` seconds of the caller's pass in one. `end_caller` kills the caller, `meanwhile` lets
    somebody else act, and `after_each` is called after that, and after each request that may change something.
    """

    def __init__(
        self,
        upstream: Callable[[Any], str],
        named: Named,
        connections: PoolManager,
        certificate: ssl.SSLContext | None = None,
        scale: float = 1,
    ) -> None:
        self.scale = scale
        self.end_caller: Callable[[], None] = lambda: None
        self.meanwhile: Callable[[Fault], None] = lambda _fault: None
        self.after_each: Callable[[], None] = lambda: None
        self.named = named
        self._upstream = upstream
        self._connections = connections
        self._fault, self._count = NONE, 0
        self._acted = threading.Event()
        self._lock = threading.Lock()
        self._server = _server(_handler(self))
        if certificate:
            self._server.socket = certificate.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._timer: threading.Timer | None = None
        self._accepting = False
        self.port = self._server.server_port

    @property
    def fault(self) -> Fault:
        """What is done to the requests that come."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        with self._lock:
            self._fault, self._count = fault, 0
        self._acted.clear()
        self._cancel()
        self._accept(fault.kind is not Kind.REFUSED)
        if fault.kind is Kind.REFUSED and fault.seconds:
            self._timer = threading.Timer(fault.seconds / self.scale, self._accept, (True,))
            self._timer.start()

    def strike(self, operation: str) -> Fault:
        """Return the fault for a request that has come."""
        with self._lock:
            fault, count = self._fault, self._count
            self._count += fault.meant(operation)
        # While connections are refused, only one from before, which a warm function has kept, can bring a request.
        if fault.strikes(operation, count) and not (fault.kind is Kind.REFUSED and self._accepting):
            return fault
        if fault.kind is Kind.MEANWHILE and fault.meant(operation) and count > fault.after:
            # The caller's next try, which is not to overtake what somebody else does before the first one.
            self._acted.wait(MAX_SECONDS)
        return NONE

    def act(self, fault: Fault) -> None:
        """Let somebody else do what a fault says."""
        self.meanwhile(fault)
        self.after_each()
        self._acted.set()

    def pass_on(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Return the status, the headers and the body of what the request is for."""
        place = urlsplit(self._upstream(headers))
        url = f"{place.scheme}://{place.netloc}{target}"
        kept = {name: value for name, value in headers.items() if name.lower() not in ("host", "expect", "connection")}
        got = self._connections.request(
            method, url, body=body, headers=kept, timeout=30, retries=False, redirect=False, decode_content=False
        )
        if method not in _READING:
            self.after_each()
        found = {name: value for name, value in got.headers.items() if name.lower() not in _DROPPED}
        return got.status, found, got.data

    def _cancel(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer.join()
            self._timer = None

    def _accept(self, accepting: bool) -> None:
        """Begin or stop to accept connections; the port stays ours, and refuses them."""
        if accepting == self._accepting:
            return
        self._accepting = accepting
        if accepting:
            self._server.socket.listen(50)
            threading.Thread(target=self._server.serve_forever, daemon=True).start()
        else:
            self._server.shutdown()
            socket.socket.shutdown(self._server.socket, socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        # The constructor's listening is this one's own: it is to be stopped and begun like any other.
        self._accepting = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cancel()
        if self._accepting:
            self._server.shutdown()
        self._server.server_close()


def _server(handler: type[BaseHTTPRequestHandler]) -> PromptServer:
    """Return a server on a port that was asked for by its number: it stays ours while nothing listens on it."""
    while True:
        try:
            return PromptServer(("127.0.0.1", free_port()), handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, HTTPError):
                self.close_connection = True  # the caller hung up, or was ended; or what it asks was

        def handle_request(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            operation = proxy.named(self.command, self.path, self.headers, body)
            fault = proxy.strike(operation)
            if fault.kind in (Kind.KILLED_BEFORE, Kind.RESET_BEFORE, Kind.REFUSED):
                return self._end(fault)
            if fault.kind is Kind.ERROR:
                status, text = reported(fault.code, dict(self.headers.items()))
                return self._answer(status, {}, text)
            if fault.kind is Kind.MEANWHILE:
                proxy.act(fault)
            status, headers, text = proxy.pass_on(self.command, self.path, self.headers, body)
            if fault.kind in (Kind.KILLED_AFTER, Kind.RESET_AFTER):
                return self._end(fault)
            if fault.kind is Kind.DELAYED:
                return self._wait_for_the_caller_to_leave()
            if fault.kind is Kind.GARBAGE:
                headers, text = {"Content-Type": headers.get("Content-Type", "text/plain")}, b"\x00<garbage{"
            return self._answer(status, headers, text, fault)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_request  # noqa: N815

        def _answer(self, status: int, headers: dict[str, str], body: bytes, fault: Fault = NONE) -> None:
            lines = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in headers.items())]
            lines.append(f"Content-Length: {len(body)}")
            whole = "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if self.command == "HEAD" else body)
            if fault.kind is Kind.TRICKLES:
                return self._in_drops(whole)
            if fault.kind is Kind.TRUNCATED:
                self.close_connection = True
                whole = whole[: -len(body) // 2] if body else whole[: len(whole) // 2]
            self.wfile.write(whole)
            return None

        def _in_drops(self, whole: bytes) -> None:
            self.close_connection = True
            ends = time.monotonic() + MAX_SECONDS
            slow = whole[:9] + b"200 " + b"x" * int(MAX_SECONDS / DROP_SECONDS)
            for drop in slow:
                if time.monotonic() > ends:
                    return
                self.wfile.write(bytes([drop]))
                time.sleep(DROP_SECONDS)

        def _wait_for_the_caller_to_leave(self) -> None:
            self.close_connection = True
            select.select([self.connection], [], [], MAX_SECONDS)

        def _end(self, fault: Fault) -> None:
            """Reset the connection, after its caller is killed if that is the fault."""
            # A request that is late, of a caller that has been killed already, is not to kill the next one.
            if fault.kills and proxy.fault is fault:
                proxy.end_caller()
            self.close_connection = True
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())

    return Handler
