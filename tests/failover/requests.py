"""One request as a browser sends it: to the address that DNS gave, with the certificate looked at."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection

# A healthy front door answers a handshake in milliseconds. One that has done so answers with a page, on a busy machine
# after seconds.
CONNECT_SECONDS = 0.5
READ_SECONDS = 30


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
    connection = opened(address, port, host, trust, connect_seconds=connect_seconds)
    try:
        return asked(connection, path, method, {"User-Agent": user_agent, "Connection": "close"})
    finally:
        connection.close()


def opened(
    address: str, port: int, host: str, trust: ssl.SSLContext | None, *, connect_seconds: float = CONNECT_SECONDS
) -> HTTPConnection:
    """Return a connection to an address, for requests to a host. Raises OSError, ssl.SSLError among them."""
    connection = HTTPConnection(host, port)
    connection.sock = _connected(address, port, host, trust, connect_seconds)
    return connection


def asked(connection: HTTPConnection, path: str, method: str, headers: Mapping[str, str]) -> Response:
    """Send a request on a connection that is open; its `sock` is None afterwards if the server has closed it."""
    body = "a=1" if method in ("POST", "PUT", "PATCH") else None
    connection.request(method, path, body, {"Host": connection.host, **headers})
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)


def _connected(address: str, port: int, host: str, trust: ssl.SSLContext | None, seconds: float) -> socket.socket:
    plain = socket.create_connection((address, port), seconds)
    try:
        connected = trust.wrap_socket(plain, server_hostname=host) if trust else plain
    except BaseException:
        plain.close()
        raise
    connected.settimeout(READ_SECONDS)
    return connected
