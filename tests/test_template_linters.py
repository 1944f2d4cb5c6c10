"""The linter, which judges each resource once, finds what it finds in the template as a whole."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import run_template_by_data
from cfnlint.template import Template

from resilient_website.facts.regions import ENABLED
from tests.kept_by_linter import keeping
from tests.template_linters import OF_VALUES, linter_findings, linter_rules

Json = dict[str, Any]

VPC = {"Ref": "Vpc"}


def subnet(number: int) -> Json:
    properties = {"VpcId": VPC, "CidrBlock": f"10.0.{number}.0/24", "AvailabilityZone": {"Fn::Select": [number, ZONES]}}
    return {"Type": "AWS::EC2::Subnet", "Properties": properties}


ZONES = {"Fn::GetAZs": ""}
CLEAN: Json = {
    "Parameters": {"Days": {"Type": "Number", "Default": 7}},
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet1": subnet(1),
        "Subnet2": subnet(2),
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": VPC}},
        "Association": {
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
            "Properties": {"SubnetId": {"Ref": "Subnet1"}, "RouteTableId": {"Ref": "Table"}},
        },
        "Logs": {
            "Type": "AWS::Logs::LogGroup",
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
            "Properties": {"RetentionInDays": {"Ref": "Days"}},
        },
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "DependsOn": "Logs",
            "Properties": {
                "Namespace": "Website",
                "MetricName": "Errors",
                "Period": 60,
                "Statistic": "Sum",
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanThreshold",
                "AlarmActions": [{"Ref": "Topic"}],
            },
        },
    },
    "Outputs": {"Vpc": {"Value": {"Fn::GetAtt": ["Vpc", "VpcId"]}}},
}


def replaced(*path: str, by: Any) -> Callable[[Json], None]:
    """Return what sets a value of a template, or of its resource; None removes it."""

    def change(template: Json) -> None:
        inner = template
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = by
        if by is None:
            del inner[path[-1]]

    return change


def of_resource(*path: str, by: Any) -> Callable[[Json], None]:
    return replaced("Resources", *path, by=by)


FAULTS: dict[str, tuple[str, Callable[[Json], None]]] = {
    "a value": ("E3012", of_resource("Vpc", "Properties", "EnableDnsSupport", by="perhaps")),
    "a property": ("E3002", of_resource("Topic", "Properties", by={"Nam": "a"})),
    "a property that is missing": ("E3003", of_resource("Table", "Properties", "VpcId", by=None)),
    "a resource that is missing": ("E1020", of_resource("Topic", by=None)),
    "a resource that is missing from DependsOn": ("E3005", of_resource("Logs", by=None)),
    "a resource that an output refers to": ("E6101", of_resource("Vpc", by={"Type": "AWS::SNS::Topic"})),
    "an output": ("E6101", replaced("Outputs", "Vpc", "Value", "Fn::GetAtt", by=["Vpc", "Name"])),
    "a type": ("E3006", of_resource("Topic", "Type", by="AWS::SNS::Topics")),
    "a type that some Regions do not have": (
        "E3006",
        of_resource(
            "Budget",
            by={
                "Type": "AWS::Budgets::Budget",
                "Properties": {
                    "Budget": {
                        "BudgetType": "COST",
                        "TimeUnit": "MONTHLY",
                        "BudgetLimit": {"Amount": 1, "Unit": "USD"},
                    }
                },
            },
        ),
    ),
    "a circle": ("E3004", of_resource("Topic", "DependsOn", by="Alarm")),
    "a second association": (
        "E3022",
        of_resource("Second", by=CLEAN["Resources"]["Association"]),
    ),
    "a parameter's value": ("W1030", replaced("Parameters", "Days", "Default", by=8)),
    "a parameter's type": ("W1030", replaced("Parameters", "Days", "Default", by="week")),
    "a parameter that nothing uses": ("W2001", of_resource("Logs", "Properties", by={"RetentionInDays": 7})),
    "a section": ("E1001", replaced("Resource", by={})),
}


def in_whole(template: Json, regions: list[str]) -> list[str]:
    """Return what the linter finds in a template that it has not seen any part of."""
    parsed, _ = decode_str(json.dumps(template))
    return sorted(
        str(match) for match in run_template_by_data(parsed, ConfigMixIn(regions=regions), linter_rules().all)
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_in_a_template_that_was_judged_is_found(fault: str) -> None:
    assert linter_findings(CLEAN, ["us-east-1"]) == []
    rule, change = FAULTS[fault]
    template = copy.deepcopy(CLEAN)
    change(template)
    for region in ("eu-west-1", "eu-north-1"):
        found = linter_findings(template, [region])
        assert sorted(map(str, found)) == in_whole(template, [region])
        if region == "eu-north-1":
            assert rule in {match.rule.id for match in found}


def test_fault_in_a_condition_that_another_one_names_is_found() -> None:
    """A load balancer has its subnets once as long as two conditions exclude each other, which a third one decides."""
    template = copy.deepcopy(CLEAN)
    template["Parameters"]["Stage"] = {"Type": "String", "Default": "live"}
    template["Conditions"] = {
        "Public": {"Fn::Equals": [{"Ref": "Stage"}, "live"]},
        "Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]},
        "Private": {"Fn::Not": [{"Condition": "Live"}]},
    }
    zones = [{"SubnetId": {"Ref": name}} for name in ("Subnet1", "Subnet2")]
    properties = {
        "Subnets": {"Fn::If": ["Public", [{"Ref": "Subnet1"}, {"Ref": "Subnet2"}], {"Ref": "AWS::NoValue"}]},
        "SubnetMappings": {"Fn::If": ["Private", zones, {"Ref": "AWS::NoValue"}]},
    }
    template["Resources"]["Balancer"] = {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": properties,
    }
    assert linter_findings(template, ["us-east-1"]) == []
    template["Conditions"]["Live"] = {"Fn::Equals": [{"Ref": "Stage"}, "test"]}
    found = linter_findings(template, ["us-east-1"])
    assert sorted(map(str, found)) == in_whole(template, ["us-east-1"])
    assert {match.rule.id for match in found} == {"E3014"}


def test_what_is_found_in_other_regions_only_is_not_reported() -> None:
    template = copy.deepcopy(CLEAN)
    FAULTS["a type that some Regions do not have"][1](template)
    assert in_whole(template, list(ENABLED)) != []
    assert linter_findings(template, ["us-east-1"]) == []
    assert linter_findings(template, list(ENABLED)) != []


STORAGE = {"AllocatedStorage": "20", "MasterUsername": "website", "ManageMasterUserPassword": True}
MYSQL: Json = {"Engine": "mysql", "EngineVersion": "8.4.5", "DBInstanceClass": "db.t4g.micro", **STORAGE}
ORACLE: Json = {
    "Engine": "oracle-se2",
    "LicenseModel": "bring-your-own-license",
    "DBInstanceClass": "db.m5d.large",
    **STORAGE,
}


@pytest.mark.parametrize(
    "database, name, value, rule",
    [
        (MYSQL, "DBInstanceClass", "db.t4g.tiny", "E3025"),
        (MYSQL, "DBInstanceClass", "db.t4g.tiny", "E3062"),
        (MYSQL, "Engine", "aurora-mysql", "E3025"),
        (MYSQL, "EngineVersion", "5.7.16", "E3062"),
        (ORACLE, "LicenseModel", "license-included", "E3025"),
    ],
)
def test_database_that_aws_does_not_offer_is_found(database: Json, name: str, value: str, rule: str) -> None:
    body = {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Delete"}
    offered = {"Resources": {"Database": {**body, "Properties": database}}}
    assert linter_findings(offered, ["us-east-1"]) == []
    other = {"Resources": {"Database": {**body, "Properties": {**database, name: value}}}}
    found = linter_findings(other, ["us-east-1"])
    assert sorted(map(str, found)) == in_whole(other, ["us-east-1"])
    assert rule in {match.rule.id for match in found}


@pytest.mark.parametrize("key", ["Ref", "Fn::GetAtt", "Fn::Select", "Properties", "Type", "Absent"])
def test_values_of_a_key_are_where_the_linter_finds_them(key: str) -> None:
    parsed, _ = decode_str(json.dumps(CLEAN))
    found = Template(None, parsed).search_deep_keys(key)
    with keeping(linter_rules().all[OF_VALUES]):
        assert Template(None, parsed).search_deep_keys(key) == found
