"""The user data of a launch template, run in a sandbox: CloudFormation always hears how it ended."""

import ast
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.instance.sandbox import SECRET, Sandbox, bare_user_data, signal_of, user_data
from tests.instance.systemd_units import verified
from tools.emulator.endpoint import free_port
from tools.emulator.instances import SAMPLE_APPLICATION


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("#!/bin/sh\ntouch done", "0"),
        ("echo without a shebang", "0"),
        ("#!/bin/sh\nexit 0\nfalse", "0"),
        ("#!/bin/sh\nexit 3", "3"),
        ("#!/bin/sh\r\nexit 3\r\n", "3"),
        ("#!/usr/bin/env python3\nraise SystemExit(4)", "4"),
    ],
)
def test_users_script_decides_what_is_signalled(sandbox: Sandbox, script: str, code: str) -> None:
    port = free_port()
    assert signal_of(sandbox.boot(bare_user_data(UserData=script, Port=port), port)) == code


def test_server_that_never_gets_healthy_is_a_failure(sandbox: Sandbox) -> None:
    assert signal_of(sandbox.boot(bare_user_data(UserData="true", Port=8080), 9999)) == "1"
    assert "nothing answers on port 8080 at /" in sandbox.errors


@pytest.mark.parametrize(("status", "code"), [(204, "0"), (302, "0"), (401, "1"), (503, "1")])
def test_status_of_the_health_check_decides(sandbox: Sandbox, status: int, code: str) -> None:
    calls = sandbox.boot(bare_user_data(UserData="true", Port=8080), 8080, status)
    assert signal_of(calls) == code
    assert (f"answers with status {status}" in sandbox.errors) is (code == "1")


def test_environment_is_there_before_the_users_script(sandbox: Sandbox) -> None:
    script = '#!/bin/bash\nset -eu\n. /etc/resilient-website/environment\n[ -n "$DATABASE_HOST$CACHE_HOST" ]'
    assert signal_of(sandbox.boot(user_data(UserData=script, Port=8080), 8080)) == "0"
    lines = (sandbox.root / "etc/resilient-website/environment").read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines)
    assert variables["DATABASE_HOST"] == '"SiteDatabase.Endpoint.Address"'
    assert variables["CACHE_ENGINE"] == '"valkey"'
    assert variables["ASSETS_URL"] == '"/static/"'
    assert "of-the-database" not in "".join(lines)


def without_docstrings(program: str) -> str:
    tree = ast.parse(program)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            del node.body[0]
    return ast.dump(tree)


def test_sample_application_is_installed_and_started(sandbox: Sandbox) -> None:
    calls = sandbox.boot(user_data(Port=8080), 8080)
    assert signal_of(calls) == "0"
    assert "systemctl enable --now resilient-website-sample" in calls
    application = (sandbox.root / "var/lib/resilient-website/sample_app.py").read_text()
    assert application.startswith('"""A small dynamic site')
    assert without_docstrings(application) == without_docstrings(SAMPLE_APPLICATION.read_text())
    unit = (sandbox.root / "etc/systemd/system/resilient-website-sample.service").read_text()
    assert "DynamicUser=yes" in unit


def installed_agent(sandbox: Sandbox, *, works: bool = True) -> None:
    path = sandbox.root / "opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
    path.parent.mkdir(parents=True)
    sandbox.stub(path, f"exit {0 if works else 1}")


def test_agent_is_reported_what_to_watch(sandbox: Sandbox) -> None:
    installed_agent(sandbox)
    calls = sandbox.boot(user_data(UserData="true", Port=8080, LogFiles=["/var/log/nginx/*.log"]), 8080)
    assert any(call.startswith("amazon-cloudwatch-agent-ctl -a fetch-config") for call in calls)
    reported = json.loads((sandbox.root / "etc/resilient-website/agent.json").read_text())
    (file,) = reported["logs"]["logs_collected"]["files"]["collect_list"]
    assert file["file_path"].endswith("/var/log/nginx/*.log")
    assert file["log_group_name"] == "SiteWebLogGroup"
    assert reported["metrics"]["aggregation_dimensions"] == [["AutoScalingGroupName"]]


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
    calls = sandbox.boot(bare_user_data(Artifact=artifact, Port=8080), 8080)
    assert signal_of(calls) == "0"
    assert {"--bucket=releases", f"--key=shop/1.2.3{suffix}"} <= set(sandbox.fetched())
    assert not [argument for argument in sandbox.fetched() if argument.startswith("--version-id")]
    assert "systemctl enable --now website" in calls
    assert (sandbox.root / "opt/website/installed.py").exists()
    start = sandbox.root / "var/lib/resilient-website/start"
    unit = (sandbox.root / "etc/systemd/system/website.service").read_text()
    assert f"ExecStart=/bin/bash {start}" in unit
    done = subprocess.run(["bash", start], cwd=sandbox.root / "opt/website", capture_output=True, text=True, check=True)
    assert done.stdout == "hello\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [("echo $((1 + 1))", "2"), ("PORT=$((80 + 1)) printenv PORT", "81"), ("cd bin && pwd | tail --bytes 4", "bin")],
)
def test_command_is_a_line_of_bash(sandbox: Sandbox, tmp_path: Path, command: str, said: str) -> None:
    artifact_of(sandbox, tmp_path)
    artifact = {"Bucket": "b-1", "Key": "k.zip", "Command": command, "Install": "mkdir bin"}
    assert signal_of(sandbox.boot(bare_user_data(Artifact=artifact, Port=8080), 8080)) == "0", sandbox.errors
    start = ["bash", str(sandbox.root / "var/lib/resilient-website/start")]
    done = subprocess.run(start, cwd=sandbox.root / "opt/website", capture_output=True, text=True, check=True)
    assert done.stdout.strip() == said


def test_units_are_what_systemd_takes(sandbox: Sandbox, tmp_path: Path) -> None:
    artifact_of(sandbox, tmp_path)
    artifact = {"Bucket": "b-1", "Key": "k.zip", "Command": "true"}
    environment = {"Secrets": {"A": f"{SECRET}1"}}
    sandbox.boot(user_data(Artifact=artifact, Port=8080, Drain=True, Environment=environment), 8080)
    units = sandbox.root / "etc/systemd/system"
    verified(units)
    service = (units / "website.service").read_text()
    # Its own folders are below those of the machine, and its log is in one that belongs to root.
    assert {"StateDirectory=website", "LogsDirectory=website/app"} <= set(service.splitlines())
    assert f"StandardOutput=append:{sandbox.root}/var/log/website/website.log" in service
    assert "SupplementaryGroups=resilient-website" in service


def test_logs_of_an_artifact_are_always_sent(sandbox: Sandbox, tmp_path: Path) -> None:
    installed_agent(sandbox)
    artifact_of(sandbox, tmp_path)
    artifact = {"Bucket": "b-1", "Key": "k.zip", "Command": "true"}
    sandbox.boot(user_data(Artifact=artifact, Port=8080, LogFiles=["/var/log/dnf.log"]), 8080)
    configuration = json.loads((sandbox.folder / "agent.json").read_text())
    paths = [file["file_path"] for file in configuration["logs"]["logs_collected"]["files"]["collect_list"]]
    assert paths == [f"{sandbox.root}/var/log/dnf.log", f"{sandbox.root}/var/log/website/app/*.log"]


@pytest.mark.parametrize("suffix", [".zip", ".tar"])
def test_what_may_be_run_in_the_archive_may_be_run_on_the_server(sandbox: Sandbox, tmp_path: Path, suffix: str) -> None:
    """The service has a separate user: what is unpacked belongs to no user of the machine that packed it."""
    content = tmp_path / "content"
    (content / "bin").mkdir(parents=True)
    (content / "bin/run").write_text("#!/bin/sh\necho hello\n")
    (content / "bin/run").chmod(0o700)
    (content / "notes").write_text("for all\n")
    (content / "notes").chmod(0o4600)
    os.chown(content / "notes", 12345, 12345)
    kind = {".zip": "zip", ".tar": "tar"}[suffix]
    Path(shutil.make_archive(str(tmp_path / "made"), kind, content)).rename(sandbox.root / "artifact")
    artifact = {"Bucket": "releases", "Key": f"shop{suffix}", "Install": "./bin/run > said", "Command": "./bin/run"}
    assert signal_of(sandbox.boot(bare_user_data(Artifact=artifact, Port=8080), 8080)) == "0", sandbox.errors
    unpacked = sandbox.root / "opt/website"
    assert (unpacked / "said").read_text() == "hello\n"
    assert (unpacked / "bin/run").stat().st_mode & 0o777 == 0o755
    assert (unpacked / "notes").stat().st_mode & 0o7777 == 0o644
    assert (unpacked / "notes").stat().st_uid == os.getuid()


def artifact_of(sandbox: Sandbox, tmp_path: Path) -> str:
    """Put an artifact where the sandbox takes it from, and return its SHA-256 checksum."""
    content = tmp_path / "content"
    content.mkdir()
    Path(shutil.make_archive(str(tmp_path / "made"), "zip", content)).rename(sandbox.root / "artifact")
    return hashlib.sha256((sandbox.root / "artifact").read_bytes()).hexdigest()


@pytest.mark.parametrize("letters", [str.lower, str.upper])
def test_artifact_of_a_version_and_a_checksum(sandbox: Sandbox, tmp_path: Path, letters: Callable[[str], str]) -> None:
    checksum = letters(artifact_of(sandbox, tmp_path))
    artifact = {"Bucket": "releases", "Key": "k.zip", "Command": "true", "VersionId": "3/L4kq+tJl", "Sha256": checksum}
    calls = sandbox.boot(bare_user_data(Artifact=artifact, Port=8080), 8080)
    assert signal_of(calls) == "0"
    assert "--version-id=3/L4kq+tJl" in sandbox.fetched()
    assert "systemctl enable --now website" in calls


def test_another_artifact_than_the_checksums_is_neither_unpacked_nor_run(sandbox: Sandbox, tmp_path: Path) -> None:
    checksum = artifact_of(sandbox, tmp_path)
    artifact = {"Bucket": "b-1", "Key": "k.zip", "Command": "true", "Install": "touch ran", "Sha256": "0" * 64}
    calls = sandbox.boot(bare_user_data(Artifact=artifact, Port=8080), 8080)
    assert signal_of(calls) == "1"
    assert f"Artifact.Sha256: found {checksum}, but {'0' * 64} is allowed only" in sandbox.errors
    assert "systemctl enable --now website" not in calls
    assert not (sandbox.root / "opt/website/ran").exists()


def test_artifact_that_is_not_there_is_said_and_signalled(sandbox: Sandbox) -> None:
    artifact = {"Bucket": "releases", "Key": "k.zip", "Command": "true"}
    assert signal_of(sandbox.boot(bare_user_data(Artifact=artifact, Port=8080), 8080)) == "1"
    assert "s3://releases/k.zip can't be fetched" in sandbox.errors


def test_artifact_whose_installation_fails_is_signalled(sandbox: Sandbox, tmp_path: Path) -> None:
    artifact_of(sandbox, tmp_path)
    artifact = {"Bucket": "b-1", "Key": "k.zip", "Command": "true", "Install": "false\ntrue"}
    calls = sandbox.boot(bare_user_data(Artifact=artifact, Port=8080), 8080)
    assert signal_of(calls) != "0"
    assert "systemctl enable --now website" not in calls


def test_image_of_ones_own_gets_its_environment_and_nothing_else(sandbox: Sandbox) -> None:
    calls = sandbox.boot(user_data(ImageId="ami-0123456789abcdef0", CloudWatchAgent=False, Port=8080), 8080)
    programs = {"curl", "cfn-signal", "getent", "groupadd", "chgrp", "aws", "systemctl"}
    assert {call.split()[0] for call in calls} <= programs
    started = [call for call in calls if call.startswith("systemctl enable")]
    assert started == ["systemctl enable --now resilient-website-secrets.timer"]
    assert (sandbox.root / "etc/resilient-website/environment").exists()


def test_server_that_is_to_go_drains_and_says_so(sandbox: Sandbox) -> None:
    script = user_data(UserData="true", Port=8080, Drain={"HeartbeatTimeout": 60, "Script": "touch drained"})
    calls = sandbox.boot(script, 8080)
    assert "systemctl enable --now resilient-website-drain" in calls
    for name, body in {
        "curl": 'case "$*" in *lifecycle-state) echo Terminated ;; *instance-id) echo i-1 ;; *) echo token ;; esac',
        "aws": '[ "$2" = describe-auto-scaling-instances ] && echo the-group; exit 0',
    }.items():
        sandbox.stub(sandbox.binaries / name, body)
    sandbox.calls.unlink()
    watch = sandbox.root / "var/lib/resilient-website/watch"
    reported = (sandbox.root / "etc/resilient-website/environment").read_text()
    variables = dict(line.split("=", 1) for line in reported.splitlines())
    environment = {name: value.strip('"') for name, value in variables.items()}
    environment["PATH"] = f"{sandbox.binaries}:{os.environ['PATH']}"
    subprocess.run(["bash", watch], cwd=sandbox.root, env=environment, check=True, timeout=120)
    assert (sandbox.root / "drained").exists()
    (completed,) = [call for call in sandbox.calls.read_text().splitlines() if "complete-lifecycle-action" in call]
    assert "--auto-scaling-group-name the-group --lifecycle-hook-name drain --instance-id i-1" in completed
