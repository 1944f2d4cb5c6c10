"""What a flat template is: every example with all that it needs inside it, and nothing that a stack set refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.flat.template import flat_template
from cli.inline_code import Inside
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from tests.expansion.expanded_examples import KINDS, for_region
from tests.flat.flat_examples import flat
from tests.template_linters import validator_errors

Json = dict[str, Any]

SITE: Json = {"Type": "ResilientWebsite"}


def flat_site(region: str = "us-east-1", parameters: Json | None = None, **more: Any) -> Json:
    return flat_template({"Resources": {"Site": SITE}, **more}, parameters or {}, region)


def test_validator_finds_no_error(example: Path, tmp_path: Path) -> None:
    errors = validator_errors(flat(example, "us-east-1"), tmp_path)
    assert [message for message in errors if not message.startswith("'8.4' is not one of ['5.5.")] == []


@pytest.mark.parametrize("region", KINDS)
def test_nothing_else_has_to_be_there(example: Path, region: str) -> None:
    template = flat(example, region)
    text = json.dumps(template)
    assert "Transform" not in template
    assert "Fn::Transform" not in text
    assert "Fn::ImportValue" not in text
    types = {body["Type"] for body in template["Resources"].values()}
    assert not [kind for kind in types if "ResilientWebsite" in kind or "Serverless" in kind]
    assert "AWS::CloudFormation::Stack" not in types
    for body in template["Resources"].values():
        assert body["Type"] != "AWS::Lambda::Function" or body["Properties"]["Code"].keys() == {"ZipFile"}


@pytest.mark.parametrize("region", KINDS)
def test_resources_are_the_macros_but_for_the_functions_code(example: Path, region: str) -> None:
    template = for_region(read_template(example), region)
    values = parameter_values(template, {})
    by_macro = expand_template(template, values, region)["Resources"]
    by_itself = expand_template(template, values, region, code=Inside())["Resources"]
    assert list(by_itself) == list(by_macro)
    different = {name for name in by_macro if by_itself[name] != by_macro[name]}
    assert different
    for name in different:
        assert by_macro[name]["Type"] == "AWS::Lambda::Function"
        assert without_code(by_itself[name]) == without_code(by_macro[name])
        assert "Layers" not in by_itself[name]["Properties"]


def without_code(function: Json) -> Json:
    properties = {key: value for key, value in function["Properties"].items() if key not in ("Code", "Layers")}
    return {**function, "Properties": properties}


def test_functions_are_those_that_are_used() -> None:
    def functions(**properties: Any) -> set[str]:
        template = flat_template({"Resources": {"Site": {**SITE, "Properties": properties}}}, {}, "eu-west-1")
        return {name for name, body in template["Resources"].items() if body["Type"] == "AWS::Lambda::Function"}

    domain = {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}
    always = {"FallbackSiteFunction", "UpdateProtectionFunction"}
    assert functions() == {*always, "OriginSecretFunction"}
    assert functions(**domain, FrontDoor="LoadBalancer") == {*always, "CertificateFunction"}
    assert "DatabaseSecretFunction" in functions(Database={"SecretRotationDays": 30})


def test_what_uses_a_function_waits_for_what_completes_it() -> None:
    site = {**SITE, "Properties": {"DomainName": "www.example.com", "HostedZoneId": "Z0123456789ABCDEFGHIJ"}}
    resources = flat_template({"Resources": {"Site": site}}, {}, "eu-west-1")["Resources"]
    assert "OriginSecretPermission" in resources["SiteOriginSecretRotation"]["DependsOn"]
    for body in resources.values():
        if body["Type"] in ("Custom::Certificate", "Custom::CertificateRequest"):
            assert "CertificatePolling" in body["DependsOn"]


def test_parameters_that_are_used_up_are_gone() -> None:
    parameters = {
        "Replicas": {"Type": "Number", "Default": 1},
        "Title": {"Type": "String", "Default": "Back soon"},
        "HostedZoneId": {"Type": "String", "Default": ""},
        "Secret": {"Type": "String", "NoEcho": True, "Default": "x"},
    }
    form = {
        "ParameterGroups": [
            {"Label": {"default": "Size"}, "Parameters": ["Replicas"]},
            {"Label": {"default": "Rest"}, "Parameters": ["Title", "HostedZoneId", "Secret"]},
        ],
        "ParameterLabels": {"Replicas": {"default": "How many"}, "Title": {"default": "Heading"}},
    }
    properties = {
        "DomainName": "www.example.com",
        "HostedZoneId": {"Ref": "HostedZoneId"},
        "Database": {"ReadReplicas": {"Ref": "Replicas"}},
        "Fallback": {"Title": {"Ref": "Title"}, "Message": {"Ref": "Secret"}},
    }
    template = {
        "Metadata": {"AWS::CloudFormation::Interface": form},
        "Parameters": parameters,
        "Resources": {"Site": {**SITE, "Properties": properties}},
        "Outputs": {
            "Said": {"Value": {"Fn::Sub": "${Replicas} replicas, ${Title}"}},
            "Bare": {"Value": {"Ref": "Replicas"}},
        },
    }
    values = parameter_values(template, {"HostedZoneId": "Z0123456789ABCDEFGHIJ", "Replicas": "2", "Secret": "y"})
    made = flat_template(template, values, "us-east-1")
    assert made["Parameters"] == {
        "Title": {"Type": "String", "Default": "Back soon"},
        "HostedZoneId": {"Type": "String", "Default": "Z0123456789ABCDEFGHIJ", "MinLength": 1},
        "Secret": {"Type": "String", "NoEcho": True, "Default": "x"},
    }
    shown = made["Metadata"]["AWS::CloudFormation::Interface"]
    assert [group["Parameters"] for group in shown["ParameterGroups"]] == [["Title", "HostedZoneId", "Secret"]]
    assert shown["ParameterLabels"] == {"Title": {"default": "Heading"}}
    assert made["Outputs"]["Said"]["Value"] == {"Fn::Sub": "2 replicas, ${Title}"}
    assert made["Outputs"]["Bare"]["Value"] == "2"
    assert made["Resources"]["SiteFallbackSite"]["Properties"]["Title"] == {"Ref": "Title"}
    assert {"Replicas": "2"} in [body.get("Metadata", {}).get("ExpandedFor") for body in made["Resources"].values()]


@pytest.mark.parametrize(
    ("template", "reported"),
    [
        ({"Transform": ["ResilientWebsite", "AWS::Serverless-2016-10-31"]}, "Transform: found another transform"),
        ({"Outputs": {"A": {"Value": {"Fn::Transform": {"Name": "X"}}}}}, "Transform: found another transform"),
        (
            {"Resources": {"Site": SITE, "Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {}}}},
            "Resources.Child: found a nested stack",
        ),
        (
            {"Resources": {"Site": SITE, "FallbackSiteRole": {"Type": "AWS::SNS::Topic"}}},
            "Resources.FallbackSiteRole: found FallbackSiteRole, which is reserved for a resource that",
        ),
        (
            {"Resources": {"Site": {**SITE, "Properties": {"Cache": {"Ref": "Missing"}}}}},
            "Resources.Site.Properties.Cache",
        ),
    ],
)
def test_what_is_not_flat_is_refused(template: Json, reported: str) -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        flat_template({"Resources": {"Site": SITE}, **template}, {}, "us-east-1")
    assert any(str(problem).startswith(reported) for problem in refused.value.problems)


def test_more_than_a_megabyte_is_refused() -> None:
    metadata = {f"Part{number}": "x" * 1000 for number in range(920)}
    assert flat_site(Metadata=dict(list(metadata.items())[:500]))
    with pytest.raises(InvalidTemplateError, match="bytes; CloudFormation allows 1000000"):
        flat_site(Metadata=metadata)


def test_same_template_gives_the_same_bytes() -> None:
    assert json.dumps(flat_site()) == json.dumps(flat_site())


def test_prefix_list_is_that_of_the_region_it_is_deployed_in() -> None:
    made = flat_site("eu-west-1")
    assert made["Mappings"]["CloudFrontPrefixLists"]["eu-west-1"] == {"Id": "pl-4fa04526"}
    assert "pl-" not in json.dumps(made["Resources"]).replace("Deploy-", "")


@pytest.mark.parametrize("call", [{"Ref": {"Fn::Sub": "Size"}}, {"Ref": ["Size"]}, {"Fn::Sub": 5}, {"Fn::Sub": []}])
def test_calls_that_make_no_sense_stay_as_they_are(call: dict[str, Any]) -> None:
    """They are CloudFormation's to refuse: outside of the sites, and within what is merged into their resources."""
    site = {"Type": "ResilientWebsite", "Properties": {"Network": {"AvailabilityZones": {"Ref": "Size"}}}}
    template = {
        "Parameters": {"Size": {"Type": "Number", "Default": 3}},
        "Resources": {"Site": site},
        "Outputs": {"Odd": {"Value": call}},
    }
    assert flat_template(template, {"Size": "3"}, "eu-west-1")["Outputs"]["Odd"] == {"Value": call}
