"""Sends one request to the site, with limits on bytes, seconds and attempts. Does not follow redirects."""

import http.client
import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from saved_site.addresses import Origin
from saved_site.clock import Clock
from saved_site.connection import Connection, NotConnectedError
from saved_site.protection import HEADERS
from saved_site.public_addresses import is_public

USER_AGENT = "ResilientWebsite-SavedSite"
_HEADERS = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"}

# For a whole request, from name resolution to the last byte. A visitor would have given up long before.
WHOLE_SECONDS = 30.0
_CHUNK = 65_536

# Statuses of an overloaded or restarting site, retried once. Sources: RFC 9110, RFC 6585.
_AGAIN = (429, 500, 502, 503, 504)
TRIES = 2
RETRY_WAIT_SECONDS = 1.0
REDIRECTS = (301, 302, 303, 307, 308)
_GZIP, _GZIP_STARTS = zlib.MAX_WBITS | 16, b"\x1f\x8b"


class NotFetchedError(Exception):
    """There is no complete response; the message says why."""


class TooLargeError(NotFetchedError):
    """The response exceeds the size limit."""


@dataclass(frozen=True)
class Answer:
    """A complete response. The body is empty unless the status is 200. `protection`: headers that may forbid a copy."""

    status: int
    content_type: str
    location: str
    body: bytes
    protection: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Client:
    """Fetches with a clock, a minimum time between two requests, and a connection with its address check.

    `ends`: the clock's time after which no request is sent and no wait starts.
    """

    clock: Clock
    delay_seconds: float
    whole_seconds: float = WHOLE_SECONDS
    ends: float = math.inf
    connection: Connection = field(default_factory=lambda: Connection(is_public))


def fetch(client: Client, url: str, most_bytes: int) -> Answer:
    """Return the response to a GET, retried once if the site failed or could not be reached.

    Raises NotFetchedError if there is no response in time, TooLargeError if it exceeds `most_bytes`.
    """
    for attempt in range(1, TRIES + 1):
        client.clock.sleep(client.delay_seconds if attempt == 1 else max(client.delay_seconds, RETRY_WAIT_SECONDS))
        try:
            answer = _exchange(client, url, most_bytes)
        except NotConnectedError as error:
            raise NotFetchedError(f"no answer: {error}") from None
        except (OSError, ValueError, http.client.HTTPException, zlib.error) as error:
            if attempt == TRIES:
                raise NotFetchedError(_reason(error)) from None
            continue
        if answer.status not in _AGAIN or attempt == TRIES:
            return answer
    raise AssertionError("unreachable: the last attempt returns or raises")


def _exchange(client: Client, url: str, most_bytes: int) -> Answer:
    seconds = min(client.whole_seconds, client.ends - client.clock.monotonic())
    if seconds <= 0:
        raise NotFetchedError("MaxSeconds was reached")
    with client.connection.within(seconds) as is_over:
        try:
            answer, whole = _ask(client, url, most_bytes, is_over)
        except BaseException as error:
            client.connection.close()
            if is_over() and isinstance(error, (OSError, ValueError, http.client.HTTPException)):
                raise NotFetchedError(f"took longer than {seconds:.0f} seconds") from None
            raise
        if is_over():
            client.connection.close()
            raise NotFetchedError(f"took longer than {seconds:.0f} seconds")
    if not whole:
        client.connection.close()
    return answer


def _ask(client: Client, url: str, most_bytes: int, is_over: Callable[[], bool]) -> tuple[Answer, bool]:
    """Return the response, and whether the connection can be reused."""
    parts = urlsplit(url)
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    response = client.connection.get(Origin.of(url), target, _HEADERS)
    body = _body(response, most_bytes, is_over) if response.status == 200 else b""
    if response.status != 200 and 0 < _declared_length(response) <= _CHUNK:
        response.read(_CHUNK)  # so that the connection can be used again
    protection = {name: ", ".join(response.headers.get_all(name, ())) for name in HEADERS}
    answer = Answer(
        response.status,
        response.headers.get("Content-Type", ""),
        response.headers.get("Location", ""),
        body,
        protection,
    )
    whole = (response.isclosed() or response.length == 0) and not response.will_close
    response.close()
    return answer, whole


def _body(response: http.client.HTTPResponse, most_bytes: int, is_over: Callable[[], bool]) -> bytes:
    if _declared_length(response) > most_bytes:
        raise TooLargeError(f"larger than {most_bytes} bytes")
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise NotFetchedError(f"is encoded as {coding[:100]!r}, which was not requested")
    inflated = _Inflated() if "gzip" in coding else None
    parts: list[bytes] = []
    size = 0
    while chunk := response.read1(_CHUNK):
        if is_over():
            raise TimeoutError
        for part in inflated.parts(chunk) if inflated else (chunk,):
            parts.append(part)
            size += len(part)
            if size > most_bytes:
                raise TooLargeError(f"larger than {most_bytes} bytes")
    if inflated and not inflated.is_whole:
        raise http.client.IncompleteRead(b"".join(parts))
    if response.length:  # fewer bytes than were declared
        raise http.client.IncompleteRead(b"".join(parts), response.length)
    return b"".join(parts)


class _Inflated:
    """Decompresses gzip piece by piece, member after member, without a limit on the result's size."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)
        self.is_whole = True

    def parts(self, chunk: bytes) -> Iterator[bytes]:
        self.is_whole = False
        while chunk:
            yield self._member.decompress(chunk, _CHUNK)
            chunk = self._member.unconsumed_tail or self._member.unused_data
            if self._member.eof:
                self.is_whole = not chunk.startswith(_GZIP_STARTS)
                # Ignore data after the last member.
                chunk = b"" if self.is_whole else chunk
                self._member = zlib.decompressobj(_GZIP)


def _declared_length(response: http.client.HTTPResponse) -> int:
    declared = response.headers.get("Content-Length", "")
    return int(declared) if declared.isascii() and declared.isdecimal() and len(declared) < 20 else 0


def _reason(error: Exception) -> str:
    return f"no answer: {type(error).__name__}: {str(error)[:200]}"
