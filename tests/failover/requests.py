"""One request as a browser sends it: to the address that DNS gave, with the certificate looked at."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection

# A healthy front door answers a handshake in milliseconds; a page takes longer.
CONNECT_SECONDS = 0.5
READ_SECONDS = 5


@dataclass(frozen=True)
class Response:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


def send(
    address: str,
    port: int,
    host: str,
    path: str,
    method: str,
    trust: ssl.SSLContext | None,
    *,
    user_agent: str = "client",
    connect_seconds: float = CONNECT_SECONDS,
) -> Response:
    """Send a request to an address, by HTTPS if there is a `trust`. Raises OSError, ssl.SSLError among them."""
    body = "a=1" if method in ("POST", "PUT", "PATCH") else None
    connection = HTTPConnection(host, port)
    connection.sock = _connected(address, port, host, trust, connect_seconds)
    try:
        connection.request(method, path, body, {"User-Agent": user_agent, "Host": host, "Connection": "close"})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
    finally:
        connection.close()


def _connected(address: str, port: int, host: str, trust: ssl.SSLContext | None, seconds: float) -> socket.socket:
    plain = socket.create_connection((address, port), seconds)
    try:
        connected = trust.wrap_socket(plain, server_hostname=host) if trust else plain
    except BaseException:
        plain.close()
        raise
    connected.settimeout(READ_SECONDS)
    return connected
