"""Transforms that are called for a part of a template, and those that the macro's event does not name."""

import json
from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.handler import handler
from resilient_website.problems import InvalidTemplateError, Problem
from tests.expansion.macro_requests import event

SITE: dict[str, Any] = {"Type": "ResilientWebsite", "Properties": {"Database": False}}
INCLUDE = {"Name": "AWS::Include", "Parameters": {"Location": "s3://bucket/part.yaml"}}


def refusals(template: Any) -> list[Problem]:
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(template, {}, "us-east-1")
    return list(refused.value.problems)


def reported(fragment: Any) -> str:
    answer = handler(event(fragment), None)
    assert answer["status"] == "failure"
    return str(answer["errorMessage"])


def answered(fragment: Any) -> Any:
    answer = handler(event(fragment), None)
    assert answer["status"] == "success", answer
    return answer["fragment"]


@pytest.mark.parametrize(
    "fragment",
    [
        {"Site": SITE},
        {"Topic": {"Type": "AWS::SNS::Topic"}, "Site": {**SITE, "Type": "Custom::ResilientWebsite"}},
        SITE,
        {"Database": False},
        {},
    ],
)
def test_macro_that_gets_a_part_says_where_to_list_it(fragment: Any) -> None:
    assert reported(fragment).startswith("Resources: missing")
    assert reported(fragment).endswith(
        "where Fn::Transform calls the macro, list it at the top: Transform: ResilientWebsite"
    )


@pytest.mark.parametrize(
    ("path", "site"),
    [
        ("Fn::Transform", {**SITE, "Fn::Transform": INCLUDE}),
        ("Properties.Fn::Transform", {**SITE, "Properties": {"Fn::Transform": INCLUDE, "Database": False}}),
        ("Properties.Database.Fn::Transform", {**SITE, "Properties": {"Database": {"Fn::Transform": INCLUDE}}}),
        ("Properties.Tags[0].Fn::Transform", {**SITE, "Properties": {"Tags": [{"Fn::Transform": INCLUDE}]}}),
        (
            "Properties.WebServers.UserData.Fn::Base64.Fn::Transform",
            {**SITE, "Properties": {"WebServers": {"UserData": {"Fn::Base64": {"Fn::Transform": INCLUDE}}}}},
        ),
    ],
)
def test_transform_called_in_a_site_is_said_to_run_first(path: str, site: Any) -> None:
    (problem,) = refusals({"Transform": "ResilientWebsite", "Resources": {"Site": site}})
    assert problem.path == f"Resources.Site.{path}"
    assert "AWS::Include, which CloudFormation runs before the macro" in problem.found


def test_other_sites_and_references_are_read_beside_it() -> None:
    site = {**SITE, "Properties": {"Fn::Transform": INCLUDE}}
    other = {**SITE, "Properties": {"Databse": False}}
    beside = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::GetAtt": "Other.No"}}}
    resources = {"Site": site, "Other": other, "Topic": beside}
    paths = [problem.path for problem in refusals({"Transform": "ResilientWebsite", "Resources": resources})]
    assert "Resources.Site.Properties.Fn::Transform" in paths
    assert "Resources.Other.Properties.Databse" in paths
    assert any(path.startswith("Resources.Topic.") for path in paths)


def test_transform_beside_a_site_is_left_alone() -> None:
    outputs = {"Part": {"Value": {"Fn::Transform": INCLUDE}}}
    template = {"Transform": "ResilientWebsite", "Resources": {"Site": SITE}, "Outputs": outputs}
    assert expand_template(template, {}, "us-east-1")["Outputs"] == outputs


def test_macro_takes_what_transforms_after_it_may_add() -> None:
    """Its event does not list them: AWS::Serverless, for one, makes the function's role."""
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "s3://bucket/code"}}
    outputs = {"Role": {"Value": {"Fn::GetAtt": ["ReportRole", "Arn"]}}}
    fragment = {"Resources": {"Site": SITE, "Report": function}, "Outputs": outputs}
    assert answered(fragment)["Outputs"] == outputs


TOPIC: dict[str, Any] = {"Type": "AWS::SNS::Topic"}


@pytest.mark.parametrize(
    "sections",
    [
        {"Resources": {"Fn::ForEach::T": ["N", ["A", "B"], {"T${N}": TOPIC}]}},
        {"Outputs": {"Fn::ForEach::O": ["N", ["A", "B"], {"O${N}": {"Value": {"Ref": "N"}}}]}},
        {"Outputs": {"O": {"Value": {"Fn::Length": ["a", "b"]}}}},
        {"Outputs": {"O": {"Value": {"Fn::ToJsonString": {"a": "b"}}}}},
        {"Outputs": {"O": {"Value": {"Fn::FindInMap": ["M", "a", "b", {"DefaultValue": "c"}]}}}},
        {"Outputs": {"O": {"Value": {"Fn::FindInMap": ["M", {"Fn::Sub": "${AWS::Region}"}, "b"]}}}},
        {"Outputs": {"O": {"Value": {"Fn::GetAtt": [{"Fn::Sub": "T"}, "TopicArn"]}}}, "Resources": {"T": TOPIC}},
        {"Resources": {"T": {**TOPIC, "DeletionPolicy": {"Ref": "P"}}}, "Parameters": {"P": {"Type": "String"}}},
    ],
)
def test_macro_knows_language_extensions_by_what_only_they_run(sections: Any) -> None:
    fragment = {"Mappings": {"M": {"a": {"b": "c"}}}, **sections}
    fragment["Resources"] = {"Site": SITE, **sections.get("Resources", {})}
    assert "RetainExceptOnCreate" not in json.dumps(answered(fragment))


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "b"]},
        {"Fn::FindInMap": ["M", {"Fn::FindInMap": ["M", "a", "b"]}, "b"]},
        {"Fn::GetAtt": ["Topic", "TopicName"]},
    ],
)
def test_what_needs_no_language_extensions_changes_no_policy(value: Any) -> None:
    resources = {"Site": SITE, "Topic": TOPIC}
    fragment = {"Mappings": {"M": {"a": {"b": "c"}}}, "Resources": resources, "Outputs": {"O": {"Value": value}}}
    assert "RetainExceptOnCreate" in json.dumps(answered(fragment))


@pytest.mark.parametrize("named", ["AWS::LanguageExtensions", {"Name": "AWS::LanguageExtensions"}])
def test_language_extensions_are_known_in_both_forms(named: Any) -> None:
    template = {"Transform": ["ResilientWebsite", named], "Resources": {"Site": SITE}}
    assert "RetainExceptOnCreate" not in json.dumps(expand_template(template, {}, "us-east-1"))


def test_macro_of_another_account_is_no_transform_of_the_expansion() -> None:
    template = {"Transform": "123456789012::ResilientWebsite", "Resources": {"Site": SITE}}
    assert "Transform" not in expand_template(template, {}, "us-east-1")
