"""The place that a custom resource's answer goes to: an HTTPS server that keeps what it is sent."""

import json
import ssl
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import trustme

from tests.custom_resources.loopback_server import LoopbackServer, QuietHandler

# CloudFormation takes no larger response. Source: "Custom resource response objects" in the CloudFormation User Guide.
MAX_RESPONSE_BYTES = 4096

SIGNATURE = "X-Amz-Signature=0123456789abcdef"

# One for all places of a process: keys and certificates take longer than most requests.
_AUTHORITY = trustme.CA()
_CERTIFICATE = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
_AUTHORITY.issue_cert("localhost").configure_cert(_CERTIFICATE)


class ResponseUrl(LoopbackServer):
    """A pre-signed URL of S3, as far as the sender can tell; `answers` are the bodies that arrived, `arrived` when.

    `pause`: the seconds for which it looks at no request. `status`: what it answers. `drips`: its answer has no end.
    `plain`: it has no HTTPS, which a proxy in front of it has.
    """

    def __init__(
        self, folder: Path, pause: float = 0, status: int = 200, *, drips: bool = False, plain: bool = False
    ) -> None:
        self.answers: list[dict[str, Any]] = []
        self.sizes: list[int] = []
        self.arrived: list[float] = []
        self.ca_bundle = folder / "ca.pem"
        _AUTHORITY.cert_pem.write_to_path(str(self.ca_bundle))
        outer = self

        class Handler(QuietHandler):
            def do_PUT(self) -> None:  # noqa: N802
                time.sleep(pause)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.sizes.append(len(body))
                outer.arrived.append(time.monotonic())
                outer.answers.append(json.loads(body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                with suppress(OSError):
                    while drips:
                        self.wfile.write(b"X")
                        time.sleep(0.05)
                    self.end_headers()

        super().__init__(Handler)
        if not plain:
            self._server.socket = self.certificate().wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'http' if plain else 'https'}://localhost:{self.port}/response?{SIGNATURE}"

    def certificate(self) -> ssl.SSLContext:
        """Return what a server needs that its callers take for this one."""
        return _CERTIFICATE
