"""Existing VPCs of a site with a copy: each Region has its own, which one template has to name."""

from typing import Any

import pytest

from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError

Json = dict[str, Any]

VPCS = {"us-east-1": "vpc-0123456789abcdef0", "us-west-2": "vpc-0fedcba9876543210"}
SUBNETS = {region: [f"subnet-{vpc[4:-1]}{number}" for number in (1, 2)] for region, vpc in VPCS.items()}
SITE = {
    "DomainName": "www.example.com",
    "HostedZoneId": "Z0123456789ABCDEFGHIJ",
    "Secondary": {"Region": "us-west-2"},
}
HERE = {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}


def template(vpc: Any, subnets: Any) -> Json:
    names = (f"{tier}SubnetIds" for tier in ("Public", "Database", "Cache"))
    network = {"VpcId": vpc, **dict.fromkeys(names, subnets)}
    return {
        "Parameters": {"Vpc": {"Type": "AWS::EC2::VPC::Id"}, "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"}},
        "Mappings": {"Subnets": {region: {"Ids": ids} for region, ids in SUBNETS.items()}},
        "Conditions": {"Here": HERE},
        "Resources": {"Site": {"Type": "ResilientWebsite", "Properties": {**SITE, "Network": network}}},
    }


@pytest.mark.parametrize(
    "subnets",
    [
        {"Ref": "Subnets"},
        {"Fn::FindInMap": ["Subnets", {"Ref": "AWS::Region"}, "Ids"]},
        {"Fn::If": ["Here", SUBNETS["us-east-1"], SUBNETS["us-west-2"]]},
    ],
)
def test_function_gives_each_region_its_subnets(subnets: Json) -> None:
    for region, vpc in VPCS.items():
        values = {"Vpc": vpc, "Subnets": SUBNETS[region]}
        resources = expand_template(template({"Ref": "Vpc"}, subnets), values, region)["Resources"]
        assert resources["SiteLoadBalancer"]["Properties"]["Subnets"] == SUBNETS[region]


def test_literal_subnets_exist_in_one_region_only() -> None:
    values = {"Vpc": VPCS["us-east-1"], "Subnets": SUBNETS["us-east-1"]}
    with pytest.raises(InvalidTemplateError, match="exists in one Region only") as refused:
        expand_template(template(VPCS["us-east-1"], SUBNETS["us-east-1"]), values, "us-east-1")
    assert len(refused.value.problems) == 1 + 3 * 2
