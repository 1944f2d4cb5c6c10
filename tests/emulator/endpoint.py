"""Starts and stops an emulator: a child process with its own TLS authority, folder and port."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

import boto3
import trustme

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
START_SECONDS = 30

# Variables that would make boto3 look at somebody's real account, or trust somebody else's authority.
FOREIGN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_ENDPOINT_URL")


class Emulator:
    """A running emulator; a context manager. Accounts and Regions do not see each other's resources."""

    def __init__(self, port: int = 0) -> None:
        self.port = port or _free_port()
        self.url = f"https://localhost:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="emulator-"))
        self.ca_bundle = self.folder / "ca.pem"
        self.log = self.folder / "log.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._write_certificates()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(PYTHON), "-m", "tests.emulator.server"],
                cwd=ROOT,
                env=self._server_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
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
            # The workers that run Lambda functions are in the server's process group.
            for signal_number in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self._process.pid, signal_number)
                    self._process.wait(3)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue
            self._process = None
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
        }

    def client(self, service: str, account: str = "000000000001", region: str = "us-east-1") -> Any:
        """Return a boto3 client of this emulator."""
        session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="emulated", region_name=region)
        return session.client(service, endpoint_url=self.url, verify=str(self.ca_bundle))  # type: ignore[call-overload]

    def _server_environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        inherited.pop("AWS_CA_BUNDLE", None)
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
            "TMPDIR": str(temporary),
            "LAMBDA_EXECUTOR": "local",
            # Servers on fixed ports that no site needs, and that a second emulator could not have.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
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
                with urlopen(f"{self.url}/_ministack/health", timeout=2, context=trust):
                    return
            except (URLError, OSError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
