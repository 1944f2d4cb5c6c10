"""An HTTP server of a test's own, on a free port of loopback."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

# How often it looks whether it is to end: each test waits for that.
_POLL_SECONDS = 0.02


class QuietHandler(BaseHTTPRequestHandler):
    """Answers, and logs nothing."""

    def log_message(self, *_arguments: Any) -> None:
        pass


class LoopbackServer:
    """A context manager, in which the requests go to a handler."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
