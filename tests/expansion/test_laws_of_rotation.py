"""The rotation of the secret header may do all that UpdateDistribution asks of its caller, whatever the site has."""

import json
from itertools import product
from typing import Any

import pytest

from tests.expansion.expanded import expand, of_type

Json = dict[str, Any]

INTERNAL: Json = {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}}
FIREWALL: Json = {"Security": {"WebACL": "ManagedRules"}}
SITES = [{**one, **other} for one, other in product(({}, INTERNAL), ({}, FIREWALL))]

# What a distribution names, and the right on it that UpdateDistribution takes. Source: its dependent actions in
# "Actions, resources, and condition keys for Amazon CloudFront".
DEPENDENT = {"AWS::CloudFront::VpcOrigin": "cloudfront:GetVpcOrigin", "AWS::WAFv2::WebACL": "wafv2:GetWebACL"}


# With a copy, whose VPC origin the distribution has too.
COPIED: Json = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Secondary": {"Region": "us-west-2", "VpcOrigin": True},
}
COPYS = {
    "Fn::Join": [
        "/",
        [
            {"Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:vpcorigin"},
            {"Fn::GetAtt": ["SiteSecondaryHalf", "CopyVpcOriginId"]},
        ],
    ]
}


@pytest.mark.parametrize("properties", [*SITES, INTERNAL | COPIED], ids=str)
def test_the_rotation_has_the_rights_that_an_update_of_the_distribution_takes(properties: Json) -> None:
    resources = expand(properties)
    granted = {
        (action, json.dumps(statement["Resource"]))
        for name, policy in of_type(resources, "AWS::IAM::Policy")
        if name == "SiteOriginSecretPolicy"
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert any(action == "cloudfront:UpdateDistribution" for action, _ in granted)
    for kind, action in DEPENDENT.items():
        needed = {(action, json.dumps({"Fn::GetAtt": [name, "Arn"]})) for name, _ in of_type(resources, kind)}
        if action == "cloudfront:GetVpcOrigin" and "Secondary" in properties:
            needed.add((action, json.dumps(COPYS)))
        assert {each for each in granted if each[0] == action} == needed


@pytest.mark.parametrize("properties", [{}, {"Database": {"SecretRotationDays": 7}}], ids=str)
def test_no_deployment_rotates_a_secret(properties: Json) -> None:
    """It is rotated on its own days. Source: "AWS::SecretsManager::RotationSchedule", RotateImmediatelyOnUpdate."""
    schedules = list(of_type(expand(properties), "AWS::SecretsManager::RotationSchedule"))
    assert schedules
    assert {schedule["RotateImmediatelyOnUpdate"] for _, schedule in schedules} == {False}
