"""Local processes in the place of the web servers: registered as targets, killed and brought back."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tools.emulator.endpoint import free_port
from tools.forking.process import ForkedProcess
from tools.forking.template import Template
from tools.repository import ROOT

SAMPLE_APPLICATION = ROOT / "macros" / "resilient_website" / "instance" / "sample_app.py"
SAMPLE = (sys.executable, str(SAMPLE_APPLICATION))
# For a slow and busy machine: a process that ends is noticed at once.
START_SECONDS = 120


class Instance:
    """One process that serves on a port of this machine, which it finds in WEB_PORT; a context manager.

    One that this Python is to run is forked from one that has imported what servers import.
    """

    def __init__(
        self, name: str, environment: Mapping[str, str] | None = None, command: Sequence[str] = SAMPLE
    ) -> None:
        self.name = name
        self.port = free_port()
        self._command = [part.replace("{port}", str(self.port)) for part in command]
        self._environment = {"SERVER_NAME": name, "BIND": "127.0.0.1", **(environment or {})}
        self._process: subprocess.Popen[bytes] | ForkedProcess | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Start the process, if it is not running, and wait until it listens."""
        if self._process:
            return
        self._process = _started(self._command, {**os.environ, **self._environment, "WEB_PORT": str(self.port)})
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.kill()
                    raise RuntimeError(f"{self._command} does not listen on {self.port}") from error
                time.sleep(0.05)

    def kill(self) -> None:
        """End the process and its children at once, as a failing machine does."""
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def terminate(self) -> None:
        """Ask the process and its children to end, as systemd does, and wait until it has ended."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(START_SECONDS)
            self._process = None

    def restart(self) -> None:
        """End the process and start it again, on the same port."""
        self.kill()
        self.start()

    @property
    def running(self) -> bool:
        """Whether the process has been started, and not killed."""
        return self._process is not None

    @property
    def target(self) -> dict[str, Any]:
        """The process as a target of a target group."""
        return {"Id": "127.0.0.1", "Port": self.port}


def _started(command: Sequence[str], env: Mapping[str, str]) -> subprocess.Popen[bytes] | ForkedProcess:
    """Start a command that leads a process group, reads nothing, and whose output goes nowhere."""
    program, *arguments = command
    if program != sys.executable:
        null = subprocess.DEVNULL
        return subprocess.Popen(command, env=env, stdin=null, stdout=null, stderr=null, start_new_session=True)
    with Path(os.devnull).open("w") as nowhere:
        process = ForkedProcess(_template(), arguments, env, stdout=nowhere, stderr=nowhere, new_session=True)
    process.stdin.close()
    process.stdout.close()
    return process


@cache
def _template() -> Template:
    return Template(("html", "http.server", "json", "ssl", "tempfile", "urllib.request"))


def register(elbv2: Any, target_group_arn: str, instances: Sequence[Instance]) -> None:
    """Make the instances the targets of a group, and its only ones."""
    health = elbv2.describe_target_health(TargetGroupArn=target_group_arn)["TargetHealthDescriptions"]
    strangers = [entry["Target"] for entry in health]
    if strangers:
        elbv2.deregister_targets(TargetGroupArn=target_group_arn, Targets=strangers)
    if instances:
        elbv2.register_targets(TargetGroupArn=target_group_arn, Targets=[instance.target for instance in instances])


def deregister(elbv2: Any, target_group_arn: str, instances: Sequence[Instance]) -> None:
    """Take instances out of a group; they go on running."""
    elbv2.deregister_targets(TargetGroupArn=target_group_arn, Targets=[instance.target for instance in instances])
