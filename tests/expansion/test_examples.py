"""Every example expands to a template that CloudFormation would take, in every Region that AWS enables by default."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.template_file import read_template
from cli.templates.console_template import console_template
from resilient_website.expand import expand_template
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES
from tests.expansion.expanded_examples import KINDS, console_expansion, expanded, remote_stacks
from tests.template_linters import validator_errors
from tools.repository import ROOT

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"


def test_validator_finds_no_error_in_other_regions(tmp_path: Path) -> None:
    templates = remote_stacks(expanded(ROOT / "examples/other-region.yaml", "us-east-1"))
    assert len(templates) == 3
    for _, template in templates:
        assert validator_errors(template, tmp_path) == []


def test_opt_in_region_is_named_as_such() -> None:
    template = read_template(ROOT / "examples/other-region.yaml")
    template["Resources"]["Site"]["Properties"]["Fallback"]["Region"] = "eu-south-1"
    resources = expand_template(template, {}, "us-east-1")["Resources"]
    notes = [body["Metadata"]["Note"] for body in resources.values() if body["Type"] == "Custom::RemoteStack"]
    assert notes == ["eu-south-1 is an opt-in Region: enable it in the account first"] * 3


def test_edge_certificate_serves_a_fallback_in_its_region() -> None:
    template = read_template(ROOT / "examples/other-region.yaml")
    template["Resources"]["Site"]["Properties"]["Fallback"]["Region"] = "us-east-1"
    resources = expand_template(template, {}, "eu-west-1")["Resources"]
    assert not [name for name in resources if name.startswith("SiteFallbackCertificate")]
    parameters = resources["SiteSecondaryApiStack"]["Properties"]["Parameters"]
    certificate = resources[parameters["CertificateArn"]["Ref"]]
    assert certificate["Type"] == "Custom::Certificate"
    request = resources[certificate["Properties"]["CertificateArn"]["Ref"]]
    assert request["Properties"]["Region"] == "us-east-1"


def test_ten_names_fit_into_a_stack_of_another_region() -> None:
    template = read_template(ROOT / "examples/other-region.yaml")
    names = [f"{letter * 60}.{letter * 60}.{letter * 60}.example.com" for letter in "abcdefghi"]
    template["Resources"]["Site"]["Properties"] |= {
        "AlternateDomainNames": names,
        "RegionalCertificateArn": CERTIFICATE,
    }
    stacks = remote_stacks(expand_template(template, {}, "us-east-1"))
    assert len(stacks) == 3
    for _, inner in stacks:
        assert len(json.dumps(inner)) < MAX_BODY_BYTES
        # An endpoint's name has at most some 60 characters.
        assert sum(len(name) + 70 for name in inner.get("Outputs", {})) < 3000


def test_validator_finds_no_error_in_the_console_template(tmp_path: Path) -> None:
    assert validator_errors(console_template().to_dict(), tmp_path) == []


def test_validator_finds_no_error(example: Path, tmp_path: Path) -> None:
    errors = validator_errors(expanded(example, "us-east-1"), tmp_path)
    # RDS takes a major version and picks the minor one; the validator's list knows full versions only.
    assert [message for message in errors if not message.startswith("'8.4' is not one of ['5.5.")] == []


@pytest.mark.parametrize("region", KINDS)
def test_console_template_expands(region: str) -> None:
    made = console_expansion(region)
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
