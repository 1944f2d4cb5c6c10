"""A moto server: replaces StackSets, Organizations, IAM and S3, with a separate account for each test."""

import os
import subprocess
import time
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import Request, urlopen

from tools.emulator.endpoint import FOREIGN, free_port
from tools.emulator.sessions import session
from tools.forking.process import ForkedProcess
from tools.forking.template import Template
from tools.repository import ROOT

PYTHON = ROOT / ".venv-aws" / "bin" / "python"
# For a slow and busy machine: a server that ends is noticed at once.
START_SECONDS = 180

# moto would read some hundred images of other owners for each Region, and again at each reset: half of its time.
# Tests register the images that they need.
WITHOUT_IMAGES = {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}

# moto would look at its folder for each request, to tell what service it is for, and at all methods of the service's
# class for the one that answers: a quarter of its time. It would list botocore's services for each service again, and
# write each request into its log: a sixth. A connection would end with its answer.
FASTER = """
import logging
from functools import cache
from moto.core import responses, utils
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler
responses.method_names_from_class = cache(responses.method_names_from_class)
DomainDispatcherApplication.get_backend_for_host = cache(DomainDispatcherApplication.get_backend_for_host)
utils.create_loader = cache(utils.create_loader)
logging.getLogger("werkzeug").setLevel(logging.ERROR)
MotoRequestHandler.protocol_version = "HTTP/1.1"
"""

# What the process has imported that moto is forked from: the server, and the services that take longest.
MODULES = ("moto.server", "moto.ec2.models", "moto.cloudformation.models")

# It ends when its standard input does: even if the tests are killed, nothing is left.
PROGRAM = """
import os, sys, threading
from moto.server import main
threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
exec(sys.argv[2])
main(["-p", sys.argv[1]])
"""


class Moto:
    """A running server; a context manager.

    `correction` is Python that makes moto do what AWS does, run in its process before it serves.
    """

    def __init__(self, log: Path, correction: str = "") -> None:
        self._correction = correction
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._process: ForkedProcess | None = None

    def __enter__(self) -> Self:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        with self.log.open("w") as log:
            self._process = ForkedProcess(
                _template(),
                ["-P", "-c", PROGRAM, str(self.port), FASTER + self._correction],
                {**inherited, **WITHOUT_IMAGES},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait(time.monotonic() + START_SECONDS)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _wait(self, deadline: float) -> None:
        while True:
            assert self._process
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"moto did not start:\n{self.log.read_text(errors='replace')[-3000:]}")
            try:
                with urlopen(f"{self.url}/moto-api/data.json", timeout=2):
                    return
            except (URLError, OSError):
                time.sleep(0.05)

    def reset(self) -> None:
        """Forget everything."""
        with urlopen(Request(f"{self.url}/moto-api/reset", method="POST"), timeout=START_SECONDS):
            pass

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """Return a client of moto's one account that has credentials."""
        return session("test", region).client(service, endpoint_url=self.url)  # type: ignore[call-overload]


@cache
def _template() -> Template:
    return Template(MODULES, python=str(PYTHON), shared=True)


def environment(url: str, region: str = "us-east-1") -> dict[str, str]:
    """Return the variables that make a command use a server."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
