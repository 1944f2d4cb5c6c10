"""Functions of parameters, mappings and conditions decide what a site is, as if their values were written."""

from typing import Any

import pytest

from cli.flat.parameters import fixed_parameters
from cli.flat.template import flat_template
from resilient_website.cloudformation.computed import ABSENT, NotKnownError, of_template
from resilient_website.cloudformation.declared_parameters import known_values
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError

SECTIONS = {
    "Parameters": {
        "Stage": {"Type": "String", "Default": "production", "AllowedValues": ["production", "staging"]},
        "Zones": {"Type": "CommaDelimitedList", "Default": "a,b,c"},
        "Secret": {"Type": "String", "NoEcho": True},
        "Optional": {"Type": "String", "Default": ""},
    },
    "Mappings": {
        "Sizes": {
            "production": {"Class": "db.m7g.large", "Replicas": 2, "Types": ["m7g.large", "m6g.large"]},
            "staging": {"Class": "db.t4g.small", "Replicas": 0, "Types": ["t4g.small"]},
        }
    },
    "Conditions": {
        "Production": {"Fn::Equals": [{"Ref": "Stage"}, "production"]},
        "Staging": {"Fn::Not": [{"Condition": "Production"}]},
        "Both": {"Fn::And": [{"Condition": "Production"}, {"Condition": "Staging"}]},
        "Either": {"Fn::Or": [{"Condition": "Production"}, {"Condition": "Staging"}]},
        "Unknown": {"Fn::Equals": [{"Ref": "AWS::StackName"}, "x"]},
        "EitherWithUnknown": {"Fn::Or": [{"Condition": "Unknown"}, {"Condition": "Production"}]},
        "Itself": {"Condition": "Itself"},
    },
}
VALUES = {"Stage": "production", "Zones": ["a", "b", "c"], "Secret": "hunter2", "Optional": ""}
STAGING = {**VALUES, "Stage": "staging"}


def sized(key: str) -> dict[str, Any]:
    return {"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, key]}


def value(node: Any) -> Any:
    return of_template(SECTIONS, known_values(SECTIONS, VALUES), "eu-west-1").value(node)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "Stage"}, "production"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::NoValue"}, ABSENT),
        ({"Fn::If": ["Production", 1, 2]}, 1),
        ({"Fn::If": ["Staging", 1, {"Fn::If": ["Either", 3, 4]}]}, 3),
        ({"Fn::If": ["Both", 1, 2]}, 2),
        ({"Fn::If": ["EitherWithUnknown", 1, 2]}, 1),
        (sized("Class"), "db.m7g.large"),
        ({"Fn::FindInMap": ["Sizes", "test", "Class", {"DefaultValue": {"Ref": "Stage"}}]}, "production"),
        ({"Fn::FindInMap": ["Sizes", "staging", "No", {"DefaultValue": 2}]}, 2),
        ({"Fn::FindInMap": ["Sizes", "staging", "Class", {"DefaultValue": "x"}]}, "db.t4g.small"),
        ({"Fn::Length": {"Ref": "Zones"}}, 3),
        ({"Fn::Length": ["a", {"Ref": "AWS::NoValue"}, {"Ref": "Stage"}]}, 2),
        ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
        ({"Fn::Select": [0, {"Fn::Split": [".", "x.y"]}]}, "x"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 3]]}, "a-production-3"),
        ({"Fn::Sub": "${Stage}.${AWS::Region} ${!Not}"}, "production.eu-west-1 ${Not}"),
        ({"Fn::Sub": ["${A}${Stage}", {"A": {"Ref": "Stage"}}]}, "productionproduction"),
        ([{"Ref": "Stage"}, {"Ref": "AWS::NoValue"}], ["production"]),
        ({"a": {"Ref": "Stage"}, "b": {"Ref": "AWS::NoValue"}}, {"a": "production"}),
        ({"Fn::Equals": [True, "true"]}, True),
    ],
)
def test_what_is_known_is_computed(node: Any, expected: Any) -> None:
    assert value(node) == expected


@pytest.mark.parametrize(
    "node",
    [
        {"Ref": "Secret"},
        {"Fn::Sub": "${Secret}"},
        {"Ref": "Nothing"},
        {"Fn::GetAtt": ["A", "B"]},
        {"Fn::If": ["Unknown", 1, 2]},
        {"Fn::If": ["Itself", 1, 2]},
        {"Fn::If": ["None", 1, 2]},
        {"Fn::If": ["Production"]},
        {"Fn::FindInMap": ["Sizes", "test", "Class"]},
        {"Fn::Select": [3, {"Ref": "Zones"}]},
        {"Fn::Select": ["-1", {"Ref": "Zones"}]},
        {"Fn::Split": ["", "x"]},
        {"Fn::Join": ["x" * 9000, ["a"] * 9000]},
        {"Fn::Sub": "${Stage}" * 8000},
        {"Fn::ImportValue": "x"},
    ],
)
def test_what_is_not_known_is_not_guessed(node: Any) -> None:
    with pytest.raises(NotKnownError):
        value(node)


SITE = {
    "Database": {
        "Fn::If": [
            "Production",
            {"DBInstanceClass": sized("Class"), "ReadReplicas": sized("Replicas")},
            False,
        ]
    },
    "Cache": {"Fn::If": ["Production", True, {"Ref": "AWS::NoValue"}]},
    "WebServers": {"Fn::If": ["Production", {"InstanceTypes": sized("Types")}, {"InstanceTypes": ["t4g.small"]}]},
    "Monitoring": {"AlarmEmail": {"Fn::If": ["Production", "ops@example.com", {"Ref": "AWS::NoValue"}]}},
    "Drills": {"Fn::Equals": [{"Ref": "Stage"}, "staging"]},
}
WRITTEN = {
    "production": {
        "Database": {"DBInstanceClass": "db.m7g.large", "ReadReplicas": 2},
        "Cache": True,
        "WebServers": {"InstanceTypes": ["m7g.large", "m6g.large"]},
        "Monitoring": {"AlarmEmail": "ops@example.com"},
        "Drills": False,
    },
    "staging": {"Database": False, "WebServers": {"InstanceTypes": ["t4g.small"]}, "Drills": True},
}


def site(properties: Any, **more: Any) -> dict[str, Any]:
    resources = {"Site": {"Type": "ResilientWebsite", "Properties": properties, **more}}
    return {"Transform": "ResilientWebsite", **SECTIONS, "Resources": resources}


def kinds(template: Any) -> dict[str, str]:
    return {name: body["Type"] for name, body in template["Resources"].items()}


@pytest.mark.parametrize("values", [VALUES, STAGING], ids=["production", "staging"])
def test_two_sites_in_one_file_are_what_they_would_be_if_written_out(values: dict[str, Any]) -> None:
    computed = expand_template(site(SITE), values, "eu-west-1")
    written = expand_template(site(WRITTEN[values["Stage"]]), values, "eu-west-1")
    assert kinds(computed) == kinds(written)


def test_flat_template_keeps_what_its_conditions_have_decided() -> None:
    source = site({"Database": {"Fn::If": ["Production", True, False]}})
    flat = flat_template(source, STAGING, "eu-west-1")
    assert "SiteDatabase" not in flat["Resources"]
    stage = flat["Parameters"]["Stage"]
    assert (stage["Default"], stage["AllowedValues"]) == ("staging", ["staging"])
    assert fixed_parameters(source, flat) == ["Stage"]


def test_flat_template_has_no_parameter_that_is_used_up() -> None:
    flat = flat_template(site(SITE), STAGING, "eu-west-1")
    assert "Stage" not in flat["Parameters"]
    assert flat["Conditions"]["Production"] == {"Fn::Equals": ["staging", "production"]}


def test_flat_template_decides_nothing_by_what_may_still_change() -> None:
    declared = {"Class": {"Type": "String", "Default": "db.m7g.large"}}
    source = {**site({"Database": {"DBInstanceClass": {"Ref": "Class"}}}), "Parameters": declared, "Conditions": {}}
    flat = flat_template(source, {"Class": "db.m7g.large"}, "eu-west-1")
    assert flat["Parameters"]["Class"] == declared["Class"]
    assert "SiteDatabaseConnectionsAlarm" not in flat["Resources"]


def test_condition_that_is_not_known_is_refused_where_it_decides() -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(site({"Database": {"Fn::If": ["Unknown", True, False]}}), VALUES, "eu-west-1")
    (problem,) = refused.value.problems
    assert problem.path == "Resources.Site.Properties.Database"
    assert "AWS::StackName" in problem.found


def test_secret_in_a_condition_is_in_no_message() -> None:
    conditions = {"C": {"Fn::Equals": [{"Ref": "Secret"}, "x"]}}
    source = {**site({"Database": {"Fn::If": ["C", True, False]}}), "Conditions": conditions}
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(source, VALUES, "eu-west-1")
    assert "hunter2" not in str(refused.value)
    assert "NoEcho" in str(refused.value)


@pytest.mark.parametrize(("values", "policy"), [(VALUES, "Retain"), (STAGING, "Delete")], ids=["production", "staging"])
def test_policies_are_computed(values: dict[str, Any], policy: str) -> None:
    given = {"Fn::If": ["Production", "Retain", "Delete"]}
    made = expand_template(site({}, DeletionPolicy=given), values, "eu-west-1")["Resources"]
    assert made["SiteAssetsBucket"]["DeletionPolicy"] == policy


def test_policy_that_is_not_known_is_refused() -> None:
    with pytest.raises(InvalidTemplateError) as refused:
        expand_template(site({}, DeletionPolicy={"Fn::ImportValue": "policy"}), VALUES, "eu-west-1")
    assert [problem.path for problem in refused.value.problems] == ["Resources.Site.DeletionPolicy"]


@pytest.mark.parametrize("stage", ["production", "staging"])
def test_tag_by_a_condition(stage: str) -> None:
    tag = {"Key": "Stage", "Value": "live"}
    properties = {"Tags": [{"Fn::If": ["Production", tag, {"Ref": "AWS::NoValue"}]}]}
    made = expand_template(site(properties), {**VALUES, "Stage": stage}, "eu-west-1")["Resources"]
    assert (tag in made["SiteVpc"]["Properties"]["Tags"]) == (stage == "production")


@pytest.mark.parametrize("name", ["db.t4g.medium", "db.t4g.small", "db.m7g.large"])
def test_class_as_a_parameter_gives_what_the_literal_gives(name: str) -> None:
    source = {**site({"Database": {"DBInstanceClass": {"Ref": "Class"}}}), "Parameters": {"Class": {"Type": "String"}}}
    made = expand_template({**source, "Conditions": {}}, {"Class": name}, "eu-west-1")["Resources"]
    literal = expand_template(site({"Database": {"DBInstanceClass": name}}), VALUES, "eu-west-1")["Resources"]
    assert made["SiteDatabaseConnectionsAlarm"] == literal["SiteDatabaseConnectionsAlarm"]
    own, other = made["SiteDatabase"]["Properties"], literal["SiteDatabase"]["Properties"]
    assert own == {**other, "DBInstanceClass": {"Ref": "Class"}}


@pytest.mark.parametrize(
    ("properties", "written"),
    [
        ({"Database": {"DBInstanceClass": {"Ref": "Optional"}}}, {}),
        ({"Cache": {"CacheNodeType": {"Ref": "Optional"}}}, {"Cache": {}}),
        (
            {"WebServers": {"InstanceTypes": ["t4g.small", {"Ref": "Optional"}]}},
            {"WebServers": {"InstanceTypes": ["t4g.small"]}},
        ),
        (
            {"DomainName": "a.example.com", "AlternateDomainNames": ["b.example.com", {"Ref": "Optional"}]},
            {"DomainName": "a.example.com", "AlternateDomainNames": ["b.example.com"]},
        ),
    ],
)
def test_empty_parameter_is_not_given(properties: Any, written: Any) -> None:
    zone = {"HostedZoneId": "Z0123456789ABCDEFGHIJ"} if "DomainName" in properties else {}
    made = expand_template(site({**properties, **zone}), VALUES, "eu-west-1")["Resources"]
    expected = expand_template(site({**written, **zone}), VALUES, "eu-west-1")["Resources"]
    assert {name: body["Properties"] for name, body in made.items()} == {
        name: body["Properties"] for name, body in expected.items()
    }
