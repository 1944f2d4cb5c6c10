"""A connection to the site: only to public addresses, and closed when a request takes too long.

Proxy settings of the environment are ignored. The address is checked after name resolution, and the connection uses
that same address, so that a name that resolves differently a moment later (DNS rebinding) has no effect.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Any

from saved_site.addresses import Origin
from saved_site.public_addresses import Admits

CONNECT_SECONDS = 5.0
# The timeout between two bytes.
READ_SECONDS = 10.0


class NotConnectedError(OSError):
    """The site can't be connected to; the message says why."""


class Connection:
    """Sends requests to one origin at a time, over a connection that stays open as long as the site keeps it open."""

    def __init__(self, admits: Admits) -> None:
        self._admits = admits
        self._origin: Origin | None = None
        self._http: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._over = threading.Event()

    def get(self, origin: Origin, target: str, headers: dict[str, str]) -> http.client.HTTPResponse:
        """Return the response to a GET, with its body unread. Raises OSError and HTTPException.

        If the site has closed the connection in the meantime, reconnects once.
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
        """Close the connection after a time limit; the yielded function returns whether that happened."""
        self._over = over = threading.Event()

        def end() -> None:
            over.set()
            if self._socket is not None:
                with suppress(OSError):
                    # Of the underlying socket: the TLS socket's shutdown would discard what another thread reads from.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield over.is_set
        finally:
            timer.cancel()

    def close(self) -> None:
        """Close the connection."""
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

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """The authorities of the system. Reading them takes longer than a request, so each is read once."""
        return ssl.create_default_context()

    def _connected(self, origin: Origin) -> http.client.HTTPConnection:
        self._socket = _connect(origin.host, origin.port, self._admits)
        connection = http.client.HTTPConnection(origin.url.partition("//")[2], timeout=READ_SECONDS)
        if origin.scheme == "https":
            self._socket.settimeout(READ_SECONDS)
            self._socket = self._trust.wrap_socket(self._socket, server_hostname=origin.host)
        self._socket.settimeout(READ_SECONDS)
        connection.sock = self._socket
        # An automatic reconnect would skip the address check.
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
    raise NotConnectedError(f"{host} is {refused}, which is not a public address")


# How many addresses of one name are tried.
_MAX_ADDRESSES = 4


def _resolve(host: str, port: int) -> list[tuple[Any, ...]]:
    """Return a name's addresses. The resolver has no timeout of its own, so it runs in a thread."""
    found: list[tuple[Any, ...]] = []
    problems: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            problems.append(OSError(f"{host} can't be resolved: {error}"))

    looking = threading.Thread(target=look_up, daemon=True)
    looking.start()
    looking.join(CONNECT_SECONDS)
    if problems:
        raise problems[0]
    if not found:
        raise NotConnectedError(f"{host} could not be resolved within {CONNECT_SECONDS:g} seconds")
    return found[:_MAX_ADDRESSES]
