"""One request to the site, with a bound on everything: bytes, seconds, tries. Redirects are the caller's to judge."""

from collections.abc import Mapping
from dataclasses import dataclass

import urllib3
from urllib3.exceptions import HTTPError

from saved_site.clock import Clock

USER_AGENT = "ResilientWebsite-SavedSite"
_HEADERS = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"}

CONNECT_SECONDS = 5
# Between two bytes, and for the whole answer: a visitor would have given up long before.
READ_SECONDS = 10
WHOLE_SECONDS = 30
_CHUNK = 65_536

# What a site says that is overloaded or restarting; one more try is worth it. Sources: RFC 9110, RFC 6585.
_AGAIN = (429, 500, 502, 503, 504)
TRIES = 2
RETRY_WAIT_SECONDS = 1.0
REDIRECTS = (301, 302, 303, 307, 308)


class NotFetchedError(Exception):
    """There is no whole answer; the text says why."""


class TooLargeError(NotFetchedError):
    """The answer was cut off at the bound."""


@dataclass(frozen=True)
class Answer:
    """A whole answer. The body is empty unless the status is 200."""

    status: int
    content_type: str
    location: str
    body: bytes


@dataclass(frozen=True)
class Client:
    """How to ask: the connections, the clock, and the least time between two requests."""

    http: urllib3.PoolManager
    clock: Clock
    delay_seconds: float
    whole_seconds: float = WHOLE_SECONDS


def fetch(client: Client, url: str, most_bytes: int) -> Answer:
    """Return the answer to a GET, after one more try if the site failed or was not to be reached.

    Raises NotFetchedError: no answer in time, or TooLargeError: one of more than `most_bytes`.
    """
    for attempt in range(1, TRIES + 1):
        client.clock.sleep(client.delay_seconds if attempt == 1 else max(client.delay_seconds, RETRY_WAIT_SECONDS))
        try:
            answer = _ask(client, url, most_bytes)
        except HTTPError as error:
            if attempt == TRIES:
                raise NotFetchedError(_reason(error)) from None
            continue
        if answer.status not in _AGAIN or attempt == TRIES:
            return answer
    raise AssertionError("unreachable: the last attempt returns or raises")


def _ask(client: Client, url: str, most_bytes: int) -> Answer:
    started = client.clock.monotonic()
    response = client.http.request(
        "GET",
        url,
        headers=_HEADERS,
        preload_content=False,
        redirect=False,
        retries=False,
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
    )
    try:
        body = b""
        if response.status == 200:
            body = _body(client, response, most_bytes, started + client.whole_seconds)
        return Answer(
            response.status, response.headers.get("Content-Type", ""), response.headers.get("Location", ""), body
        )
    finally:
        # A connection whose answer was read to its end is in the pool again by now; any other is dropped.
        response.close()


def _body(client: Client, response: urllib3.BaseHTTPResponse, most_bytes: int, deadline: float) -> bytes:
    if _declared_length(response.headers) > most_bytes:
        raise TooLargeError(f"larger than {most_bytes} bytes")
    parts: list[bytes] = []
    size = 0
    while chunk := response.read1(_CHUNK, decode_content=True):
        parts.append(chunk)
        size += len(chunk)
        if size > most_bytes:
            raise TooLargeError(f"larger than {most_bytes} bytes")
        if client.clock.monotonic() > deadline:
            raise NotFetchedError(f"took longer than {client.whole_seconds:g} seconds")
    return b"".join(parts)


def _declared_length(headers: Mapping[str, str]) -> int:
    declared = headers.get("Content-Length", "")
    return int(declared) if declared.isdecimal() else 0


def _reason(error: HTTPError) -> str:
    return f"no answer: {type(error).__name__}: {str(error)[:200]}"
