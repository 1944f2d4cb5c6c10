"""Visits a site as a browser would: a request to one of its names, carried by the emulator."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPSConnection

from tests.emulator.endpoint import Emulator


@dataclass(frozen=True)
class Response:
    """What a visitor got; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


def visit(emulator: Emulator, host: str, path: str = "/", method: str = "GET", body: str | None = None) -> Response:
    """Return the answer to one request for `host` (a distribution's or a load balancer's own name)."""
    trust = ssl.create_default_context(cafile=str(emulator.ca_bundle))
    connection = HTTPSConnection("localhost", emulator.port, timeout=30, context=trust)
    try:
        connection.request(method, path, body=body, headers={"Host": host})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
    finally:
        connection.close()
