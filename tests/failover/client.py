"""A client that keeps asking for one thing, and what it saw, in order."""

import re
import ssl
import time
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Self
from urllib.parse import urlsplit

from cli.analysis.availability.answers import Outcome
from cli.analysis.availability.requests import RequestKind, Visit
from tests.failover.front_addresses import FrontAddresses
from tests.failover.repeating import Repeating
from tests.failover.requests import CONNECT_SECONDS, Response, asked, opened, send
from tests.failover.resolver import Resolver

# From one request to the next, if it was answered at once: 16 seconds of AWS.
PAUSE = 0.2
ASSET = "a{}"
_FRIENDLY = '<meta name="robots" content="noindex">'
# What the sample application shows in a page whose database does not answer; AWS's name for it is up to the site.
_NO_DATABASE = "<dt>Database<dd>unreachable"
# Its words for the server that made a page.
_MADE_BY = re.compile(r"made by ([^.<]+)")
# The words of the shop (tests/night) for the order that a page has written.
_ORDER = re.compile(r"^order (\d+),")


@dataclass(frozen=True)
class Seen:
    """An answer: when it was asked for (time.monotonic), how long it took, what it was, and which door gave it.

    `notice`: the page came, and says that its database does not answer. `server`: who made the page, as it says;
    `order`: the number of the order that it says it has written. The door is empty if none answered.
    """

    at: float
    took: float
    outcome: Outcome
    status: int | None = None
    door: str = ""
    notice: bool = False
    cache_control: str = ""
    server: str = ""
    order: int | None = None

    @property
    def until(self) -> float:
        """When the answer was there."""
        return self.at + self.took


class Client:
    """Keeps asking as a visitor does; a context manager. `seen` grows while it runs."""

    def __init__(
        self,
        visit: Visit,
        host: str,
        path: str,
        addresses: FrontAddresses,
        resolver: Resolver,
        connect_seconds: float = CONNECT_SECONDS,
    ) -> None:
        self.visit = visit
        self.seen: list[Seen] = []
        self._host = host
        self._path = path
        self._addresses = addresses
        self._trust = addresses.trust()
        self._resolver = resolver
        self._connect_seconds = connect_seconds
        self._running = Repeating(self._ask, PAUSE)

    def __enter__(self) -> Self:
        self._running.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.__exit__()

    def since(self, moment: float) -> list[Seen]:
        """Return what was asked for at a moment or later."""
        seen = list(self.seen)
        return seen[bisect_left(seen, moment, key=lambda each: each.at) :]

    def answered_since(self, moment: float) -> list[Seen]:
        """Return what was answered, or given up, at a moment or later."""
        return [seen for seen in list(self.seen) if seen.until >= moment]

    def _ask(self) -> None:
        at = time.monotonic()
        door = ""
        try:
            address = self._address()
            door = self._addresses.door(address).kind if address else ""
            response = self._browsed(address) if address else None
        except ssl.SSLCertVerificationError:
            found = Seen(at, time.monotonic() - at, Outcome.ERROR, None, door)
        except (OSError, HTTPException):
            found = Seen(at, time.monotonic() - at, Outcome.TIME_OUT)
        else:
            outcome, notice = _classified(self.visit.kind, response) if response else (Outcome.ERROR, False)
            status, headers = (response.status, response.headers) if response else (None, {})
            body = response.body if response else ""
            made = _caching(headers), _server(body), _order(body)
            found = Seen(at, time.monotonic() - at, outcome, status, door, notice, *made)
        self.seen.append(found)

    def _address(self) -> str | None:
        return self._resolver.address(self._host)

    def _browsed(self, address: str) -> Response:
        """Return what a browser shows: a form's answer sends it to a page, which it asks for."""
        port = self._addresses.ports[443]
        response = self._sent(address, port, self._path, self.visit.method)
        if response.status != 303:
            return response
        path = urlsplit(response.headers["location"]).path
        return self._sent(address, port, path, "GET")

    def _sent(self, address: str, port: int, path: str, method: str) -> Response:
        seconds = self._connect_seconds
        return send(address, port, self._host, path, method, self._trust, connect_seconds=seconds)


class KeptClient(Client):
    """A client that keeps its connection, as browsers do: it asks DNS again only once the connection is closed."""

    _connection: HTTPConnection | None = None
    _kept_address: str | None = None

    def _address(self) -> str | None:
        if self._connection is None:
            self._kept_address = super()._address()
        return self._kept_address

    def _browsed(self, address: str) -> Response:
        connection = self._connection
        if connection is None:
            port, seconds = self._addresses.ports[443], self._connect_seconds
            connection = opened(address, port, self._host, self._trust, connect_seconds=seconds)
        self._connection = None
        response = asked(connection, self._path, self.visit.method, {"User-Agent": "client"})
        self._connection = connection if connection.sock is not None else None
        return response

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        if self._connection is not None:
            self._connection.close()


def _caching(headers: Mapping[str, str]) -> str:
    return headers.get("cache-control", "")


def _server(body: str) -> str:
    """Return who made a page of the sample application; empty for other pages."""
    found = _MADE_BY.search(body)
    return found[1] if found else ""


def _order(body: str) -> int | None:
    """Return the number of the order that a page of the shop has written."""
    found = _ORDER.match(body)
    return int(found[1]) if found else None


def _classified(kind: RequestKind, response: Response) -> tuple[Outcome, bool]:
    """Return what a response is, and whether it is a page without its database: an error, whatever its status."""
    if response.status == 503 and _FRIENDLY in response.body:
        return Outcome.FRIENDLY_PAGE, False
    if response.status != 200:
        return Outcome.ERROR, False
    if kind is RequestKind.ASSET:
        return (Outcome.PAGE if response.body == ASSET else Outcome.ERROR), False
    notice = _NO_DATABASE in response.body
    return (Outcome.ERROR if notice else Outcome.PAGE), notice
