"""Visits a site as a browser would: a request to one of its names, carried by the emulator."""

import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from http.client import HTTPSConnection

from tools.emulator.endpoint import Emulator


@dataclass(frozen=True)
class Response:
    """What a visitor got; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str


def visit(
    emulator: Emulator,
    host: str,
    path: str = "/",
    method: str = "GET",
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    address: str | None = None,
) -> Response:
    """Return the answer to one HTTPS request for `host`; `host:80` means plain HTTP.

    The host is a distribution's or a load balancer's own name, or a name that leads there by Route 53 records or by a
    distribution's aliases. With `address` (such a name too) the visitor goes there, whatever DNS says about the host.
    """
    where = {"X-Emulator-Address": address} if address else {}
    with closing(connected(emulator)) as connection:
        return asked(connection, host, path, method, body, {**(headers or {}), **where})


def connected(emulator: Emulator) -> HTTPSConnection:
    """Return a connection to the emulator for `asked`, which takes any number of requests for any hosts."""
    return HTTPSConnection("localhost", emulator.port, timeout=30, context=_trust(str(emulator.ca_bundle)))


def asked(
    connection: HTTPSConnection,
    host: str,
    path: str = "/",
    method: str = "GET",
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer to one request on a connection, which stays open unless the emulator closes it."""
    connection.request(method, path, body=body, headers={**(headers or {}), "Host": host})
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)


@lru_cache(maxsize=8)
def _trust(ca_bundle: str) -> ssl.SSLContext:
    """Return what a visitor trusts. Each emulator has an authority of its own, in a folder with a name of its own."""
    return ssl.create_default_context(cafile=ca_bundle)
