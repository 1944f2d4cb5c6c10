"""The site's database: real MariaDB servers behind the emulator's RDS, found by the name that servers connect to."""

import json
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from tests.failover.repeating import Repeating
from tests.instance.real_database import PATH, RealDatabase
from tests.instance.servers import Certificates, program
from tests.sites import Installation

_LOOK = 0.2
_TABLE = "CREATE TABLE website.orders (id INT AUTO_INCREMENT PRIMARY KEY, at TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3))"


class Databases:
    """A context manager. `port` leads to the server of the instance that has the site's identifier, as its endpoint.

    `restored_rows` is what a restore brought back.
    """

    def __init__(self, installation: Installation, identifier: str, secret: str, folder: Path) -> None:
        self._installation = installation
        self._identifier, self._secret = identifier, secret
        self._folder = folder
        folder.mkdir(parents=True)
        self._certificates = Certificates(folder / "tls")
        self._servers: dict[str, RealDatabase] = {}
        self._current: RealDatabase | None = None
        self.moment: datetime | None = None
        self.restored_rows = 0
        self._down_until = 0.0
        self.password_file = folder / "password"
        self._endpoint = Endpoint(self._port)
        self.port = self._endpoint.port
        self._following = Repeating(self._follow, _LOOK)

    def __enter__(self) -> Self:
        self._endpoint.start()
        (own,) = self._instances()
        first = self._new_server(own)
        self.refresh_password()
        password = self.password_file.read_text()
        first.administer(f"{_TABLE}; ALTER USER website@'%' IDENTIFIED BY '{password}'")
        self._stand_behind()
        self._follow()
        self._following.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._following.__exit__()
        finally:
            self._endpoint.stop()
            for server in self._servers.values():
                server.kill()
            self._installation.emulator.tell(PATH, {})

    @property
    def current(self) -> RealDatabase:
        """The server that has the site's identifier."""
        assert self._current
        return self._current

    def rows(self) -> int:
        """Return how many orders the site's database has."""
        return int(self.current.administer("SELECT COUNT(*) FROM website.orders")[0])

    def fail_over(self, seconds: float) -> None:
        """Lose the primary for so many seconds here: the standby, which takes its place then, has the same data."""
        self._down_until = time.monotonic() + seconds
        self._endpoint.break_connections()

    def refresh_password(self) -> None:
        """Replace the file with the secret's current password at once, as servers do every two to three minutes."""
        value = self._installation.client("secretsmanager").get_secret_value(SecretId=self._secret)["SecretString"]
        new = self.password_file.with_suffix(".new")
        new.write_text(json.loads(value)["password"])
        new.replace(self.password_file)

    def _port(self) -> int | None:
        is_down = self._current is None or time.monotonic() < self._down_until
        return None if is_down or self._current is None else int(self._current.place["port"])

    def _instances(self) -> list[dict[str, Any]]:
        found = self._installation.client("rds").describe_db_instances()["DBInstances"]
        return [each for each in found if each["DBInstanceIdentifier"].startswith(self._identifier[:40])]

    def _follow(self) -> None:
        """See which instance has the site's identifier, and bring the data of one that is being restored."""
        found = self._instances()
        for instance in found:
            if instance["DbiResourceId"] not in self._servers:
                self._restore(instance)
        own = [each for each in found if each["DBInstanceIdentifier"] == self._identifier]
        self._current = self._servers[own[0]["DbiResourceId"]] if own else None

    def _restore(self, instance: dict[str, Any]) -> None:
        """Replay the binary log of the site's database into a new server, until the time of the restore."""
        assert self.moment and self._current
        old = self._current
        new = self._new_server(instance)
        stop = self.moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        read = [
            program("mariadb-binlog", "mariadb-client"),
            "--no-defaults",
            f"--stop-datetime={stop}",
            *old.binary_logs,
        ]
        new.replay(subprocess.run(read, check=True, capture_output=True, timeout=60).stdout)
        self.restored_rows = int(new.administer("SELECT COUNT(*) FROM website.orders")[0])
        self._stand_behind()

    def _new_server(self, instance: dict[str, Any]) -> RealDatabase:
        number = len(self._servers) + 1
        server = RealDatabase(self._folder / f"mariadb-{number}", self._certificates, number)
        server.start()
        self._servers[instance["DbiResourceId"]] = server
        return server

    def _stand_behind(self) -> None:
        places = {
            each["DBInstanceArn"]: {**self._servers[each["DbiResourceId"]].place, "user": "website"}
            for each in self._instances()
        }
        self._installation.emulator.tell(PATH, places)


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
        """Accept no more."""
        self._server.shutdown()
        self._server.server_close()


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
