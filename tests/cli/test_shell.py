"""The command `shell`: which server it connects to, with which command, and when it refuses."""

import json
import os
import shlex
import shutil
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from cli.shell import command
from tests.cli.aws_in_memory import in_place, real_client
from tests.cli.documented_policies import documented, needed
from tests.cli.fake_site import REGION, FakeSite


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """Return the commands that take the process's place, on a machine with all programs."""
    seen: list[list[str]] = []
    monkeypatch.setattr(command, "clients", lambda _: real_client)
    monkeypatch.setattr(os, "execvp", lambda _, words: seen.append(words))
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    yield seen


def invoke(fake: FakeSite, *arguments: str) -> Result:
    with in_place(fake):
        return CliRunner(mix_stderr=False).invoke(main, ["shell", "my-site", "--region", REGION, *arguments])


def test_healthy_server_that_session_manager_reaches_is_chosen(ran: list[list[str]]) -> None:
    fake = FakeSite()
    fake.health["i-0"] = "unhealthy"
    fake.ping["i-1"] = "ConnectionLost"
    shown = invoke(fake)
    assert shown.exit_code == 0, shown.stderr
    assert ran == [["aws", "ssm", "start-session", "--target", "i-2", "--region", REGION]]
    assert "i-2 in us-east-1c (healthy)" in shown.stderr
    assert needed(fake.calls) | {"ssm:StartSession", "ssm:TerminateSession"} == documented("shell")


def test_given_server_or_zone_is_used_also_in_trouble(ran: list[list[str]]) -> None:
    fake = FakeSite()
    fake.health["i-0"] = "unhealthy"
    invoke(fake, "--instance", "i-0")
    invoke(fake, "--zone", "us-east-1b")
    assert [words[4] for words in ran] == ["i-0", "i-1"]


def test_command_keeps_its_words(ran: list[list[str]]) -> None:
    words = ["sh", "-c", 'echo "a b" | tail -n 5', "--region", "x"]
    invoke(FakeSite(), "--", *words)
    (run,) = ran
    assert run[7:10] == ["--document-name", "AWS-StartInteractiveCommand", "--parameters"]
    (text,) = json.loads(run[10])["command"]
    assert shlex.split(text) == words


def test_server_out_of_reach_names_the_properties(ran: list[list[str]]) -> None:
    fake = FakeSite()
    fake.ping = dict.fromkeys(("i-0", "i-1", "i-2"), "ConnectionLost")
    refused = invoke(fake)
    assert refused.exit_code == 1
    for name in ("WebServers.ImageId", "Network.NatGateways", "Network.VpcId"):
        assert name in refused.stderr
    assert ran == []


def test_unknown_server_lists_those_of_the_group(ran: list[list[str]]) -> None:
    refused = invoke(FakeSite(), "--instance", "i-9")
    assert "i-0 in us-east-1a (healthy), i-1" in refused.stderr
    fake = FakeSite()
    fake.instances, fake.health = [], {}
    assert "the group has no server; look at the group's size and last activity with `status " in invoke(fake).stderr
    assert ran == []


def test_missing_program_prints_the_command(ran: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None if "plugin" in name else name)
    refused = invoke(FakeSite())
    assert refused.exit_code == 1
    assert f"aws ssm start-session --target i-0 --region {REGION}" in refused.stderr
    assert "session-manager-plugin: is not installed; install it" in refused.stderr
    assert ran == []
