"""Every example expands to a template that CloudFormation would take, in every Region that AWS enables by default."""

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint
from cloudformation_validate import RegoEngine, Severity

from launch.console_template import console_template
from launch.parameter_values import parameter_values
from launch.template_file import read_template
from resilient_website.expand import expand_template
from tests.emulator.endpoint import ROOT

# Source: "AWS Regions" in the AWS Account Management guide, those marked as enabled by default.
REGIONS = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
]
EDGE_CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"


def for_region(template: dict[str, Any], region: str) -> dict[str, Any]:
    """Return the template with what that Region needs: a certificate, and no more zones than it has."""
    for resource in template["Resources"].values():
        properties = resource.setdefault("Properties", {})
        if resource["Type"] == "ResilientWebsite" and region != "us-east-1" and "DomainName" in properties:
            properties["CertificateArn"] = EDGE_CERTIFICATE
        if resource["Type"] == "ResilientWebsite" and region == "us-west-1":
            properties.setdefault("Network", {}).setdefault("AvailabilityZones", 2)
    return template


def expanded(path: Path, region: str) -> dict[str, Any]:
    template = for_region(read_template(path), region)
    return expand_template(template, parameter_values(template, {}), region)


@pytest.mark.parametrize("region", REGIONS)
def test_linter_finds_nothing(example: Path, region: str) -> None:
    found = lint(json.dumps(expanded(example, region)), regions=[region])
    assert [f"{match.rule.id} {match.message} {match.path}" for match in found] == []


def test_validator_finds_no_error(example: Path, tmp_path: Path) -> None:
    path = tmp_path / "template.json"
    path.write_text(json.dumps(expanded(example, "us-east-1")))
    report = RegoEngine().validate_template(str(path))
    assert report.diagnostics, "the validator says something about every template: else it did not run"
    errors = [d.message for d in report.diagnostics if d.severity in (Severity.ERROR, Severity.FATAL)]
    # RDS takes a major version and picks the minor one; the validator's list knows full versions only.
    assert [message for message in errors if not message.startswith("'8.4' is not one of ['5.5.")] == []


def test_console_template_is_clean_and_expands() -> None:
    template = console_template().to_dict()
    assert lint(json.dumps(template), regions=["us-east-1"]) == []
    made = expand_template(template, parameter_values(template, {}), "us-east-1")
    assert lint(json.dumps(made), regions=["us-east-1"]) == []
    assert not any(body["Type"].endswith("ResilientWebsite") for body in made["Resources"].values())


def test_console_form_groups_and_labels_every_parameter() -> None:
    template = console_template().to_dict()
    form = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in form["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template["Parameters"]) == sorted(form["ParameterLabels"])
    assert all(parameter["Description"] for parameter in template["Parameters"].values())


def test_region_with_two_zones_is_refused_with_the_way_out(command_line: Any, tmp_path: Path) -> None:
    done = command_line("expand", ROOT / "examples/minimal.yaml", "--region", "us-west-1", "-o", tmp_path / "out.json")
    assert done.returncode == 1
    assert "Resources.Site.Properties.Network.AvailabilityZones" in done.stderr
    assert "AvailabilityZones: 2" in done.stderr
    assert not (tmp_path / "out.json").exists()
