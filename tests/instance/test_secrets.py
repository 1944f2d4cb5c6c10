"""Secrets on a server: read at boot, kept fresh, and readable by those who need them only."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.instance.sandbox import SECRET, Sandbox, expanded, signal_of, user_data_of
from tests.quoting import docker, systemd

OWN = f"{SECRET}3"
PARAMETER = "arn:aws:ssm:us-east-1:123456789012:parameter/shop/license"


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


def booted(sandbox: Sandbox, environment: Any = None, script: str = "true", **site: Any) -> str:
    """Boot a server, and return what CloudFormation hears of it."""
    servers = {"UserData": script, "Port": 8080, **({"Environment": environment} if environment else {})}
    resources = expanded({"WebServers": servers, **site})
    return signal_of(sandbox.boot(user_data_of(resources, {}), 8080))


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_credentials_of_the_tiers_are_files_for_the_applications_group(sandbox: Sandbox) -> None:
    assert booted(sandbox, Cache=True) == "0", sandbox.errors
    variables = systemd.environment(sandbox.environment)
    assert variables["DATABASE_USER"] == "website"
    for name, value in {"DATABASE_PASSWORD_FILE": "of-the-database", "CACHE_TOKEN_FILE": "of-the-cache"}.items():
        file = sandbox.root / variables[name].removeprefix(f"{sandbox.root}/").lstrip("/")
        assert (file.read_text(), mode(file)) == (value, 0o640)
        assert f"chgrp resilient-website {file.parent}/.{file.name}" in sandbox.calls.read_text()
    assert mode(sandbox.environment) == 0o644
    assert "of-the-database" not in sandbox.environment.read_text()


def test_own_secrets_are_for_root_only_and_in_both_environment_files(sandbox: Sandbox) -> None:
    sandbox.secrets |= {OWN: json.dumps({"user": "u", "port": 587}), PARAMETER: "of $5"}
    environment = {
        "Variables": {"LOG_LEVEL": "info"},
        "Secrets": {"USER_NAME": f"{OWN}:user::", "SMTP_PORT": f"{OWN}:port", "ALL": OWN, "LICENSE": PARAMETER},
    }
    assert booted(sandbox, environment, Database=False) == "0", sandbox.errors
    expected = {"LOG_LEVEL": "info", "USER_NAME": "u", "SMTP_PORT": "587", "LICENSE": "of $5"}
    for file, read in ((sandbox.environment, systemd), (sandbox.folder / "container.env", docker)):
        assert read.environment(file).items() >= expected.items()
        assert mode(file) == 0o600
    assert sandbox.calls.read_text().count("aws secretsmanager") == 1, "one request for each secret"


def test_user_script_sees_variables_and_secrets(sandbox: Sandbox) -> None:
    sandbox.secrets[OWN] = "value"
    script = 'set -eu; . /etc/resilient-website/environment; [ "$A$B" = 1value ]'
    assert booted(sandbox, {"Variables": {"A": 1}, "Secrets": {"B": OWN}}, script) == "0", sandbox.errors


@pytest.mark.parametrize("value", [None, "two\nlines"])
def test_secret_that_can_not_be_used_fails_the_boot_and_is_not_shown(sandbox: Sandbox, value: Any) -> None:
    sandbox.secrets[OWN] = value
    assert booted(sandbox, {"Secrets": {"B": OWN}}, "touch ran") == "1"
    assert f"B: can't read {OWN}: " in sandbox.errors
    assert "lines" not in sandbox.errors.replace("line break", "")
    assert not (sandbox.root / "ran").exists()


def test_missing_key_or_right_is_said(sandbox: Sandbox) -> None:
    sandbox.secrets[OWN] = "{}"
    assert booted(sandbox, {"Secrets": {"A": f"{OWN}:key::", "B": f"{SECRET}9"}}) == "1"
    assert f"A: can't read {OWN}:key::: 'key'" in sandbox.errors
    assert f"B: can't read {SECRET}9: AccessDeniedException" in sandbox.errors


def test_rotated_secret_arrives_and_the_hook_runs_once(sandbox: Sandbox) -> None:
    sandbox.secrets[OWN] = "old"
    environment = {"Secrets": {"B": OWN}, "OnChange": f"echo changed >> {sandbox.root}/heard"}
    assert booted(sandbox, environment, 'echo ADDED=here >> "/etc/resilient-website/environment"') == "0"
    heard = sandbox.root / "heard"
    assert not heard.exists(), "the first read is no change"
    before = sandbox.environment.stat()
    assert sandbox.refresh() == 0
    assert sandbox.environment.stat().st_ino == before.st_ino, "what is the same is not written"
    sandbox.secrets |= {OWN: "new", f"{SECRET}1": json.dumps({"password": "rotated"})}
    assert sandbox.refresh() == 0, sandbox.errors
    assert systemd.environment(sandbox.environment).items() >= {"B": "new", "ADDED": "here"}.items()
    assert docker.environment(sandbox.folder / "container.env")["B"] == "new"
    assert (sandbox.folder / "database-password").read_text() == "rotated"
    assert mode(sandbox.environment) == 0o600
    assert sandbox.refresh() == 0
    assert heard.read_text() == "changed\n"


def test_secret_that_is_lost_later_keeps_its_value_and_holds_up_no_other(sandbox: Sandbox) -> None:
    sandbox.secrets |= {OWN: "old", f"{SECRET}4": "old"}
    assert booted(sandbox, {"Secrets": {"B": OWN, "C": f"{SECRET}4"}}) == "0"
    del sandbox.secrets[OWN]
    sandbox.secrets[f"{SECRET}4"] = "new"
    assert sandbox.refresh() == 1
    assert systemd.environment(sandbox.environment).items() >= {"B": "old", "C": "new"}.items()


def test_sample_application_reads_no_secrets_into_files(sandbox: Sandbox) -> None:
    resources = expanded({"WebServers": {"Port": 8080}, "Cache": True})
    assert signal_of(sandbox.boot(user_data_of(resources, {}), 8080)) == "0"
    assert "DATABASE_PASSWORD_FILE" not in sandbox.environment.read_text()
    assert not (sandbox.folder / "database-password").exists()


@pytest.mark.parametrize(("nat", "asked"), [("PerZone", True), ("None", False)])
def test_certificates_are_downloaded_where_there_is_a_way(sandbox: Sandbox, nat: str, asked: bool) -> None:
    assert booted(sandbox, Network={"WebSubnets": "Private", "NatGateways": nat}) == "0", sandbox.errors
    assert ("global-bundle.pem" in sandbox.calls.read_text()) is asked
