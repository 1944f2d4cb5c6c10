"""The server at one address and port of a front door."""

import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.failover.upstream import Upstream

# For how long a silent address keeps a connection, if its visitor does not give up before.
_SILENT_SECONDS = 5


class AddressServer(ThreadingHTTPServer):
    """Takes requests for the front door of a name; with `tls` by HTTPS. While not `answering`, it says nothing.

    `kept`: for how many seconds here a connection takes requests; with the first one after that, it is closed.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(
        self, address: tuple[str, int], door: str, upstream: Upstream, tls: ssl.SSLContext | None, kept: float
    ) -> None:
        self.door = door
        self.kept = kept
        self.upstream = upstream
        self.answering = threading.Event()
        self.answering.set()
        self._tls = tls
        super().__init__(address, Handler)

    @property
    def secure(self) -> bool:
        """Whether requests come by HTTPS."""
        return self._tls is not None

    def server_bind(self) -> None:
        """Bind, without asking DNS what the address is called."""
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer, in the thread of the connection, after the handshake."""
        if not self.answering.is_set():
            self.answering.wait(_SILENT_SECONDS)
            return
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        with self._tls.wrap_socket(request, server_side=True) as secure:
            super().finish_request(secure, client_address)

    def handle_error(self, *_: Any) -> None:
        """Say nothing of visitors that go away."""


class Handler(BaseHTTPRequestHandler):
    """One connection, with one request or with those of some time."""

    server: AddressServer
    timeout = 10

    def setup(self) -> None:
        """Begin to count the connection's time."""
        super().setup()
        self.protocol_version = "HTTP/1.1" if self.server.kept else "HTTP/1.0"
        self._until = time.monotonic() + self.server.kept

    def _pass_on(self) -> None:
        """Send the request to the front door, and its answer back; a connection that has fallen silent breaks."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.upstream.send(
            self.server.door, self.command, self.path, dict(self.headers), body, secure=self.server.secure
        )
        if not self.server.answering.is_set():
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        if time.monotonic() >= self._until:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Pass on requests of every method: the base class looks for do_GET and its like."""
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)
