"""A server that runs an application of `init --kind`: booted in a sandbox, started as its unit starts it, and asked.

Interpreters and servers are real, and so are MariaDB and Redis behind the page. What `dnf`, `pip` and Docker would
install is what this machine has.
"""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cfn_flip
from click.testing import CliRunner

from cli.main import main
from cli.publish.package import code_package
from resilient_website.expand import expand_template
from resilient_website.tiers.files import FOLDER
from tests.instance.process_tree import kill_with_all
from tests.instance.sandbox import REFERENCES, SECRET, VALUES, Sandbox, encoded, signal_of, user_data_of
from tests.instance.servers import Certificates, Server, program, redis
from tests.quoting import docker, systemd
from tools.emulator.endpoint import free_port
from tools.repository import ROOT

SECONDS = 30  # for a slow and busy machine
NOBODY = 65534
IMAGE = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:{'0' * 64}"
SALT = f"{SECRET}3"
# Those that run nginx and PHP-FPM.
WITH_PHP = ("php", "wordpress")
NODE_MODULES = ROOT / "tests/tools/node_modules"

# A page waits two seconds for a server that does not answer: too short for a busy machine.
WAITS = re.compile(r"(?<=SECONDS = )2(000)?")


@dataclass(frozen=True)
class Stores:
    """The servers behind the page, which can be reached by TLS only; the database's socket is in `folder`."""

    folder: Path
    database: Server
    cache: Server
    certificates: Certificates


def cache_of(folder: Path, certificates: Certificates) -> Server:
    """Return a cache that asks for the site's token."""
    return redis(folder, certificates, "--requirepass", VALUES[REFERENCES["SiteCacheSecret"]])


@dataclass(frozen=True)
class Booted:
    """A server after its boot: how the unit starts the application, and with which environment."""

    sandbox: Sandbox
    kind: str
    site: Path
    port: int

    @property
    def command(self) -> list[str]:
        """What the unit or Docker starts."""
        if self.kind == "container":
            (line,) = re.findall(r"^CMD (.*)$", (self.site / "app/Dockerfile").read_text(), re.MULTILINE)
            command: list[str] = json.loads(line)
            return command
        return ["bash", str(self.sandbox.root / "var/lib/resilient-website/start")]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it gets, with the sandbox's paths of files."""
        if self.kind == "container":
            found = docker.environment(self.sandbox.folder / "container.env")
        else:
            found = systemd.environment(self.sandbox.environment)
        place = "/etc/resilient-website"
        return {name: value.replace(place, str(self.sandbox.folder)) for name, value in found.items()}

    @property
    def is_for_main_process(self) -> bool:
        """Whether only the main process gets SIGTERM: in a container, and with KillMode=mixed."""
        drop_ins = (self.sandbox.root / "etc/systemd/system").glob("website.service.d/*.conf")
        return self.kind == "container" or any("KillMode=mixed" in path.read_text() for path in drop_ins)

    @contextmanager
    def running(self) -> Iterator["subprocess.Popen[bytes]"]:
        """Run the application, from its first answer on."""
        working = self.site / "app" if self.kind == "container" else self.sandbox.root / "opt/website"
        machine = {"PATH": f"{self.sandbox.binaries}:{os.environ['PATH']}:/usr/sbin", "NODE_PATH": str(NODE_MODULES)}
        # Servers trust ElastiCache's certificates already.
        trust = dict.fromkeys(("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"), str(self.sandbox.folder / "rds-ca.pem"))
        state = {"STATE_DIRECTORY": str(_of_nobody(self.sandbox.root / "var/lib/website"))}
        variables = {**self.environment, **self.sandbox.variables, **machine, **trust, **state}
        # Not in the sandbox: the name of PHP-FPM's socket has 107 characters at most (unix(7)).
        with self.log.open("ab") as log, TemporaryDirectory(prefix="app-") as temporary:
            process = subprocess.Popen(
                self.command,
                cwd=working,
                env={**variables, "TMPDIR": str(_of_nobody(Path(temporary)))},
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._user(),
            )
            try:
                self._wait(process)
                yield process
            finally:
                kill_with_all(process)

    @property
    def log(self) -> Path:
        """What it writes to its output."""
        return self.sandbox.root / "var/log/website/website.log"

    def _user(self) -> dict[str, Any]:
        """Return another user than root, where root would hide something: PHP-FPM, and the log, which is root's."""
        # Root's group is, in the sandbox, the one that can read secrets.
        other = {"user": NOBODY, "group": NOBODY, "extra_groups": [0]}
        return other if self.kind in WITH_PHP and os.geteuid() == 0 else {}

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if self.get("/health")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body of a page, as the load balancer asks for it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request("GET", path, headers={"Host": "10.0.0.1"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def end(self, process: "subprocess.Popen[bytes]") -> None:
        """Send SIGTERM to the processes that systemd or Docker sends it to."""
        (os.kill if self.is_for_main_process else os.killpg)(process.pid, signal.SIGTERM)


def written(kind: str, folder: Path) -> Path:
    """Return the folder of a new site, whose pages wait longer for a server that does not answer."""
    site = folder / "shop"
    words = ["init", str(site), "--yes", "--kind", kind, "--cache", "--region", "us-east-1"]
    done = CliRunner(mix_stderr=False).invoke(main, words)
    assert done.exit_code == 0, done.stderr
    for path in (site / "app").rglob("*"):
        if path.is_file():
            path.write_text(WAITS.sub(str(SECONDS) + r"\1", path.read_text()))
    return site


def archive_of(site: Path) -> bytes:
    """Return what a release uploads."""
    return code_package("", site / "app").body


def boot(kind: str, site: Path, archive: bytes, folder: Path, stores: Stores, database_port: int) -> Booted:
    """Boot a server in a folder, after a release of a site's application.

    A folder `shared` beside it is what all servers mount.
    """
    port = free_port()
    folder.mkdir(exist_ok=True)
    sandbox = Sandbox(folder)
    install_programs(sandbox)
    (sandbox.root / "artifact").write_bytes(archive)
    script = user_data_of(released(site, port), places(kind, stores, database_port))
    calls = sandbox.boot(
        script.replace(encoded(FOLDER), encoded(str(_of_nobody(site.parent / "shared")))),
        port,
        MADE_FOR="arm64",
        NODE_PATH=str(NODE_MODULES),
    )
    assert signal_of(calls) == "0", sandbox.errors
    shutil.copy(stores.certificates.ca, sandbox.folder / "rds-ca.pem")
    return Booted(sandbox, kind, site, port)


def _of_nobody(folder: Path) -> Path:
    """Return a folder, made if need be, that the application's user can write to."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    return folder


def released(site: Path, port: int) -> dict[str, Any]:
    """Return the resources of a site, on another port, after its first release."""
    text = (site / "site.yaml").read_text().replace("Port: 8080", f"Port: {port}")
    template = json.loads(json.dumps(cfn_flip.load(text)[0]))
    values = {"ReleaseKey": "a/app.zip", "Image": IMAGE}
    resources: dict[str, Any] = expand_template(
        template, {name: values[name] for name in template["Parameters"]}, "us-east-1"
    )["Resources"]
    return resources


def places(kind: str, stores: Stores, database_port: int) -> dict[str, str]:
    """Return what the template's references are on this machine."""
    return {
        **REFERENCES,
        "ReleaseKey": "a/app.zip",
        "Image": IMAGE,
        "Salt": SALT,
        "SiteFileSystem": "fs-0123456789abcdef0",
        "SiteFilesAccessPoint": "fsap-0123456789abcdef0",
        # PHP takes `localhost` for a socket of the file system.
        "SiteDatabase.Endpoint.Address": "127.0.0.1" if kind in WITH_PHP else "localhost",
        "SiteDatabase.Endpoint.Port": str(database_port),
        "SiteCacheReplicationGroup.PrimaryEndPoint.Address": "localhost",
        "SiteCacheReplicationGroup.PrimaryEndPoint.Port": str(stores.cache.port),
    }


def install_programs(sandbox: Sandbox) -> None:
    """Put the programs into place that `dnf` and the image would bring, under their names there."""
    python = f'exec {sys.executable} "$@"'
    # Debian's name of it ends with its version.
    fpm = next(iter(sorted(Path("/usr/sbin").glob("php-fpm*"))), None) or program("php-fpm", "php-fpm php-mysql")
    for name, line in {
        "python3.11": python,
        "gunicorn": f'exec {sys.executable} -m gunicorn "$@"',
        "pip3.11": "exit 0",
        "php-fpm": f'exec {fpm} "$@"',
    }.items():
        (sandbox.binaries / name).write_text(f"#!/bin/sh\n{line}\n")
        (sandbox.binaries / name).chmod(0o755)
    sandbox.secrets[REFERENCES["SiteDatabaseSecret"]] = json.dumps({"username": "website", "password": "secret"})
    sandbox.secrets[SALT] = "s" * 64
