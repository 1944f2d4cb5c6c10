"""What a template names is there, is there once, and waits for nothing that waits for it: else it is refused."""

from typing import Any

import pytest
from hypothesis import given

from resilient_website.attributes import available
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import read_sites
from tests.expansion.one_site import DOMAIN
from tests.expansion.random_sites import SECTIONS, SITES
from tests.hypothesis_profile import examples

LOOPS = ["ResilientWebsite", "AWS::LanguageExtensions"]
ZONE = "Z0123456789ABCDEFGHIJ"
NO_DATABASE = {"Database": False}


def template(properties: Any = None, resources: Any = None, **sections: Any) -> dict[str, Any]:
    site = {"Type": "ResilientWebsite", "Properties": NO_DATABASE if properties is None else properties}
    return {"Transform": "ResilientWebsite", "Resources": {"Site": site, **(resources or {})}, **sections}


def expanded(source: Any, **parameters: Any) -> Any:
    return expand_template(source, parameters, "us-east-1")


def refusals(source: Any, **parameters: Any) -> dict[str, Problem]:
    with pytest.raises(InvalidTemplateError) as refused:
        expanded(source, **parameters)
    return {problem.path: problem for problem in refused.value.problems}


def topic(value: Any = "x", **attributes: Any) -> dict[str, Any]:
    return {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": value}, **attributes}


def named(name: str, *others: str, **attributes: Any) -> dict[str, Any]:
    domain = {"DomainName": name, "AlternateDomainNames": list(others), "HostedZoneId": ZONE}
    return {"Type": "ResilientWebsite", "Properties": {**NO_DATABASE, **domain}, **attributes}


def record(name: str, kind: str = "A", zone: str = ZONE) -> dict[str, Any]:
    properties = {"Name": name, "Type": kind, "HostedZoneId": zone, "TTL": "60", "ResourceRecords": ["192.0.2.1"]}
    return {"Type": "AWS::Route53::RecordSet", "Properties": properties}


@pytest.mark.parametrize(
    ("resources", "refused"),
    [
        ({"B": named("www.example.com")}, "B"),
        ({"B": named("example.com", "www.example.com")}, "B"),
        ({"B": named("origin.www.example.com")}, "B"),
        ({"R": record("WWW.example.com.")}, "A"),
        ({"B": named("shop.example.com")}, None),
        ({"R": record("www.example.com", "TXT")}, None),
        ({"R": record("www.example.com", zone="Z9999999999ABCDEFGHIJ")}, None),
    ],
    ids=str,
)
def test_a_name_that_two_have_is_refused(resources: dict[str, Any], refused: str | None) -> None:
    source = {"Resources": {"A": named("www.example.com"), **resources}}
    if refused is None:
        expanded(source)
    else:
        assert list(refusals(source)) == [f"Resources.{refused}.Properties.DomainName"]


def test_sites_of_one_name_that_exclude_each_other_are_taken() -> None:
    live = {"Fn::Equals": [{"Ref": "Stage"}, "live"]}
    sites = {name: named("www.example.com", Condition=name) for name in ("Live", "Other")}
    conditions = {"Live": live, "Other": {"Fn::Not": [{"Condition": "Live"}]}}
    stage = {"Stage": {"Type": "String", "Default": "live"}}
    expanded({"Parameters": stage, "Conditions": conditions, "Resources": sites}, Stage="live")


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("Resources.T.Properties.DisplayName.Ref", template(resources={"T": topic({"Ref": "Sit"})})),
        ("Resources.T.Properties.DisplayName.Ref", template(resources={"T": topic({"Ref": "AWS::Acount"})})),
        ("Resources.T.Properties.DisplayName.Fn::GetAtt", template(resources={"T": topic({"Fn::GetAtt": "No.Arn"})})),
        ("Resources.T.Properties.DisplayName.Fn::Sub", template(resources={"T": topic({"Fn::Sub": "a${No}b"})})),
        ("Resources.T.Properties.DisplayName.Fn::Sub", template(resources={"T": topic({"Fn::Sub": "${No.Arn}"})})),
        ("Resources.T.DependsOn", template(resources={"T": topic(DependsOn="No")})),
        ("Resources.T.DependsOn[1]", template(resources={"T": topic(DependsOn=["Site", "No"])})),
        ("Resources.T.Condition", template(resources={"T": topic(Condition="No")})),
        (
            "Resources.T.Properties.DisplayName.Fn::If[0]",
            template(resources={"T": topic({"Fn::If": ["No", "a", "b"]})}),
        ),
        (
            "Resources.T.Properties.DisplayName.Fn::FindInMap",
            template(resources={"T": topic({"Fn::FindInMap": ["No", "a", "b"]})}),
        ),
        (
            "Resources.Site.Properties.WebServers.UserData.Fn::Sub",
            template({**NO_DATABASE, "WebServers": {"UserData": {"Fn::Sub": "#!/bin/bash\necho ${Queue}"}}}),
        ),
        ("Outputs.O.Value.Ref", template(Outputs={"O": {"Value": {"Ref": "No"}}})),
        ("Outputs.O.Condition", template(Outputs={"O": {"Condition": "No", "Value": "x"}})),
        ("Conditions.C.Fn::Equals[0].Ref", template(Conditions={"C": {"Fn::Equals": [{"Ref": "SiteVpc"}, "x"]}})),
        ("Conditions.C.Fn::Not[0].Condition", template(Conditions={"C": {"Fn::Not": [{"Condition": "No"}]}})),
        (
            "Resources.Fn::ForEach::Q[2].Q${N}.DependsOn",
            template(Transform=LOOPS, resources={"Fn::ForEach::Q": ["N", ["A"], {"Q${N}": topic(DependsOn="No")}]}),
        ),
    ],
)
def test_reference_to_what_there_is_not_is_refused_at_its_place(path: str, source: Any) -> None:
    assert path in refusals(source)


RULE = {"Rules": {"R": {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Site"}, "x"]}}]}}}
EXPORT = {"Outputs": {"O": {"Value": {"Ref": "Site"}, "Export": {"Name": {"Fn::Sub": "${T.TopicName}-url"}}}}}


@pytest.mark.parametrize(
    ("path", "sections"),
    [
        (
            "Conditions.C.Fn::Equals[0].Fn::GetAtt",
            {"Conditions": {"C": {"Fn::Equals": [{"Fn::GetAtt": "Site.Url"}, ""]}}},
        ),
        (
            "Conditions.C.Fn::Equals[0].Fn::Sub",
            {"Conditions": {"C": {"Fn::Equals": [{"Fn::Sub": "${T.TopicName}"}, ""]}}},
        ),
        ("Conditions.C.Fn::Equals[0].Ref", {"Conditions": {"C": {"Fn::Equals": [{"Ref": "T"}, ""]}}}),
        ("Rules.R.Assertions[0].Assert.Fn::Equals[0].Ref", RULE),
        ("Outputs.O.Export.Name.Fn::Sub", EXPORT),
    ],
)
@pytest.mark.parametrize("transforms", [{}, {"Transform": ["ResilientWebsite", "Own"]}], ids=["alone", "with another"])
def test_reference_to_a_resource_where_only_parameters_are_known_is_refused(
    path: str, sections: dict[str, Any], transforms: dict[str, Any]
) -> None:
    found = refusals(template(resources={"T": topic()}, **sections, **transforms))
    assert list(found) == [path]
    assert "a resource; " in found[path].found


def test_references_to_parameters_are_left_alone_where_no_resource_is_known() -> None:
    equal = {"Fn::Equals": [{"Fn::Sub": "${P}"}, {"Ref": "P"}]}
    expanded(
        template(
            Parameters={"P": {"Type": "String", "Default": "p"}},
            Conditions={"C": equal},
            Rules={"R": {"RuleCondition": equal, "Assertions": [{"Assert": equal}]}},
            Outputs={"Export": {"Value": {"Ref": "Site"}, "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-${P}"}}}},
        ),
        P="p",
    )


def test_attribute_that_is_a_text_is_taken_where_no_resource_is_known() -> None:
    export = {"Export": {"Name": {"Fn::Sub": "${AWS::StackName}-${Site.DomainName}"}}, "Value": {"Ref": "Site"}}
    live = {"Fn::Equals": [{"Ref": "Site"}, "https://www.example.com"]}
    source = template({**DOMAIN, **NO_DATABASE}, Outputs={"O": export}, Conditions={"Live": live})
    made = expanded(source)
    assert made["Outputs"]["O"]["Export"]["Name"] == {"Fn::Sub": "${AWS::StackName}-www.example.com"}


def test_parameter_with_the_name_of_a_site_is_refused() -> None:
    declared = {"Site": {"Type": "String", "Default": "x"}}
    source = template({**NO_DATABASE, "Fallback": {"Title": {"Ref": "Site"}}}, Parameters=declared)
    assert list(refusals(source, Site="x")) == ["Parameters.Site"]


def test_two_resources_of_one_name_are_the_only_problem() -> None:
    other = {"Type": "ResilientWebsite", "Properties": {"Network": {"CidrBlock": "10.1.0.0/16"}}}
    assert list(refusals(template({}, resources={"SiteDatabase": other}))) == ["Resources.Site"]


def test_references_that_resolve_are_left_alone() -> None:
    expanded(
        template(
            Transform=LOOPS,
            Parameters={"P": {"Type": "String", "Default": "p"}},
            Mappings={"M": {"a": {"b": "c"}}},
            Conditions={"C": {"Fn::Equals": [{"Ref": "P"}, "p"]}, "D": {"Fn::Not": [{"Condition": "C"}]}},
            resources={
                "A": topic({"Fn::Sub": ["${P} ${Site} ${SiteVpc} ${AWS::Region} ${V} ${!X}", {"V": {"Ref": "P"}}]}),
                "B": topic({"Fn::If": ["C", {"Ref": "A"}, {"Fn::FindInMap": ["M", "a", "b"]}]}, Condition="D"),
                "E": topic(DependsOn=["A", "Site", "QueueOne"]),
                "Fn::ForEach::Q": ["N", ["One", "Two"], {"Queue${N}": topic({"Fn::Sub": "${N} ${Site.VpcId}"})}],
            },
            Outputs={"Q": {"Value": {"Ref": "QueueTwo"}, "Condition": "C"}},
        ),
        P="p",
    )


@pytest.mark.parametrize(
    "transforms", [["ResilientWebsite", "AWS::Serverless-2016-10-31"], ["ResilientWebsite", "Own"]]
)
def test_what_another_transform_may_add_is_not_judged(transforms: list[str]) -> None:
    expanded(template(Transform=transforms, resources={"T": topic({"Ref": "FunctionRole"})}))


def test_parameter_with_the_name_of_a_resource_of_the_site_is_refused() -> None:
    declared = {"SiteDatabase": {"Type": "String", "Default": "true", "AllowedValues": ["true", "false"]}}
    source = template({"Database": {"Ref": "SiteDatabase"}}, Parameters=declared)
    assert "the logical id of a resource that Site creates" in (
        refusals(source, SiteDatabase="true")["Parameters.SiteDatabase"].found
    )


@pytest.mark.parametrize("section", ["Parameters", "Mappings"])
def test_names_are_unique(section: str) -> None:
    entry = {"Type": "String", "Default": "x"} if section == "Parameters" else {"a": {"b": "c"}}
    assert f"{section}.SiteVpc" in refusals(template(**{section: {"SiteVpc": entry}}))


def test_depends_on_in_a_loop_waits_for_the_whole_site() -> None:
    body = {"Queue${Name}": topic(DependsOn=["Site"])}
    made = expanded(template(Transform=LOOPS, resources={"Fn::ForEach::Queues": ["Name", ["A", "B"], body]}))
    alone = expanded(template(resources={"T": topic(DependsOn=["Site"])}))
    waiting = made["Resources"]["Fn::ForEach::Queues"][2]["Queue${Name}"]["DependsOn"]
    assert waiting == alone["Resources"]["T"]["DependsOn"]
    assert "Site" not in waiting


@pytest.mark.parametrize(
    "value",
    [{"Fn::GetAtt": ["Site", {"Ref": "A"}]}, {"Fn::Sub": "${Site.${A}}"}, {"Fn::Sub": "x ${Site.Web&{A}}"}],
)
def test_attribute_that_a_loop_computes_is_refused(value: Any) -> None:
    body = {"T${A}": topic(value)}
    reported = refusals(template(Transform=LOOPS, resources={"Fn::ForEach::T": ["A", ["Url", "VpcId"], body]}))
    assert any("an attribute of Site with a computed name" in problem.found for problem in reported.values())


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::GetAtt": [{"Ref": "N"}, "Url"]},
        {"Fn::GetAtt": ["${N}", "Url"]},
        {"Fn::GetAtt": [{"Fn::Sub": "${N}"}, "Url"]},
        {"Fn::Sub": "see ${${N}.Url}"},
        {"Fn::Sub": "see ${${N}}"},
        {"Ref": "${N}"},
    ],
)
@pytest.mark.parametrize("names", [["Site", "Blog"], {"Fn::Split": [",", "Blog,Site"]}])
def test_site_whose_name_a_loop_computes_is_refused(value: Any, names: Any) -> None:
    source = template(Transform=LOOPS, Outputs={"Fn::ForEach::O": ["N", names, {"O${N}": {"Value": value}}]})
    reported = [problem for problem in refusals(source).values() if "whose name is computed by a loop" in problem.found]
    assert [problem.path.startswith("Outputs.Fn::ForEach::O[2].O${N}.Value.") for problem in reported] == [True]


def test_name_of_a_site_that_is_only_a_text_in_a_loop_is_left_alone() -> None:
    body = {"T${N}": topic({"Fn::Sub": "${N} ${AWS::Region}"}), "U${N}": topic({"Ref": "N"})}
    expanded(template(Transform=LOOPS, resources={"Fn::ForEach::T": ["N", ["Site", "Blog"], body]}))


@pytest.mark.parametrize(
    ("path", "properties"),
    [
        ("WebServers.UserData", {"WebServers": {"UserData": {"Fn::Sub": "#!/bin/bash\n${Site.AutoScalingGroupName}"}}}),
        ("WebServers.UserData", {"WebServers": {"UserData": {"Fn::Sub": "#!/bin/bash\n${Site.DashboardUrl}"}}}),
        ("WebServers.UserData", {"WebServers": {"UserData": {"Fn::Sub": "#!/bin/bash\n${SiteAutoScalingGroup}"}}}),
        ("Tags[0].Value", {"Tags": [{"Key": "group", "Value": {"Fn::GetAtt": "Site.AutoScalingGroupName"}}]}),
        ("Tags[0].Value", {"Tags": [{"Key": "vpc", "Value": {"Fn::GetAtt": ["Site", "VpcId"]}}]}),
        ("HealthCheck.SearchString", {**DOMAIN, "HealthCheck": {"SearchString": {"Fn::GetAtt": "Site.HealthCheckId"}}}),
        (
            "Database.Parameters.init_connect",
            {"Database": {"Parameters": {"init_connect": {"Fn::GetAtt": "Site.DatabaseEndpoint"}}}},
        ),
        ("Overrides.Vpc", {"Overrides": {"Vpc": {"Tags": [{"Key": "b", "Value": {"Ref": "SitePublicSubnet1"}}]}}}),
    ],
)  # fmt: skip
def test_own_attribute_that_closes_a_circle_is_refused_at_its_property(path: str, properties: Any) -> None:
    reported = refusals(template({**NO_DATABASE, **properties}))
    (where,) = reported
    assert where.startswith(f"Resources.Site.Properties.{path}")
    assert reported[where].found.startswith("closes a circular dependency: ")


def test_harmless_places_are_not_blamed() -> None:
    script = {"Fn::Sub": "#!/bin/bash\n${Site.AssetsBucket} ${Site.AutoScalingGroupName}"}
    reported = refusals(
        template({"WebServers": {"UserData": script}, "Fallback": {"Title": {"Fn::GetAtt": "Site.Url"}}})
    )
    assert list(reported) == ["Resources.Site.Properties.WebServers.UserData"]


@pytest.mark.parametrize("loops", [{}, {"Fn::ForEach::T": ["N", ["A"], {"T${N}": topic({"Ref": "Queue"})}]}])
def test_circle_by_way_of_a_resource_beside_the_site(loops: dict[str, Any]) -> None:
    waiting = {"Queue": topic({"Fn::GetAtt": "Site.DistributionId"})}
    source = template(Transform=LOOPS, resources={**waiting, **loops})
    source["Resources"]["Site"]["DependsOn"] = "Queue"
    (where,) = refusals(source)
    assert where in ("Resources.Site.DependsOn", "Resources.Queue.Properties.DisplayName")


@pytest.mark.parametrize(("stage", "refused"), [("on", True), ("off", False)])
def test_branch_that_is_not_taken_closes_nothing(stage: str, refused: bool) -> None:
    value = {"Fn::If": ["On", {"Fn::GetAtt": "Site.VpcId"}, "none"]}
    source = template(
        {**NO_DATABASE, "Tags": [{"Key": "vpc", "Value": value}]},
        Parameters={"Stage": {"Type": "String"}},
        Conditions={"On": {"Fn::Equals": [{"Ref": "Stage"}, "on"]}},
    )
    if refused:
        assert list(refusals(source, Stage=stage)) == ["Resources.Site.Properties.Tags[0].Value"]
    else:
        expanded(source, Stage=stage)


@given(SITES)
@examples(30)
def test_no_site_of_its_own_makes_a_circle_or_names_what_there_is_not(properties: dict[str, Any]) -> None:
    """Nor does naming any of its attributes in a resource beside it."""
    source = {**template(properties), **SECTIONS}
    spec = read_sites(source, {}, "us-east-1")["Site"]
    attributes = [{"Fn::GetAtt": ["Site", name]} for name in available(spec)]
    source["Resources"]["Beside"] = {"Type": "AWS::CloudFormation::WaitConditionHandle", "Metadata": {"A": attributes}}
    expanded(source)
