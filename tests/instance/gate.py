"""A port in front of a server, which shows that a connection has arrived, and decides when it goes on."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

SECONDS = 60


class Gate:
    """Relays connections to a port of this machine, once it is open; a context manager."""

    def __init__(self, port: int) -> None:
        self.arrived = threading.Event()
        self.opened = threading.Event()
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Refuse further connections, as a server that is down."""
        # Ends the `accept` that waits, which would take one more.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.opened.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._relay, args=(near,), daemon=True).start()

    def _relay(self, near: socket.socket) -> None:
        self.arrived.set()
        assert self.opened.wait(SECONDS)
        far = socket.create_connection(("127.0.0.1", self._to))
        threading.Thread(target=_copy, args=(near, far), daemon=True).start()
        _copy(far, near)


def _copy(source: socket.socket, to: socket.socket) -> None:
    """Send on what arrives, to the end."""
    try:
        while part := source.recv(65536):
            to.sendall(part)
        to.shutdown(socket.SHUT_WR)
    except OSError:
        return
