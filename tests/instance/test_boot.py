"""The user data of a launch template, run in a sandbox: CloudFormation always hears how it ended."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from resilient_website.expand import expand_template
from tests.instance.servers import free_port

# Programs of a real server that the sandbox records, and what they answer.
STUBS = {
    "dnf": "exit 0",
    "systemctl": "exit 0",
    "seq": "echo 1",
    "sleep": "exit 0",
    "curl": 'case "$*" in *":$HEALTHY_PORT/"*) exit 0 ;; *) exit 22 ;; esac',
}


def user_data(**web_servers: Any) -> str:
    """Return a site's user data with the intrinsics' values put in, as an instance gets it."""
    site = {"Type": "ResilientWebsite", "Properties": {"WebServers": web_servers, "Cache": True}}
    resources = expand_template({"Resources": {"Site": site}}, {}, "us-east-1")["Resources"]
    parts = resources["SiteWebLaunchTemplate"]["Properties"]["LaunchTemplateData"]["UserData"]["Fn::Base64"]
    return "".join(part if isinstance(part, str) else value_of(part) for part in parts["Fn::Join"][1])


def value_of(intrinsic: dict[str, Any]) -> str:
    ((function, argument),) = intrinsic.items()
    if function == "Fn::Join":
        return str(argument[0].join(part if isinstance(part, str) else value_of(part) for part in argument[1]))
    return ".".join(argument) if isinstance(argument, list) else str(argument)


class Sandbox:
    """A server's file system below a folder, and stand-ins for the programs that a boot calls."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.binaries = folder / "bin"
        self.calls = folder / "calls"
        for path in (self.root / "etc/systemd/system", self.root / "opt/aws/bin", self.binaries, self.root / "var/lib"):
            path.mkdir(parents=True)
        for name, body in STUBS.items():
            self._stub(self.binaries / name, body)
        self._stub(self.root / "opt/aws/bin/cfn-signal", "exit 0")

    def boot(self, script: str, healthy_port: int) -> list[str]:
        """Run the user data and return the calls of the stubs."""
        for place in ("/etc/", "/opt/aws/", "/var/lib/"):
            script = script.replace(place, f"{self.root}{place}")
        environment = {"PATH": f"{self.binaries}:{os.environ['PATH']}", "HEALTHY_PORT": str(healthy_port)}
        subprocess.run(
            ["bash"], input=script, cwd=self.root, env=environment, text=True, capture_output=True, check=False
        )
        return self.calls.read_text().splitlines()

    def _stub(self, path: Path, body: str) -> None:
        path.write_text(f'#!/bin/sh\necho "{path.name} $*" >> {self.calls}\n{body}\n')
        path.chmod(0o755)


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


def signal_of(calls: list[str]) -> str:
    (signal,) = [call for call in calls if call.startswith("cfn-signal")]
    assert signal.endswith("--stack AWS::StackId --resource SiteAutoScalingGroup --region AWS::Region")
    return signal.split()[2]


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("#!/bin/sh\ntouch done", "0"),
        ("echo without a shebang", "0"),
        ("#!/bin/sh\nexit 0\nfalse", "0"),
        ("#!/bin/sh\nexit 3", "3"),
        ("#!/usr/bin/env python3\nraise SystemExit(4)", "4"),
    ],
)
def test_users_script_decides_what_is_signalled(sandbox: Sandbox, script: str, code: str) -> None:
    port = free_port()
    assert signal_of(sandbox.boot(user_data(UserData=script, Port=port), port)) == code


def test_server_that_never_gets_healthy_is_a_failure(sandbox: Sandbox) -> None:
    assert signal_of(sandbox.boot(user_data(UserData="true", Port=8080), 9999)) == "1"


def test_environment_is_there_before_the_users_script(sandbox: Sandbox) -> None:
    script = '#!/bin/bash\nset -eu\n. /etc/resilient-website/environment\n[ -n "$DATABASE_HOST$CACHE_HOST" ]'
    assert signal_of(sandbox.boot(user_data(UserData=script, Port=8080), 8080)) == "0"
    lines = (sandbox.root / "etc/resilient-website/environment").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines)
    assert variables["DATABASE_HOST"] == '"SiteDatabase.Endpoint.Address"'
    assert variables["CACHE_ENGINE"] == '"valkey"'
    assert variables["ASSETS_URL"] == '"/static/"'
    assert "PASSWORD" not in "".join(variables)


def test_sample_application_is_installed_and_started(sandbox: Sandbox) -> None:
    calls = sandbox.boot(user_data(Port=8080), 8080)
    assert signal_of(calls) == "0"
    assert "systemctl enable --now resilient-website-sample" in calls
    assert (sandbox.root / "var/lib/resilient-website/sample_app.py").read_text().startswith('"""A small dynamic site')
    unit = (sandbox.root / "etc/systemd/system/resilient-website-sample.service").read_text()
    assert "DynamicUser=yes" in unit
