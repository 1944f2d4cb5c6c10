"""A server's first boot in a sandbox: the user data of a site, as an instance gets it, run by a real shell."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resilient_website.expand import expand_template
from tests.quoting.cloudformation import resolved

# Programs of a real server that the sandbox records, and what they answer. `aws s3api get-object ... FILE` brings the
# artifact; its arguments are kept, each with a null character after it.
STUBS = {
    "dnf": "exit 0",
    "systemctl": "exit 0",
    "sleep": "exit 0",
    # The status that --write-out prints: of a page, or of no answer.
    "curl": 'case "$*" in *":$HEALTHY_PORT/"*) printf "$HEALTHY_STATUS" ;; *) printf 000; exit 7 ;; esac',
    "aws": """[ "$1 $2" = "s3api get-object" ] || exit 1
printf '%s\\0' "$@" > "$ARTIFACT_ARGUMENTS"
eval "destination=\\${$#}"
cp "$ARTIFACT_FILE" "$destination"
""",
}


def expanded(properties: Mapping[str, Any], parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the resources of a site."""
    template = {
        "Parameters": {name: {"Type": "String"} for name in parameters or {}},
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": properties}},
    }
    resources: dict[str, Any] = expand_template(template, {}, "us-east-1")["Resources"]
    return resources


def user_data_of(resources: Mapping[str, Any], given: Mapping[str, str]) -> str:
    """Return the user data with the intrinsics' values put in, as an instance gets it."""
    data = resources["SiteWebLaunchTemplate"]["Properties"]["LaunchTemplateData"]["UserData"]
    script: str = resolved(data["Fn::Base64"], given)
    return script


def user_data(**web_servers: Any) -> str:
    """Return the user data of a site with a cache and these web servers."""
    return user_data_of(expanded({"WebServers": web_servers, "Cache": True}), {})


class Sandbox:
    """A server's file system below a folder, and stand-ins for the programs that a boot calls."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.binaries = folder / "bin"
        self.calls = folder / "calls"
        self.arguments = folder / "arguments"
        self.errors = ""
        for path in ("etc/systemd/system", "opt/aws/bin", "var/lib", "var/log"):
            (self.root / path).mkdir(parents=True)
        self.binaries.mkdir()
        for name, body in STUBS.items():
            self.stub(self.binaries / name, body)
        self.stub(self.root / "opt/aws/bin/cfn-signal", "exit 0")

    @property
    def environment(self) -> Path:
        """The environment file."""
        return self.root / "etc/resilient-website/environment"

    def boot(self, script: str, healthy_port: int, status: int = 200) -> list[str]:
        """Run the user data and return the calls of the stubs. It asks for the page, of that status, once."""
        script = re.sub(r"STARTUP_SECONDS=\d+", "STARTUP_SECONDS=0", script)
        for place in ("/etc/", "/opt/", "/var/lib/", "/var/log/"):
            script = script.replace(place, f"{self.root}{place}")
        environment = {
            "PATH": f"{self.binaries}:{os.environ['PATH']}",
            "HEALTHY_PORT": str(healthy_port),
            "HEALTHY_STATUS": str(status),
            "ARTIFACT_FILE": str(self.root / "artifact"),
            "ARTIFACT_ARGUMENTS": str(self.arguments),
        }
        done = subprocess.run(
            ["bash"], input=script, cwd=self.root, env=environment, text=True, capture_output=True, check=False
        )
        self.errors = done.stderr
        return self.calls.read_text().splitlines()

    def fetched(self) -> list[str]:
        """Return the arguments with which the artifact was fetched."""
        return self.arguments.read_text().split("\0")[:-1]

    def stub(self, path: Path, body: str) -> None:
        """Write a program that records its call."""
        path.write_text(f'#!/bin/sh\necho "{path.name} $*" >> {self.calls}\n{body}\n')
        path.chmod(0o755)


def signal_of(calls: list[str]) -> str:
    """Return the exit code that CloudFormation receives."""
    (signal,) = [call for call in calls if call.startswith("cfn-signal")]
    assert signal.endswith("--stack AWS::StackId --resource SiteAutoScalingGroup --region AWS::Region")
    return signal.split()[2]
