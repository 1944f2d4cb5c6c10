"""A proxy that fails on request: it passes requests on to an emulator, and records them."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from urllib3 import HTTPSConnectionPool

from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler
from tests.custom_resources.operations import named, reported
from tools.emulator.endpoint import Emulator


class FaultyAws(LoopbackServer):
    """A context manager; operations have the names that the API gives them.

    `errors` holds error codes for an operation's next requests; what is left then is passed on. `cut` names the
    operation after which the caller is to be ended: it is done, but the response is lost.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.errors: dict[str, list[str]] = defaultdict(list)
        self.cut = ""
        self.end_caller: Callable[[], None] = lambda: None
        self.passed: list[tuple[str, str]] = []
        # Kept: a handshake takes longer than most requests.
        self._connections = HTTPSConnectionPool(
            "localhost", emulator.port, maxsize=8, timeout=30, ca_certs=str(emulator.ca_bundle)
        )
        outer = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.1"

            def handle_request(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                sent = dict(self.headers.items())
                operation = named(self.command, self.path, sent, body.decode())
                status, headers, answer = outer.answer(operation, self.command, self.path, sent, body)
                if outer.cut and operation == outer.cut:
                    outer.end_caller()
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_PUT = do_POST = do_DELETE = handle_request  # noqa: N815

        super().__init__(Handler)

    def answer(
        self, operation: str, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Return the scripted error, or what the emulator answers."""
        if self.errors[operation]:
            status, text = reported(self.errors[operation].pop(0), headers)
            return status, {}, text
        self.passed.append((operation, body.decode()))
        kept = {name: value for name, value in headers.items() if name.lower() not in ("host", "expect")}
        got = self._connections.urlopen(
            method, path, body=body, headers=kept, retries=False, redirect=False, decode_content=False
        )
        etag = {"ETag": got.headers["ETag"]} if got.headers.get("ETag") else {}
        return got.status, etag, got.data
