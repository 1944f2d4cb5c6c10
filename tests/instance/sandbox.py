"""A server's first boot in a sandbox: the user data of a site, as an instance gets it, run by a real shell."""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resilient_website.expand import expand_template
from tests.quoting.cloudformation import resolved

# The ARN of a secret without the last character.
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:site-AbCde"

# What the references to the tiers' secrets are, and the values of secrets by their ARN.
REFERENCES = {"SiteDatabaseSecret": f"{SECRET}1", "SiteCacheSecret": f"{SECRET}2"}
VALUES = {
    f"{SECRET}1": json.dumps({"username": "website", "password": "of-the-database"}),
    f"{SECRET}2": "of-the-cache",
}

# A site of web servers only, for what has nothing to do with secrets and the variables of stores: a boot without them
# takes half of the time.
BARE = {"Database": False}

# The AWS CLI, as far as servers ask it for secrets: --output json. The file has a line for each: its ARN, a tab, JSON.
ASKED_FOR_A_SECRET = r"""for word; do
  case "$option" in --name|--secret-id) arn=$word ;; --region) region=$word ;; esac
  option=$word
done
case "$arn" in arn:aws:*:"$region":*) ;; *) exit 1 ;; esac
while IFS="$(printf '\t')" read -r known value; do
  [ "$known" != "$arn" ] || { printf '%s\n' "$value"; exit; }
done < "$SECRETS_FILE"
echo "AccessDeniedException: $arn" >&2
exit 1"""

# Programs of a real server that the sandbox records, and what they answer. `aws s3api get-object ... FILE` brings the
# artifact; its arguments are kept, each with a null character after it.
STUBS = {
    "dnf": "exit 0",
    "systemctl": "exit 0",
    "getent": "[ -e group ] && echo resilient-website:x:990: || exit 2",
    "groupadd": "touch group",
    # A machine's architecture is that of the site's default instance type.
    "uname": "echo aarch64",
    "docker": """case "$1" in
  pull) [ -z "$PULL_FAILS" ] ;;
  image) echo "$MADE_FOR" ;;
  login) cat > /dev/null ;;
  run) shift; printf '%s\\0' "$@" > run ;;
esac""",
    "chgrp": "exit 0",
    "sleep": "exit 0",
    # The status that --write-out prints: of a page, or of no answer.
    "curl": 'case "$*" in *":$HEALTHY_PORT/"*) printf "$HEALTHY_STATUS" ;; *) printf 000; exit 7 ;; esac',
    "aws": f"""case "$1" in
  secretsmanager|ssm) {ASKED_FOR_A_SECRET} ;;
  ecr) echo token; exit ;;
esac
"""
    """[ "$1 $2" = "s3api get-object" ] || exit 1
printf '%s\\0' "$@" > "$ARTIFACT_ARGUMENTS"
eval "destination=\\${$#}"
cp "$ARTIFACT_FILE" "$destination"
""",
}


def encoded(text: str) -> str:
    """Return a value as the user data has it."""
    return b64encode(text.encode()).decode()


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
    script: str = resolved(data["Fn::Base64"], {**REFERENCES, **given})
    return script


def user_data(**web_servers: Any) -> str:
    """Return the user data of a site with a cache and these web servers."""
    return user_data_of(expanded({"WebServers": web_servers, "Cache": True}), {})


def bare_user_data(**web_servers: Any) -> str:
    """Return the user data of a site of these web servers only."""
    return user_data_of(expanded({**BARE, "WebServers": web_servers}), {})


class Sandbox:
    """A server's file system below a folder, and stand-ins for the programs that a boot calls."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.binaries = folder / "bin"
        self.calls = folder / "calls"
        self.arguments = folder / "arguments"
        self.errors = ""
        self.secrets = dict(VALUES)
        for path in ("etc/systemd/system", "opt/aws/bin", "var/lib", "var/log"):
            (self.root / path).mkdir(parents=True)
        self.binaries.mkdir()
        for name, body in STUBS.items():
            self.stub(self.binaries / name, body)
        # Without installed packages: some are imported at each start, which takes longer than what is run here.
        python = self.binaries / "python3"
        python.write_text(f'#!/bin/sh\nexec "{Path(sys.executable).resolve()}" -S "$@"\n')
        python.chmod(0o755)
        self.stub(self.root / "opt/aws/bin/cfn-signal", "exit 0")

    @property
    def folder(self) -> Path:
        """The folder with what the site provides."""
        return self.root / "etc/resilient-website"

    @property
    def environment(self) -> Path:
        """The environment file."""
        return self.root / "etc/resilient-website/environment"

    def boot(self, script: str, healthy_port: int, status: int = 200, **variables: str) -> list[str]:
        """Run the user data and return the calls of the stubs. It asks for the page, of that status, once.

        `variables` are for the stubs.
        """
        script = re.sub(r"STARTUP_SECONDS=\d+", "STARTUP_SECONDS=0", script)
        for place in ("/etc/", "/opt/", "/var/lib/", "/var/log/"):
            script = script.replace(place, f"{self.root}{place}")
        done = self.run(["bash"], script, HEALTHY_PORT=str(healthy_port), HEALTHY_STATUS=str(status), **variables)
        self.errors = done.stderr
        return self.calls.read_text().splitlines()

    def refresh(self) -> int:
        """Read the secrets again, as the timer does, and return the exit code."""
        done = self.run(["python3", f"{self.root}/var/lib/resilient-website/read_secrets.py"])
        self.errors = done.stderr
        return done.returncode

    @property
    def variables(self) -> dict[str, str]:
        """What the stubs read."""
        return {
            "SECRETS_FILE": str(self.root / "secrets"),
            "ARTIFACT_FILE": str(self.root / "artifact"),
            "ARTIFACT_ARGUMENTS": str(self.arguments),
        }

    def run(self, command: list[str], stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command with the stubs."""
        self.keep_secrets()
        path = {"PATH": f"{self.binaries}:{os.environ['PATH']}"}
        return subprocess.run(
            command,
            input=stdin,
            cwd=self.root,
            env={**path, **self.variables, **variables},
            text=True,
            capture_output=True,
            check=False,
        )

    def keep_secrets(self) -> None:
        """Let the stub of the AWS CLI know the secrets as they are now."""
        lines = (f"{arn}\t{json.dumps(value)}\n" for arn, value in self.secrets.items())
        (self.root / "secrets").write_text("".join(lines))

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
