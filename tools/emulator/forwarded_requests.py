"""A load balancer's request to a target, on one thread from the connection to the end of the answer.

ministack takes a thread for each of several steps, to pass on what comes as it comes: half of the time that a visit
takes. Here an answer is passed on once it is complete, or has broken off.
"""

import asyncio
import socket
from contextlib import closing, suppress
from dataclasses import dataclass
from email.utils import formatdate
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Any

from ministack.core.responses import StreamingResponse  # type: ignore[import-not-found]
from ministack.services import alb  # type: ignore[import-not-found]

Json = dict[str, Any]
Response = tuple[int, Json, Any]

# What is about one connection only.
_HOP_BY_HOP = ("content-length", "connection", "transfer-encoding")


@dataclass(frozen=True)
class Request:
    """A request as a target gets it; `path` with its query."""

    method: str
    path: str
    headers: Json
    body: bytes


async def forwarded(target: Json, group: Json, request: Request) -> Response:
    """Return a target's answer; 502 if it gives none."""
    port = int(target.get("Port") or group.get("Port") or 80)
    connection = HTTPConnection(str(target["Id"]), port, timeout=alb.TARGET_CONNECT_TIMEOUT)
    asking = asyncio.ensure_future(asyncio.to_thread(_answer, connection, request))
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        # The caller has given up: what the thread waits for ends.
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)
        raise


def _answer(connection: HTTPConnection, request: Request) -> Response:
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
    with closing(connection):
        try:
            connection.connect()
            connection.sock.settimeout(alb.TARGET_IDLE_TIMEOUT)
            connection.request(request.method.upper(), request.path, request.body or None, headers)
            response = connection.getresponse()
        except (OSError, HTTPException) as error:
            return 502, {"Content-Type": "text/plain"}, f"{connection.host}:{connection.port}: {error}".encode()
        return response.status, _headers(response), _body(response)


def _headers(response: HTTPResponse) -> Json:
    """Return the headers; several of one name, such as Set-Cookie, as a list. The load balancer writes its own date."""
    found: dict[str, list[str]] = {}
    for name, value in response.getheaders():
        if name.lower() != "transfer-encoding":
            found.setdefault(name.lower(), []).append(value)
    single = {name: values[0] if len(values) == 1 else values for name, values in found.items()}
    return {**single, "date": formatdate(usegmt=True)}


def _body(response: HTTPResponse) -> Any:
    """Return the body; of one that has broken off, what had come, passed on so that it breaks off there too."""
    try:
        return response.read()
    except (OSError, HTTPException) as error:
        partial = error.partial if isinstance(error, IncompleteRead) else b""

    async def broken_off(send: Any, _receive: Any) -> None:
        await send({"type": "http.response.body", "body": partial, "more_body": True})

    return StreamingResponse(broken_off)
