"""An HTTP server of a test's own, on a free port of loopback."""

import selectors
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class QuietHandler(BaseHTTPRequestHandler):
    """Answers, and logs nothing.

    The body is sent at once: else it waits, on a connection that is kept, until the client has acknowledged the head,
    which takes up to 40 ms (RFC 1122, 4.2.3.2, delayed acknowledgments, and 4.2.3.4, the Nagle algorithm).
    """

    disable_nagle_algorithm = True

    def log_message(self, *_arguments: Any) -> None:
        pass


class PromptServer(ThreadingHTTPServer):
    """Ends at once when it is shut down, and takes no processor time while no request comes.

    The base class looks for its end every now and then: with many servers and short tests, either the looks or the
    waits for the next one add up. Each `shutdown` is for one `serve_forever`.
    """

    # A connection that is gone before it is accepted is not waited for.
    timeout = 0

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._end, self._ends = socket.socketpair()
        self._has_ended = threading.Event()
        super().__init__(address, handler)

    def serve_forever(self, poll_interval: float = 0) -> None:  # noqa: ARG002  # of the base class
        """Handle requests until `shutdown`, from another thread."""
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self.socket, selectors.EVENT_READ)
                selector.register(self._ends, selectors.EVENT_READ)
                while self._ends not in [key.fileobj for key, _ in selector.select()]:
                    self.handle_request()
                self._ends.recv(1)
        finally:
            self._has_ended.set()

    def shutdown(self) -> None:
        """Return when the requests are no longer handled."""
        self._end.send(b"\0")
        self._has_ended.wait()
        self._has_ended.clear()

    def server_close(self) -> None:
        """Close the server's sockets. The base class does it too if the port is taken."""
        super().server_close()
        self._end.close()
        self._ends.close()


class LoopbackServer:
    """A context manager, in which the requests go to a handler."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._server = PromptServer(("127.0.0.1", 0), handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
