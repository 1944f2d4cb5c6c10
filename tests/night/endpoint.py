"""A port that leads to a server, as a name in DNS does, and that can be cut off."""

import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress


class Endpoint:
    """A port that leads to another one, which is asked for with each connection; without one, it closes them."""

    def __init__(self, target: Callable[[], int | None]) -> None:
        self._open: set[socket.socket] = set()
        connections = self._open

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                port = target()
                if port is None:
                    return
                try:
                    other = socket.create_connection(("127.0.0.1", port), 2)
                except OSError:
                    return
                # Only for connecting: an idle connection stays.
                other.settimeout(None)
                connections.add(other)
                with other:
                    back = threading.Thread(target=_pump, args=(other, self.request), daemon=True)
                    back.start()
                    _pump(self.request, other)
                    back.join()
                connections.discard(other)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])

    def start(self) -> None:
        """Begin to accept."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def break_connections(self) -> None:
        """Close all connections."""
        for connection in list(self._open):
            _close(connection)

    def stop(self) -> None:
        """Accept no more, and close all connections."""
        self._server.shutdown()
        self._server.server_close()
        self.break_connections()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Carry bytes until either end is closed."""
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        _close(end)


def _close(end: socket.socket) -> None:
    """Close a connection; one that is closed already stays so."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
