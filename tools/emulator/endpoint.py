"""Starts and stops an emulator: a child process with its own TLS authority, folder and port."""

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

import trustme
from botocore.config import Config
from urllib3 import HTTPSConnectionPool

from tools.emulator.sessions import session
from tools.repository import ROOT

PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
# For a slow and busy machine: an emulator that ends is noticed at once.
START_SECONDS = 180

# What the server must not inherit: somebody's real account, somebody else's authority, and the paths of this
# repository, where deployed functions would find modules that their packages lack.
FOREIGN = ("AWS_", "SSL_CERT_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PYTHONPATH", "PYTHONHOME", "MINISTACK_")

# boto3 makes a client in 0.1 s, so there is one for each service, account and Region; and not in two threads at once.
# Nor its exceptions, made when first asked for: two threads would get two classes of one name, and catch the other's.
_making = threading.Lock()


KEY_VALUES = "cloudfront-keyvaluestore"

# What boto3 puts before an endpoint's name for a key value store.
_OF_ACCOUNT = re.compile(r"(?<=//)[0-9]{12}\.")


def _to_one_host(request: Any, **_: Any) -> None:
    """Send a request for a key value store to the emulator: boto3 puts the account before its name."""
    request.url = _OF_ACCOUNT.sub("", request.url)


class Session:
    """boto3's clients for one account and Region of an emulator."""

    def __init__(self, emulator: "Emulator", account: str, region: str) -> None:
        self._emulator = emulator
        self._session = session(account, region, secret="emulated")
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return a client of a service, the same each time."""
        with _making:
            if service not in self._clients:
                client = self._session.client(  # type: ignore[call-overload]
                    service,
                    endpoint_url=self._emulator.url,
                    verify=str(self._emulator.ca_bundle),
                    # ministack reads the account from no other signature. AWS takes Signature Version 4A only.
                    config=Config(signature_version="v4") if service == KEY_VALUES else None,
                )
                _ = client.exceptions
                client.meta.events.register_first(f"request-created.{KEY_VALUES}", _to_one_host)
                self._clients[service] = client
            return self._clients[service]


class Emulator:
    """A running emulator; a context manager. Accounts and Regions do not see each other's resources.

    `unpacked` is a folder for the code of functions, which several emulators can share; without, it is one of its own.
    """

    def __init__(self, port: int = 0, *, unpacked: Path | None = None) -> None:
        self.port = port or free_port()
        self.url = f"https://localhost:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="emulator-"))
        self._unpacked = unpacked or self.folder / "unpacked"
        self.ca_bundle = self.folder / "ca.pem"
        self.log = self.folder / "log.txt"
        self._process: subprocess.Popen[bytes] | None = None
        self._sessions: dict[tuple[str, str], Session] = {}
        # Kept: a handshake takes longer than most requests.
        self._connections = HTTPSConnectionPool("localhost", self.port, maxsize=8, ca_certs=str(self.ca_bundle))

    def __enter__(self) -> Self:
        try:
            self._write_certificates()
            with self.log.open("wb") as log:
                self._process = subprocess.Popen(
                    [str(PYTHON), "-m", "tools.emulator.server"],
                    cwd=ROOT,
                    env=self._server_environment(),
                    # It ends when this pipe closes: even if this process is killed, nothing is left.
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            self._wait_until_healthy(time.monotonic() + START_SECONDS)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server with everything that it started, and remove its folder."""
        if self._process:
            # The workers that run Lambda functions are in the server's process group. Nothing needs to be saved.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
            self._process = None
        self._connections.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self, account: str = "000000000001", region: str = "us-east-1") -> dict[str, str]:
        """Return the variables that make sam, boto3 and the AWS CLI use this emulator."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CA_BUNDLE": str(self.ca_bundle),
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "emulated",
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "SAM_CLI_TELEMETRY": "0",
            # How often SAM asks what became of a change set or stack: AWS takes minutes for one, an emulator seconds.
            # Not more often: it names change sets by the second, and two deployments within one would have one name.
            "SAM_CLI_POLL_DELAY": "1",
        }

    def session(self, account: str = "000000000001", region: str = "us-east-1") -> Session:
        """Return the clients of an account in a Region."""
        place = account, region
        if place not in self._sessions:
            # Not an argument of `setdefault`, which would make one each time; but of two threads the first one wins.
            self._sessions.setdefault(place, Session(self, account, region))
        return self._sessions[place]

    def client(self, service: str, account: str = "000000000001", region: str = "us-east-1") -> Any:
        """Return a boto3 client of this emulator."""
        return self.session(account, region).client(service)

    def tell(self, path: str, reported: object) -> None:
        """Tell the emulator how to behave, at one of its own paths (see `outages.py` and `step_delay.py`).

        Returns when it has answered; `stack_operations.py` answers at the end of an operation.
        """
        self.ask(path, reported)

    def ask(self, path: str, reported: object) -> bytes:
        """Return the emulator's answer at one of its own paths (see `account_state.py`)."""
        answer = self._connections.request("PUT", path, body=json.dumps(reported).encode(), timeout=START_SECONDS)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            raise RuntimeError(
                f"the emulator answers {answer.status} at {path}: {answer.data.decode(errors='replace')}"
            )
        body: bytes = answer.data
        return body

    def _server_environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        temporary = self.folder / "tmp"
        temporary.mkdir()
        return {
            **inherited,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": "localhost",
            "USE_SSL": "1",
            "MINISTACK_SSL_CERT": str(self.folder / "server.pem"),
            "MINISTACK_SSL_KEY": str(self.folder / "server.key"),
            # What the functions' own HTTPS clients trust.
            "SSL_CERT_FILE": str(self.ca_bundle),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "TMPDIR": str(temporary),
            "UNPACKED_CODE": str(self._unpacked),
            "LAMBDA_EXECUTOR": "local",
            # Servers on fixed ports that no site needs, and that a second emulator could not have.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }

    def _write_certificates(self) -> None:
        authority = trustme.CA()
        server = authority.issue_cert("localhost", "*.localhost", "127.0.0.1")
        authority.cert_pem.write_to_path(str(self.ca_bundle))
        server.cert_chain_pems[0].write_to_path(str(self.folder / "server.pem"))
        server.private_key_pem.write_to_path(str(self.folder / "server.key"))

    def _wait_until_healthy(self, deadline: float) -> None:
        trust = ssl.create_default_context(cafile=str(self.ca_bundle))
        while True:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"the emulator did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            try:
                with urlopen(f"{self.url}/_ministack/health", timeout=10, context=trust):
                    return
            except (URLError, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.03)


def free_port() -> int:
    """Return a port that nothing listens on, and that for a minute only a server gets which asks for it by number.

    A connection that this end has closed first keeps its port in TIME_WAIT: the system gives it to no other process
    that does not ask for it, and servers, which set SO_REUSEADDR, can have it.
    """
    with socket.socket() as server, socket.socket() as client:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        port: int = server.getsockname()[1]
        client.connect(("127.0.0.1", port))
        server.accept()[0].close()
        return port
