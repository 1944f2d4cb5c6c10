"""Laws of names, wherever they are written: none is of what is gone, no two things share one, none closes a circle.

They read the expansion themselves, without the code that judges templates in the macro.
"""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resilient_website.attributes import available
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.read_template import read_sites
from tests.expansion.expanded import expand
from tests.expansion.random_sites import SITES, in_template
from tests.hypothesis_profile import examples

Json = dict[str, Any]

LOOPS = ["ResilientWebsite", "AWS::LanguageExtensions"]
CONDITIONS: Json = {"Live": {"Fn::Equals": [{"Ref": "AWS::StackName"}, "live"]}}
# Source: cfn-language-discussion, issue 139: AWS::LanguageExtensions knows no RetainExceptOnCreate.
KNOWN_POLICIES = {"Delete", "Retain", "Snapshot"}

TO_A_SITE = st.sampled_from(
    [
        {"Ref": "Site"},
        {"Fn::GetAtt": ["Site", "Url"]},
        {"Fn::GetAtt": "Site.VpcId"},
        {"Fn::Sub": "a ${Site} ${Site.DomainName}"},
        {"Fn::Sub": ["${Site.VpcId} ${B}", {"B": {"Ref": "Site"}}]},
    ]
)
VALUES = st.recursive(
    TO_A_SITE,
    lambda inner: (
        st.builds(lambda value: {"Fn::If": ["Live", value, "x"]}, inner)
        | st.builds(lambda value: {"Fn::Join": ["", ["x", value]]}, inner)
    ),
    max_leaves=3,
)
WAITING = st.sampled_from(["Site", ["Site"], ["Role", "Site"]])


@st.composite
def resources(draw: st.DrawFn) -> Json:
    """Return a topic that names a site in its properties or waits for it, within up to three loops."""
    body: Json = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": draw(VALUES | st.just("x"))}}
    body |= draw(st.fixed_dictionaries({}, optional={"DependsOn": WAITING}))
    depth = draw(st.integers(0, 3))
    made: Json = {"Topic" + "".join(f"${{N{level}}}" for level in range(depth)): body}
    for level in range(depth):
        made = {f"Fn::ForEach::Loop{level}": [f"N{level}", ["A", "B"], made]}
    return made


def names(value: Any) -> Iterator[str]:
    """Yield the names of what a part of a template refers to or waits for."""
    if isinstance(value, list):
        for item in value:
            yield from names(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in ("Ref", "DependsOn"):
                yield from [item] if isinstance(item, str) else item
            elif key == "Fn::GetAtt":
                yield item.partition(".")[0] if isinstance(item, str) else item[0]
            elif key == "Fn::Sub":
                yield from re.findall(r"\$\{([^!.}]+)", item if isinstance(item, str) else item[0])
            yield from names(item)


@given(resources(), VALUES)
@examples(60)
def test_nothing_names_a_site_once_it_is_expanded(beside: Json, output: Any) -> None:
    site = {"Type": "ResilientWebsite", "Properties": {"Database": False}}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}}
    template = {
        "Transform": LOOPS,
        "Conditions": CONDITIONS,
        "Resources": {"Site": site, "Role": role, **beside},
        "Outputs": {"Told": {"Value": output}},
    }
    expanded = expand_template(template, {}, "us-east-1")
    assert "Site" not in set(names({key: expanded[key] for key in ("Resources", "Outputs")}))


@given(SITES, st.data())
@examples(25)
def test_no_parameter_or_mapping_has_the_name_of_what_a_site_makes(properties: Json, data: st.DataObject) -> None:
    template = in_template(properties)
    made = expand(properties).keys() - template["Resources"].keys()
    name = data.draw(st.sampled_from(sorted(made)))
    section, body = data.draw(
        st.sampled_from([("Parameters", {"Type": "String", "Default": "x"}), ("Mappings", {"a": {"b": "c"}})])
    )
    template = {**template, section: {**template.get(section, {}), name: body}}
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(template, {}, "us-east-1")
    assert [problem.path for problem in refused.value.problems] == [f"{section}.{name}"]


def within(properties: Json, value: Any) -> dict[str, Json]:
    """Return what becomes of a site's properties with a value in each place that takes any text."""
    database = properties.get("Database")
    parameters = {"Parameters": {"init_connect": value}}
    return {
        "tag": {**properties, "Tags": [{"Key": "own", "Value": value}]},
        "script": {**properties, "WebServers": {"UserData": {"Fn::Sub": ["#!/bin/sh\n${V}", {"V": value}]}}},
        "drain": {
            **properties,
            "WebServers": {"Drain": {"Script": {"Fn::Sub": ["#!/bin/sh\n${V}", {"V": value}]}}},
        },
        "title": {**properties, "Fallback": {"Title": value}},
        "parameter": {**properties, "Database": {**(database if isinstance(database, dict) else {}), **parameters}},
        "override": {**properties, "Overrides": {"AutoScalingGroup": {"Context": value}}},
    }


@given(SITES, st.data())
@examples(15)
def test_a_site_that_names_itself_is_refused_or_waits_for_nothing_of_its_own(
    properties: Json, data: st.DataObject
) -> None:
    spec = read_sites(in_template(properties), {}, "us-east-1")["Site"]
    value = {"Fn::GetAtt": ["Site", data.draw(st.sampled_from(sorted(available(spec))))]}
    for place, changed in within(properties, value).items():
        try:
            made = expand_template(in_template(changed), {}, "us-east-1")["Resources"]
        except InvalidTemplateError:
            continue
        graph = {logical_id: {name for name in names(body) if name in made} for logical_id, body in made.items()}
        assert circle(graph) == [], place


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return the logical ids of resources that wait for each other."""
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


@given(SITES)
@examples(25)
def test_beside_language_extensions_no_policy_is_one_that_it_refuses(properties: Json) -> None:
    template = {**in_template(properties), "Transform": LOOPS}
    made = expand_template(template, {}, "us-east-1")["Resources"]
    assert {body.get("DeletionPolicy", "Delete") for body in made.values()} <= KNOWN_POLICIES
