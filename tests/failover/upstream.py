"""The way from an address to the emulator: kept connections, and a header that says which front door was meant."""

import queue
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection

from tools.emulator.endpoint import Emulator

_ADDRESS = "X-Emulator-Address"
# What is about one connection only, and what is set anew.
_DROPPED = ("host", "connection", "keep-alive", "transfer-encoding", "content-length")
_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """What the emulator answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Upstream:
    """Sends requests to the emulator; for use by many threads."""

    def __init__(self, emulator: Emulator) -> None:
        self._port = emulator.port
        self._trust = ssl.create_default_context(cafile=str(emulator.ca_bundle))
        self._idle: queue.LifoQueue[HTTPSConnection] = queue.LifoQueue()

    def send(
        self, door: str, method: str, path: str, headers: Mapping[str, str], body: bytes, *, secure: bool
    ) -> Answer:
        """Return the front door's answer. The port in the host says whether the visitor came by HTTPS."""
        host = next((value for name, value in headers.items() if name.lower() == "host"), door).partition(":")[0]
        kept = {name: value for name, value in headers.items() if name.lower() not in _DROPPED}
        sent = {**kept, "Host": host if secure else f"{host}:80", _ADDRESS: door}
        with suppress(queue.Empty, OSError, HTTPException):
            return self._exchange(self._idle.get_nowait(), method, path, sent, body)
        fresh = HTTPSConnection("localhost", self._port, timeout=_SECONDS, context=self._trust)
        return self._exchange(fresh, method, path, sent, body)

    def put(self, path: str, body: bytes) -> None:
        """Tell the emulator itself something."""
        fresh = HTTPSConnection("localhost", self._port, timeout=_SECONDS, context=self._trust)
        answer = self._exchange(fresh, "PUT", path, {}, body)
        if answer.status >= 300:
            raise RuntimeError(f"{path}: {answer.status} {answer.body!r}")

    def close(self) -> None:
        """Close the kept connections."""
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _exchange(
        self, connection: HTTPSConnection, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        try:
            connection.request(method, path, body=body or None, headers=dict(headers))
            response = connection.getresponse()
            data = response.read()
        except BaseException:
            connection.close()
            raise
        found = tuple((name, value) for name, value in response.getheaders() if name.lower() not in _DROPPED)
        if response.will_close:
            connection.close()
        else:
            self._idle.put(connection)
        return Answer(response.status, found, data)
