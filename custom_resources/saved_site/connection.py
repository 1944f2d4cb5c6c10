"""A connection to the site: to an address of the internet only, and ended when an exchange takes too long.

No proxy is asked, whatever the environment says. The address is judged after its name is resolved, and it is this one
that is connected to: a name that means another address a moment later leads nowhere.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from saved_site.addresses import Origin
from saved_site.public_addresses import Admits

CONNECT_SECONDS = 5.0
# Between two bytes.
READ_SECONDS = 10.0


class NotConnectedError(OSError):
    """There is no connection to the site; the text says why."""


class Connection:
    """Requests to one origin at a time, over a connection that is kept as long as the site keeps it."""

    def __init__(self, admits: Admits) -> None:
        self._admits = admits
        self._origin: Origin | None = None
        self._http: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._over = threading.Event()

    def get(self, origin: Origin, target: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        """Return the answer to a GET, its body not yet read. Raises OSError and HTTPException.

        A connection that the site has ended meanwhile is made anew, once.
        """
        kept = self._http is not None and self._origin == origin
        if not kept:
            self.close()
        try:
            return self._get(origin, target, headers)
        except (http.client.RemoteDisconnected, ConnectionError):
            self.close()
            if not kept:
                raise
            return self._get(origin, target, headers)

    @contextmanager
    def within(self, seconds: float) -> Iterator[Callable[[], bool]]:
        """End whatever is done on the connection after so many seconds; what is given says whether it was ended."""
        self._over = over = threading.Event()

        def end() -> None:
            over.set()
            if self._socket is not None:
                with suppress(OSError):
                    # The underlying socket's own: a TLS socket's would drop what another thread reads from.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield over.is_set
        finally:
            timer.cancel()

    def close(self) -> None:
        """Drop the connection."""
        if self._http is not None:
            self._http.close()
        if self._socket is not None:
            self._socket.close()
        self._http = self._socket = None

    def _get(self, origin: Origin, target: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        if self._http is None:
            self._http, self._origin = self._connected(origin), origin
        if self._over.is_set():
            raise TimeoutError
        self._http.request("GET", target, headers=headers)
        return self._http.getresponse()

    def _connected(self, origin: Origin) -> http.client.HTTPConnection:
        self._socket = _connect(origin.host, origin.port, self._admits)
        connection = http.client.HTTPConnection(origin.url.partition("//")[2], timeout=READ_SECONDS)
        if origin.scheme == "https":
            self._socket.settimeout(READ_SECONDS)
            self._socket = ssl.create_default_context().wrap_socket(self._socket, server_hostname=origin.host)
        self._socket.settimeout(READ_SECONDS)
        connection.sock = self._socket
        # What it would connect to anew was not judged.
        connection.auto_open = 0
        return connection


def _connect(host: str, port: int, admits: Admits) -> socket.socket:
    refused = ""
    failed: OSError | None = None
    for family, kind, protocol, _, address in _resolve(host, port):
        if not admits(str(address[0])):
            refused = str(address[0])
            continue
        connected = socket.socket(family, kind, protocol)
        try:
            connected.settimeout(CONNECT_SECONDS)
            connected.connect(address)
        except OSError as error:
            connected.close()
            failed = error
            continue
        return connected
    if failed is not None:
        raise failed
    raise NotConnectedError(f"{host} is {refused}, which is no address of the internet")


# Addresses of one name that are tried.
_MAX_ADDRESSES = 4


def _resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    """Return a name's addresses. The resolver knows no time limit, so that it is waited for from outside."""
    found: list[tuple[Any, ...]] = []
    problems: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            problems.append(OSError(f"{host} has no address: {error}"))

    looking = threading.Thread(target=look_up, daemon=True)
    looking.start()
    looking.join(CONNECT_SECONDS)
    if problems:
        raise problems[0]
    if not found:
        raise NotConnectedError(f"{host} has no address that was found within {CONNECT_SECONDS:g} seconds")
    return found[:_MAX_ADDRESSES]
