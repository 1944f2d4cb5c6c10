"""Real servers for the sample application: MariaDB, Redis and memcached, each with a folder and a port."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import trustme

from tools.emulator.endpoint import free_port

# For a slow and busy machine: a server that ends is noticed at once.
START_SECONDS = 120
# Who may replicate from each MariaDB here.
REPLICATION_USER, REPLICATION_PASSWORD = "replication", "secret"
# Of MariaDB's redo log, which it writes in full when it is installed: 96 MiB by default.
_SMALL = "--innodb-log-file-size=8M"


def program(name: str, package: str) -> str:
    """Return a program's path; fails with the package to install if there is none."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, f"{name} is missing: apt-get install {package} (`make test-tools` does)"
    return found


class Server:
    """A process that listens on a port of the loopback interface, from `start` until `stop`."""

    def __init__(self, command: Sequence[str], port: int, folder: Path) -> None:
        self.port = port
        self._command = list(command)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        with (self._folder / "log.txt").open("wb") as log:
            self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=log, stderr=log)
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        assert self._process
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError((self._folder / "log.txt").read_text()) from None
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


class Certificates:
    """A TLS authority, and a server's certificate for localhost, as files."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        authority = trustme.CA()
        issued = authority.issue_cert("localhost", "127.0.0.1")
        self.ca = folder / "ca.pem"
        self.certificate = folder / "server.pem"
        self.key = folder / "server.key"
        authority.cert_pem.write_to_path(str(self.ca))
        issued.cert_chain_pems[0].write_to_path(str(self.certificate))
        issued.private_key_pem.write_to_path(str(self.key))
        self.key.chmod(0o644)

    @property
    def environment(self) -> dict[str, str]:
        """Return the variable with which programs trust this authority, and read no other one.

        Reading all authorities of this machine takes the MariaDB client 20 ms of the 35 ms of a query, each time.
        """
        return {"SSL_CERT_FILE": str(self.ca)}


def mariadb(folder: Path, certificates: Certificates, *options: str, within: Sequence[str] = ()) -> Server:
    """Return a MariaDB with TLS, a database `website`, and a user `website` with the password `secret`.

    Its socket is the file `s` in the folder, and its data the folder `data`. Nothing of this is in its binary log, if
    it has one. `within` is a command that runs its programs in other namespaces.
    """
    data = folder / "data"
    port = free_port()
    copied = [*within, "cp", "--recursive", "--no-target-directory", f"{_new_data().name}/data", str(data)]
    subprocess.run(copied, check=True, capture_output=True)
    start = folder / "start.sql"
    start.write_text(
        "SET sql_log_bin = 0;\n"
        "CREATE DATABASE IF NOT EXISTS website;\n"
        "CREATE USER IF NOT EXISTS website@'%' IDENTIFIED BY 'secret' REQUIRE SSL;\n"
        "GRANT ALL ON website.* TO website@'%';\n"
        f"CREATE USER IF NOT EXISTS {REPLICATION_USER}@'%' IDENTIFIED BY '{REPLICATION_PASSWORD}';\n"
        f"GRANT REPLICATION SLAVE ON *.* TO {REPLICATION_USER}@'%';\n"
    )
    command = [*within, program("mariadbd", "mariadb-server"), "--no-defaults", "--user=root", f"--datadir={data}"]
    command += [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s", f"--init-file={start}"]
    # When it starts, it removes all temporary tables in this folder: in /tmp, those of other servers too.
    command.append(f"--tmpdir={folder}")
    command += [f"--ssl-cert={certificates.certificate}", f"--ssl-key={certificates.key}"]
    command += [_SMALL, "--innodb-buffer-pool-size=8M", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0"]
    command += options
    return Server(command, port, folder)


@cache
def _new_data() -> TemporaryDirectory[str]:
    """Return the folder with a new MariaDB's data, in `data`; made once in a process, and removed at its end."""
    folder = TemporaryDirectory(prefix="mariadb-")
    install_mariadb(Path(folder.name))
    return folder


def install_mariadb(folder: Path) -> None:
    """Make the data of a new MariaDB, in the subfolder `data`."""
    install = program("mariadb-install-db", "mariadb-server")
    quiet = ["--no-defaults", f"--datadir={folder / 'data'}", "--user=root", "--skip-test-db", _SMALL]
    quiet += ["--auth-root-authentication-method=normal", f"--tmpdir={folder}"]
    done = subprocess.run([install, *quiet], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def redis(folder: Path, certificates: Certificates | None, *options: str) -> Server:
    """Return a Redis, with TLS only if there are certificates for it."""
    port = free_port()
    command = [program("redis-server", "redis-server"), "--save", "", "--bind", "127.0.0.1", *options]
    if certificates:
        command += ["--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"]
        command += ["--tls-cert-file", str(certificates.certificate), "--tls-key-file", str(certificates.key)]
        command += ["--tls-ca-cert-file", str(certificates.ca)]
    else:
        command += ["--port", str(port)]
    return Server(command, port, folder)


def memcached(folder: Path) -> Server:
    """Return a memcached."""
    port = free_port()
    command = [program("memcached", "memcached"), "-l", "127.0.0.1", "-p", str(port), "-u", "root"]
    return Server(command, port, folder)
