"""cdk-preflight's rules for resources that no site has are left out, and only those."""

import json
from typing import Any

import pytest

from tests.aws_models.preflight import TYPES_OF_SITES, preflight_errors

ACCESS = [{"Rules": [{"ResourceType": "index", "Resource": ["index/a"], "Permission": ["aoss:ReadDocument"]}]}]
OF_NO_SITE = {
    "Type": "AWS::OpenSearchServerless::AccessPolicy",
    "Properties": {"Name": "access", "Type": "data", "Policy": json.dumps(ACCESS)},
}
OF_SITES = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "a.fifo"}}


def errors(*resources: dict[str, Any]) -> set[str]:
    found = preflight_errors({"Resources": {f"Resource{number}": body for number, body in enumerate(resources)}})
    return {error.partition(":")[0] for error in found}


def test_template_with_other_types_is_judged_by_their_rules_too() -> None:
    assert OF_NO_SITE["Type"] not in TYPES_OF_SITES
    assert errors(OF_NO_SITE) >= {"pf-aoss-access-policy-index-resource-segments"}


@pytest.mark.parametrize("body", [OF_NO_SITE, OF_SITES], ids=lambda body: str(body["Type"]))
def test_rules_of_a_type_do_not_depend_on_the_others(body: dict[str, Any]) -> None:
    alone = errors(body)
    assert alone
    assert errors(OF_NO_SITE, OF_SITES) >= alone


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_rules_compare_arns_with_the_region_of_the_template(region: str) -> None:
    topic = {"TopicARN": "arn:aws:sns:eu-west-1:123456789012:topic", "NotificationTypes": ["autoscaling:TEST"]}
    properties = {"MinSize": "1", "MaxSize": "1", "NotificationConfigurations": [topic]}
    group = {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": properties}
    found = preflight_errors({"Resources": {"Group": group}}, region)
    refused = any("is in eu-west-1 but the group deploys to us-east-1" in each for each in found)
    assert refused == (region == "us-east-1")
