"""References to a site mean the same wherever and however they are written."""

from typing import Any

import pytest

from resilient_website.attributes import ATTRIBUTES, available
from resilient_website.cloudformation.references import references
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.read_site import read
from resilient_website.reading.reader import Reader

EVERYTHING: dict[str, Any] = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Cache": True,
    "Database": {"ReadReplicas": 2},
}


def expand(value: Any, properties: dict[str, Any] | None = None, **more: Any) -> Any:
    """Return what a value in another resource becomes."""
    other = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}
    site = {"Type": "ResilientWebsite", "Properties": properties or {}}
    conditions = {"C": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}}
    topic = {"Type": "AWS::SNS::Topic"}
    template = {"Conditions": conditions, "Resources": {"Site": site, "Other": {**other, **more}, "Third": topic}}
    return expand_template(template, {}, "us-east-1")["Resources"]["Other"]


def value_of(value: Any, properties: dict[str, Any] | None = None) -> Any:
    return expand(value, properties)["Properties"]["Value"]


VPC = {"Ref": "SiteVpc"}
URL = {"Fn::Join": ["", ["https://", {"Fn::GetAtt": ["SiteDistribution", "DomainName"]}]]}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"Ref": "Site"}, URL),
        ({"Fn::GetAtt": ["Site", "VpcId"]}, VPC),
        ({"Fn::GetAtt": "Site.VpcId"}, VPC),
        ({"Fn::Sub": "in ${Site.VpcId}"}, {"Fn::Sub": "in ${SiteVpc}"}),
        ({"Fn::Sub": "${Site.LoadBalancerDNSName}/"}, {"Fn::Sub": "${SiteLoadBalancer.DNSName}/"}),
        ({"Fn::Sub": "${Site}/a ${!Site} ${Third}"}, {"Fn::Sub": ["${SiteUrl}/a ${!Site} ${Third}", {"SiteUrl": URL}]}),
        (
            {"Fn::Sub": ["${A} ${Site.Url}", {"A": {"Ref": "Site"}}]},
            {"Fn::Sub": ["${A} ${SiteUrl}", {"A": URL, "SiteUrl": URL}]},
        ),
        ({"Fn::Sub": ["${Site}", {"Site": "mine"}]}, {"Fn::Sub": ["${Site}", {"Site": "mine"}]}),
        ({"Fn::Sub": ["${SiteUrl} ${Site}", {"SiteUrl": "x"}]}, None),
        ({"Fn::If": ["C", {"Fn::GetAtt": ["Site", "VpcId"]}, ""]}, {"Fn::If": ["C", VPC, ""]}),
        ({"Fn::Join": [",", [{"Fn::GetAtt": "Site.VpcId"}, "a"]]}, {"Fn::Join": [",", [VPC, "a"]]}),
        ("Site", "Site"),
        ({"Ref": "Third"}, {"Ref": "Third"}),
    ],
)
def test_every_form(written: Any, meant: Any) -> None:
    result = value_of(written)
    if meant is None:
        assert result == {"Fn::Sub": ["${SiteUrl} ${SiteUrlX}", {"SiteUrl": "x", "SiteUrlX": URL}]}
    else:
        assert result == meant


def test_literal_attribute_goes_into_sub_as_text() -> None:
    assert value_of({"Fn::Sub": "to ${Site.DomainName}"}, EVERYTHING) == {"Fn::Sub": "to www.example.com"}


def test_outputs_and_conditions_are_rewritten() -> None:
    template = {
        "Conditions": {"C": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Site": {"Type": "Custom::ResilientWebsite", "Condition": "C"}},
        "Outputs": {"Vpc": {"Condition": "C", "Value": {"Fn::GetAtt": ["Site", "VpcId"]}}},
    }
    expanded = expand_template(template, {}, "us-east-1")
    assert expanded["Outputs"]["Vpc"]["Value"] == VPC
    assert {body.get("Condition") for body in expanded["Resources"].values()} == {"C"}


def test_depends_on_site_waits_for_all_of_it() -> None:
    template: dict[str, Any] = {
        "Resources": {
            "Site": {"Type": "ResilientWebsite"},
            "Other": {"Type": "AWS::SNS::Topic", "DependsOn": "Site"},
        }
    }
    resources = expand_template(template, {}, "us-east-1")["Resources"]
    reached: set[str] = set()
    waiting = list(resources["Other"]["DependsOn"])
    while waiting:
        name = waiting.pop()
        if name in reached or name not in resources:
            continue
        reached.add(name)
        depends = resources[name].get("DependsOn", [])
        waiting += [depends] if isinstance(depends, str) else depends
        waiting += references(resources[name]["Properties"])
    assert reached >= {name for name in resources if name.startswith("Site")}


def test_site_that_depends_on_another_resource_waits_with_all_of_it() -> None:
    template: dict[str, Any] = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Site": {"Type": "ResilientWebsite", "DependsOn": "Queue"},
        }
    }
    resources = expand_template(template, {}, "us-east-1")["Resources"]
    roots = {
        name
        for name, body in resources.items()
        if name.startswith("Site") and not references(body["Properties"]) & set(resources) and "DependsOn" not in body
    }
    assert roots == set()
    assert resources["SiteVpc"]["DependsOn"] == ["Queue"]


@pytest.mark.parametrize("policy", ["Retain", "Snapshot", "Delete", "RetainExceptOnCreate"])
def test_policies_of_the_site_go_to_its_stores(policy: str) -> None:
    site = {"Type": "ResilientWebsite", "Properties": {"Cache": True}, "DeletionPolicy": policy}
    resources = expand_template({"Resources": {"Site": site}}, {}, "us-east-1")["Resources"]
    assert resources["SiteDatabase"]["DeletionPolicy"] == policy
    assert resources["SiteAssetsBucket"]["DeletionPolicy"] == ("Retain" if policy == "Snapshot" else policy)
    assert "DeletionPolicy" not in resources["SiteVpc"]


def test_metadata_goes_to_the_launch_template() -> None:
    site = {"Type": "ResilientWebsite", "Metadata": {"Owner": "web"}}
    resources = expand_template({"Resources": {"Site": site}}, {}, "us-east-1")["Resources"]
    assert [name for name, body in resources.items() if "Owner" in body.get("Metadata", {})] == [
        "SiteWebLaunchTemplate"
    ]
    assert "cfn-lint" in resources["SiteDatabase"]["Metadata"]


@pytest.mark.parametrize("properties", [{}, EVERYTHING, {**EVERYTHING, "FrontDoor": "LoadBalancer"}])
def test_a_site_has_the_attributes_that_are_promised(properties: dict[str, Any]) -> None:
    spec = read(properties, "Properties", Reader({}, "us-east-1"))
    for name in available(spec):
        assert value_of({"Fn::GetAtt": ["Site", name]}, properties) not in ("", None)


def test_unknown_attributes_are_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidTemplateError) as caught:
        value_of([{"Fn::GetAtt": "Site.Vpc"}, {"Fn::Sub": "${Site.CachePort}"}])
    first, second = caught.value.problems
    assert first.path == "Resources.Other.Properties.Value[0]"
    assert "did you mean VpcId?" in first.fix
    assert second.found == "Site has no attribute CachePort without Cache"


def test_every_attribute_can_be_had() -> None:
    everything = {**EVERYTHING, "Files": True, "Fallback": {"Source": {"Crawl": True}}}
    spec = read(everything, "Properties", Reader({}, "us-east-1"))
    assert set(available(spec)) == {attribute.name for attribute in ATTRIBUTES}


@pytest.mark.parametrize("attribute", ["CacheEndpoint", "Nope"])
def test_attribute_that_the_site_lacks_is_refused_where_it_is_written(attribute: str) -> None:
    script = {"Fn::Sub": f"#!/bin/bash\necho ${{Site.{attribute}}} ${{Site.Url}}"}
    with pytest.raises(InvalidTemplateError) as refused:
        expand("x", {"WebServers": {"UserData": script}})
    assert [problem.path for problem in refused.value.problems] == ["Resources.Site.Properties.WebServers.UserData"]


def two_sites(first: dict[str, Any], second: dict[str, Any], output: Any) -> Any:
    properties = {"A": first, "B": {"Network": {"CidrBlock": "10.1.0.0/16"}, **second}}
    sites = {
        name: {"Type": "ResilientWebsite", "Properties": {"Database": False, **each}}
        for name, each in properties.items()
    }
    template = {"Resources": {**sites, "Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"O": {"Value": output}}}
    return expand_template(template, {}, "us-east-1")


@pytest.mark.parametrize(
    ("output", "meant"),
    [
        ({"Fn::GetAtt": "B.AlarmTopicArn"}, {"Ref": "AAlarmTopic"}),
        ({"Fn::Sub": "${B.AlarmTopicArn}"}, {"Fn::Sub": "${AAlarmTopic}"}),
    ],
)
def test_attribute_that_is_an_attribute_of_another_site_is_rewritten(output: Any, meant: Any) -> None:
    expanded = two_sites({}, {"Monitoring": {"AlarmTopicArn": {"Fn::GetAtt": "A.AlarmTopicArn"}}}, output)
    assert expanded["Outputs"]["O"]["Value"] == meant
    assert not references(expanded) & {"A", "B"}


@pytest.mark.parametrize(("of_first", "of_second"), [("A", "A"), ("B", "A")])
def test_attribute_that_is_given_by_itself_is_refused(of_first: str, of_second: str) -> None:
    topics = [
        {"Monitoring": {"AlarmTopicArn": {"Fn::GetAtt": f"{each}.AlarmTopicArn"}}} for each in (of_first, of_second)
    ]
    with pytest.raises(InvalidTemplateError) as refused:
        two_sites(topics[0], topics[1], "x")
    found = {problem.path: problem.found for problem in refused.value.problems}
    assert "Resources.A.Properties.Monitoring.AlarmTopicArn" in found
    assert all("refers to it again" in text for text in found.values())
