"""A MariaDB that serves an instance of the emulator's RDS, and that can replicate from another one."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.instance.servers import Certificates, mariadb, program
from tools.emulator.endpoint import Emulator

PATH = "/_emulator/real-databases"
# The answer's values only.
_PLAIN = ("--batch", "--skip-column-names")


class RealDatabase:
    """One server with a binary log, from which every row can be had; a context manager.

    Its data is in the subfolder `data`, and its binary log in the folder itself. `options` are for mariadbd, and
    `within` is a command that runs it in other namespaces.
    """

    def __init__(
        self, folder: Path, certificates: Certificates, number: int, *options: str, within: Sequence[str] = ()
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        log = (f"--log-bin={folder / 'log'}", "--log-slave-updates", "--binlog-format=ROW", "--gtid-strict-mode")
        # What is committed survives the end of the process, so that it can be started again.
        lasting = "--innodb-flush-log-at-trx-commit=2"
        identity = f"--server-id={number}"
        self._server = mariadb(folder, certificates, identity, *log, lasting, *options, within=within)
        self._socket = folder / "s"
        self._environment = {**os.environ, **certificates.environment}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start the server, for the first time or with the data that it had when it was killed."""
        self._server.start()

    def kill(self) -> None:
        """End the server as the loss of its Region does."""
        self._server.stop()

    @property
    def place(self) -> dict[str, Any]:
        """Return where it listens, in the form that the emulator takes."""
        return {"socket": str(self._socket), "port": self._server.port}

    @property
    def binary_logs(self) -> list[str]:
        """The files of its binary log, in their order: all that was written since its first start."""
        return [str(path) for path in sorted(self._socket.parent.glob("log.[0-9]*"))]

    def administer(self, text: str) -> list[str]:
        """Run SQL as `root`; return the lines of the answer."""
        return self._run(["--user=root", f"--socket={self._socket}"], text)

    def replication(self) -> dict[str, str]:
        """Return the state of its replication, as SHOW SLAVE STATUS names it; empty without a source."""
        login = ["--user=root", f"--socket={self._socket}"]
        lines = self._run([*login, "--vertical"], "SHOW SLAVE STATUS", shape=("--batch", "--column-names"))
        return {name.strip(): value.strip() for name, colon, value in (each.partition(":") for each in lines) if colon}

    def replay(self, log: bytes) -> None:
        """Run what `mariadb-binlog` has made of a binary log."""
        client = [program("mariadb", "mariadb-client"), "--no-defaults", "--user=root", f"--socket={self._socket}"]
        subprocess.run(client, input=log, check=True, capture_output=True, timeout=60)

    def query(self, text: str) -> list[str]:
        """Run SQL as the website does; return the lines of the answer. Raises CalledProcessError if it is refused."""
        login = ["--user=website", "--password=secret", "--host=127.0.0.1", f"--port={self._server.port}", "--ssl"]
        return self._run([*login, "--database=website"], text)

    def _run(self, options: list[str], text: str, shape: Sequence[str] = _PLAIN) -> list[str]:
        client = program("mariadb", "mariadb-client")
        command = [client, "--no-defaults", *options, *shape, "--execute", text]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, env=self._environment)
        return done.stdout.splitlines()


def attach(emulator: Emulator, servers: dict[str, RealDatabase]) -> None:
    """Tell the emulator which server serves which instance, by its ARN."""
    emulator.tell(PATH, {arn: server.place for arn, server in servers.items()})
