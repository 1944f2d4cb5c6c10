"""The commands for a deployed site, on a stack that the macro made in the emulator.

Where the emulator is not AWS: its Auto Scaling groups start no servers, so `status` finds none. `tests/cli/` has
servers that come and go.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from tests.sites import Installation

STACK, BUCKET = "operated", "operated-releases"
FIRST = "shop/first.zip"

TEMPLATE = {
    "Transform": "ResilientWebsite",
    "Parameters": {"Release": {"Type": "String", "Default": FIRST}},
    "Resources": {
        "Site": {
            "Type": "ResilientWebsite",
            "Properties": {
                "WebServers": {"Artifact": {"Bucket": BUCKET, "Key": {"Ref": "Release"}, "Command": "./start"}},
            },
        }
    },
}


@pytest.fixture(scope="module")
def deployed(installation: Installation) -> Iterator[Installation]:
    """Return an account with a site that has an artifact."""
    installation.client("s3").create_bucket(Bucket=BUCKET)
    installation.deploy(STACK, json.dumps(TEMPLATE))
    yield installation
    installation.delete(STACK)


@pytest.fixture
def invoke(deployed: Installation, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what runs a command in this account."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in deployed.emulator.environment(deployed.account, deployed.region).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str | Path) -> Result:
        return CliRunner(mix_stderr=False).invoke(main, [str(each) for each in arguments])

    return run


def test_status_reads_every_tier(invoke: Any) -> None:
    shown = invoke("status", STACK, "--json")
    rows = json.loads(shown.stdout)["rows"]
    assert [row for row in rows if row["state"] == "not readable"] == []
    found = {row["part"]: row["state"] for row in rows}
    for part in ("Database", "load balancer", "Distribution", "last deployment", "functions"):
        assert found[part] == "ok", rows


def test_logs_are_those_of_the_functions(invoke: Any) -> None:
    shown = invoke("logs", STACK)
    assert shown.exit_code == 0, shown.stderr
    assert " FallbackSite " in shown.stdout
    assert "Database.EnableCloudwatchLogsExports" in shown.stderr


def test_addresses_are_those_of_the_outputs(invoke: Any, deployed: Installation) -> None:
    resources = deployed.resources(STACK)
    assert resources["SiteDashboard"] in invoke("open", STACK, "dashboard", "--print").stdout
    assert "cloudfront.net" in invoke("open", STACK, "--print").stdout


def test_release_and_the_way_back(invoke: Any, deployed: Installation, tmp_path: Path) -> None:
    (tmp_path / "start").write_text("#!/bin/sh\n")
    done = invoke("release", STACK, tmp_path)
    key = released(deployed)
    assert key.startswith("shop/")
    assert key != FIRST
    assert f"released: s3://{BUCKET}/{key} (before: {FIRST})" in done.stdout
    assert "SiteAutoScalingGroup UPDATE_COMPLETE" in done.stderr
    again = invoke("release", STACK, tmp_path)
    assert again.stdout.startswith("unchanged: ")
    assert "released: " in invoke("release", STACK, "--back").stdout
    assert released(deployed) == FIRST


def released(deployed: Installation) -> str:
    """Return the key that the stack has."""
    described = deployed.cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    return str(described["Parameters"][0]["ParameterValue"])
