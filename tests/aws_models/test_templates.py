"""AWS's models and cdk-preflight find nothing in the examples and in what is handed out."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from cli.templates.console_template import console_template
from resilient_website.expand import expand_template
from resilient_website.functions.code import Layer
from tests.aws_models.model_checks import ACCEPTED, accepted, all_findings, findings
from tests.aws_models.resource_schemas import schema
from tests.aws_models.service_shapes import service_input
from tests.expansion.expanded_examples import KINDS, expanded, for_region, remote_stacks
from tests.flat.shipped import NAMES, shipped
from tools.repository import ROOT

Json = dict[str, Any]


@cache
def deployed(path: Path, region: str) -> Json:
    """Return an example as it is deployed, which two tests judge."""
    template = for_region(read_template(path), region)
    layer = Layer(f"arn:aws:lambda:{region}:123456789012:layer:ResilientWebsite-functions:1")
    return expand_template(template, parameter_values(template, {}), region, code=layer)


@pytest.mark.parametrize("region", KINDS)
def test_judges_find_nothing_in_the_examples(example: Path, region: str) -> None:
    made = deployed(example, region)
    assert findings(made, region) == []
    for where, inner in remote_stacks(made):
        assert findings(inner, where) == []


@pytest.mark.parametrize("name", NAMES)
def test_judges_find_nothing_in_the_ready_templates(name: str) -> None:
    assert findings(shipped()[name]) == []


def test_every_exception_is_needed() -> None:
    examples = [deployed(path, "us-east-1") for path in sorted((ROOT / "examples").glob("*.yaml"))]
    found = [each for template in (*shipped().values(), *examples) for each in all_findings(template)]
    needed = [accepted(each) for each in found]
    assert [entry for entry in ACCEPTED if entry not in needed] == []


def test_judges_find_nothing_in_the_console_template() -> None:
    template = console_template().to_dict()
    assert findings(expand_template(template, parameter_values(template, {}), "us-east-1")) == []


@pytest.mark.parametrize(
    ("kind", "properties", "finding"),
    [
        ("AWS::CertificateManager::Certificate", {"SubjectAlternativeNames": []}, "0 items"),
        ("AWS::IAM::Role", {"Tags": [{"Key": "Department", "Value": "R&D"}]}, "does not match"),
        ("AWS::Logs::LogGroup", {"Tags": [{"Key": "Department", "Value": "R&D"}]}, "does not match"),
        ("AWS::EC2::SecurityGroupIngress", {"IpProtocol": "tcp", "Description": "it's"}, "pf-ec2-sg"),
        ("AWS::Events::Rule", {"ScheduleExpression": "cron(99 9 * * ? *)"}, "pf-events"),
        ("AWS::Events::Rule", {"Targets": [{"Id": "a", "Arn": "b", "Input": "x" * 9000}]}, "more than 8192"),
        ("AWS::RDS::DBInstance", {"MonitoringInterval": 7}, "7"),
    ],
)  # fmt: skip
def test_judges_find_what_aws_refuses(kind: str, properties: Json, finding: str) -> None:
    found = findings({"Resources": {"Wrong": {"Type": kind, "Properties": properties}}})
    assert any(finding in each for each in found), found


def test_every_property_of_the_examples_has_a_place_in_a_model(example: Path) -> None:
    lost = set()
    for body in expanded(example, "us-east-1")["Resources"].values():
        if not body["Type"].startswith("AWS::"):
            continue
        service = service_input(body["Type"])
        assert service is not None, f"no operation is known that creates {body['Type']}: operations.toml"
        for name in body.get("Properties", {}):
            assert schema(body["Type"]).member(name) is not None
            if service.member(name) is None and not service.has_no_member(name):
                lost.add(f"{body['Type']}.{name}")
    assert not lost, f"name them in operations.toml: {json.dumps(sorted(lost))}"
