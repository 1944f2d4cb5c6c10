"""The command `flat`, as its user runs it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.repository import ROOT

SITE = {"Type": "ResilientWebsite", "Properties": {"Database": {"ReadReplicas": {"Ref": "Replicas"}}}}
TEMPLATE = {
    "Transform": "ResilientWebsite",
    "Parameters": {"Replicas": {"Type": "Number"}},
    "Resources": {"Site": SITE},
}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "site.json"
    path.write_text(json.dumps(TEMPLATE))
    return path


def test_large_template_is_written_and_says_how_to_go_on(command_line: Any, template: Path, tmp_path: Path) -> None:
    output = tmp_path / "out" / "flat.json"
    done = command_line("flat", template, "--parameter", "Replicas=2", "-o", output)
    assert (done.returncode, done.stdout) == (0, "")
    assert f"{output} has {output.stat().st_size:,} bytes" in done.stderr
    assert "51,200" in done.stderr
    assert f"aws cloudformation deploy --template-file {output} --s3-bucket BUCKET" in done.stderr
    assert "--template-url" in done.stderr
    made = json.loads(output.read_text())
    assert sum("SourceDBInstanceIdentifier" in body.get("Properties", {}) for body in made["Resources"].values()) == 2
    assert command_line("flat", template, "--parameter", "Replicas=2").stdout == output.read_text()


def test_nothing_is_said_of_the_size_of_a_small_template(command_line: Any, tmp_path: Path) -> None:
    path = tmp_path / "topic.yaml"
    path.write_text("Resources: {Topic: {Type: 'AWS::SNS::Topic'}}\n")
    done = command_line("flat", path)
    assert (done.returncode, "bytes" in done.stderr) == (0, False)
    assert json.loads(done.stdout) == {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def test_structural_parameter_without_a_value_is_refused(command_line: Any, template: Path, tmp_path: Path) -> None:
    done = command_line("flat", template, "-o", tmp_path / "out.json")
    assert done.returncode == 1
    assert "Resources.Site.Properties.Database.ReadReplicas" in done.stderr
    assert not (tmp_path / "out.json").exists()


def test_macro_by_another_name(command_line: Any, tmp_path: Path) -> None:
    path = tmp_path / "staging.json"
    path.write_text(json.dumps({"Transform": "Staging", "Resources": {"Site": {"Type": "ResilientWebsite"}}}))
    assert command_line("flat", path).returncode == 1
    done = command_line("flat", path, "--macro", "Staging")
    assert done.returncode == 0
    assert "Fn::ImportValue" not in done.stdout
    assert '"Staging' not in done.stdout


def test_region_decides_what_depends_on_it(command_line: Any) -> None:
    example = ROOT / "examples/with-domain.yaml"
    assert "Custom::Certificate" in command_line("flat", example, "--region", "eu-west-1").stdout
    assert "Custom::Certificate" not in command_line("flat", example).stdout


@pytest.mark.parametrize("mode", ["PilotLight", "Backups"])
def test_both_halves_are_written_in_their_order(command_line: Any, tmp_path: Path, mode: str) -> None:
    secondary = {"Region": "us-west-2", "Mode": mode}
    names = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
    site = {"Type": "ResilientWebsite", "Properties": {**names, "Secondary": secondary}}
    path, output = tmp_path / "site.json", tmp_path / "flat.json"
    path.write_text(json.dumps({"Transform": "ResilientWebsite", "Resources": {"Site": site}}))
    done = command_line("flat", path, "-o", output, "--region", "us-east-1")
    other = tmp_path / "flat.us-west-2.json"
    assert done.returncode == 0, done.stderr
    assert f"{other}: " in done.stderr
    assert ("recovers the site" in done.stderr) is (mode == "Backups")
    first, second = (json.loads(file.read_text())["Resources"] for file in (output, other))
    assert ("SitePrimaryHalf" in first, "SitePrimaryHalf" in second) == (False, True)
    assert ("SourceDBInstanceAutomatedBackupsArn" in second["SiteDatabase"]["Properties"]) is (mode == "Backups")
    # In the secondary Region, there is only its own half.
    if mode == "PilotLight":
        alone = tmp_path / "alone.json"
        assert command_line("flat", path, "-o", alone, "--region", "us-west-2").returncode == 0
        assert json.loads(alone.read_text()) == json.loads(other.read_text())
        assert sorted(file.name for file in tmp_path.glob("alone*")) == ["alone.json"]
