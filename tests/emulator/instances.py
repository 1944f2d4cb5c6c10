"""Local processes that stand in for the web servers: registered as targets, killed and brought back."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SAMPLE_APPLICATION = Path(__file__).resolve().parents[2] / "macros" / "resilient_website" / "instance" / "sample_app.py"


class Instance:
    """One process that serves the sample application on a port of this machine."""

    def __init__(self, name: str, environment: Mapping[str, str] | None = None) -> None:
        self.port = _free_port()
        self._environment = {"SERVER_NAME": name, "BIND": "127.0.0.1", **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process and wait until it listens."""
        self._process = subprocess.Popen(
            [sys.executable, str(SAMPLE_APPLICATION)],
            env={**os.environ, **self._environment, "WEB_PORT": str(self.port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def kill(self) -> None:
        """End the process at once, as a failing machine does."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def target(self) -> dict[str, Any]:
        """The process as a target of a target group."""
        return {"Id": "127.0.0.1", "Port": self.port}


def register(elbv2: Any, target_group_arn: str, instances: Sequence[Instance]) -> None:
    """Make the instances the targets of a group, and its only ones."""
    health = elbv2.describe_target_health(TargetGroupArn=target_group_arn)["TargetHealthDescriptions"]
    strangers = [entry["Target"] for entry in health]
    if strangers:
        elbv2.deregister_targets(TargetGroupArn=target_group_arn, Targets=strangers)
    elbv2.register_targets(TargetGroupArn=target_group_arn, Targets=[instance.target for instance in instances])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
