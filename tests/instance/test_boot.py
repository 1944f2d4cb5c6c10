"""The user data of a launch template, run in a sandbox: CloudFormation always hears how it ended."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from resilient_website.expand import expand_template
from tests.emulator.endpoint import free_port

# Programs of a real server that the sandbox records, and what they answer.
STUBS = {
    "dnf": "exit 0",
    "systemctl": "exit 0",
    "seq": "echo 1",
    "sleep": "exit 0",
    "curl": 'case "$*" in *":$HEALTHY_PORT/"*) exit 0 ;; *) exit 22 ;; esac',
    # `aws s3 cp --quiet --region R SOURCE DESTINATION` brings the artifact.
    "aws": 'eval "destination=\\${$#}"; [ "$1 $2" = "s3 cp" ] && cp "$ARTIFACT_FILE" "$destination"',
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
        for path in ("etc/systemd/system", "opt/aws/bin", "var/lib", "var/log"):
            (self.root / path).mkdir(parents=True)
        self.binaries.mkdir()
        for name, body in STUBS.items():
            self._stub(self.binaries / name, body)
        self._stub(self.root / "opt/aws/bin/cfn-signal", "exit 0")

    def boot(self, script: str, healthy_port: int) -> list[str]:
        """Run the user data and return the calls of the stubs."""
        for place in ("/etc/", "/opt/", "/var/lib/", "/var/log/"):
            script = script.replace(place, f"{self.root}{place}")
        environment = {
            "PATH": f"{self.binaries}:{os.environ['PATH']}",
            "HEALTHY_PORT": str(healthy_port),
            "ARTIFACT_FILE": str(self.root / "artifact"),
        }
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


def installed_agent(sandbox: Sandbox, *, works: bool = True) -> None:
    path = sandbox.root / "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
    path.parent.mkdir(parents=True)
    sandbox._stub(path, f"exit {0 if works else 1}")


def test_agent_is_told_what_to_watch(sandbox: Sandbox) -> None:
    installed_agent(sandbox)
    calls = sandbox.boot(user_data(UserData="true", Port=8080, LogFiles=["/var/log/nginx/*.log"]), 8080)
    assert any(call.startswith("amazon-cloudwatch-agent-ctl -a fetch-config") for call in calls)
    told = json.loads((sandbox.root / "etc/resilient-website/agent.json").read_text())
    (file,) = told["logs"]["logs_collected"]["files"]["collect_list"]
    assert file["file_path"].endswith("/var/log/nginx/*.log")
    assert file["log_group_name"] == "SiteWebLogGroup"
    assert told["metrics"]["aggregation_dimensions"] == [["AutoScalingGroupName"]]


def test_server_without_an_agent_serves_all_the_same(sandbox: Sandbox) -> None:
    installed_agent(sandbox, works=False)
    assert signal_of(sandbox.boot(user_data(UserData="true", Port=8080), 8080)) == "0"


@pytest.mark.parametrize("suffix", [".zip", ".tar", ".tar.gz"])
def test_artifact_is_unpacked_installed_and_started(sandbox: Sandbox, tmp_path: Path, suffix: str) -> None:
    content = tmp_path / "content"
    content.mkdir()
    (content / "app.py").write_text("print('hello')\n")
    kind = {".zip": "zip", ".tar": "tar", ".tar.gz": "gztar"}[suffix]
    Path(shutil.make_archive(str(tmp_path / "made"), kind, content)).rename(sandbox.root / "artifact")
    artifact = {
        "Bucket": "releases",
        "Key": f"shop/1.2.3{suffix}",
        "Install": "cp app.py installed.py",
        "Command": "python3 installed.py",
    }
    calls = sandbox.boot(user_data(Artifact=artifact, Port=8080), 8080)
    assert signal_of(calls) == "0"
    assert any(f"s3://releases/shop/1.2.3{suffix}" in call for call in calls)
    assert "systemctl enable --now website" in calls
    assert (sandbox.root / "opt/website/installed.py").exists()
    start = sandbox.root / "var/lib/resilient-website/start"
    unit = (sandbox.root / "etc/systemd/system/website.service").read_text()
    assert f"ExecStart=/bin/bash {start}" in unit
    done = subprocess.run(["bash", start], cwd=sandbox.root / "opt/website", capture_output=True, text=True, check=True)
    assert done.stdout == "hello\n"


def test_artifact_whose_installation_fails_is_signalled(sandbox: Sandbox, tmp_path: Path) -> None:
    content = tmp_path / "content"
    content.mkdir()
    Path(shutil.make_archive(str(tmp_path / "made"), "zip", content)).rename(sandbox.root / "artifact")
    artifact = {"Bucket": "b", "Key": "k.zip", "Command": "true", "Install": "false\ntrue"}
    calls = sandbox.boot(user_data(Artifact=artifact, Port=8080), 8080)
    assert signal_of(calls) != "0"
    assert "systemctl enable --now website" not in calls


def test_image_of_ones_own_gets_its_environment_and_nothing_else(sandbox: Sandbox) -> None:
    calls = sandbox.boot(user_data(ImageId="ami-0123456789abcdef0", CloudWatchAgent=False, Port=8080), 8080)
    assert {call.split()[0] for call in calls} <= {"curl", "seq", "cfn-signal"}
    assert (sandbox.root / "etc/resilient-website/environment").exists()


def test_server_that_is_to_go_drains_and_says_so(sandbox: Sandbox) -> None:
    script = user_data(UserData="true", Port=8080, Drain={"HeartbeatTimeout": 60, "Script": "touch drained"})
    calls = sandbox.boot(script, 8080)
    assert "systemctl enable --now resilient-website-drain" in calls
    for name, body in {
        "curl": 'case "$*" in *lifecycle-state) echo Terminated ;; *instance-id) echo i-1 ;; *) echo token ;; esac',
        "aws": '[ "$2" = describe-auto-scaling-instances ] && echo the-group; exit 0',
    }.items():
        sandbox._stub(sandbox.binaries / name, body)
    sandbox.calls.unlink()
    watch = sandbox.root / "var/lib/resilient-website/watch"
    told = (sandbox.root / "etc/resilient-website/environment").read_text()
    variables = dict(line.split("=", 1) for line in told.splitlines())
    environment = {name: value.strip('"') for name, value in variables.items()}
    environment["PATH"] = f"{sandbox.binaries}:{os.environ['PATH']}"
    subprocess.run(["bash", watch], cwd=sandbox.root, env=environment, check=True, timeout=20)
    assert (sandbox.root / "drained").exists()
    (completed,) = [call for call in sandbox.calls.read_text().splitlines() if "complete-lifecycle-action" in call]
    assert "--auto-scaling-group-name the-group --lifecycle-hook-name drain --instance-id i-1" in completed
