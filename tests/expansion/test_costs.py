"""The page of costs counts what the examples have."""

import re
from collections import Counter
from typing import Any

import pytest

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.tiers.network.spec import ENDPOINT_SERVICES
from tests.expansion.expanded import Resources, of_type
from tools.repository import ROOT

PAGE = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
ROWS = {
    name: tuple(map(int, cells.split("|"))) for name, cells in re.findall(r"^\| `([a-z-]+)` \|([ \d|]+)\|$", PAGE, re.M)
}


def counted(resources: Resources) -> tuple[int, ...]:
    """Return what the table has of a site: servers, addresses, gateways, endpoints, databases, nodes, ..."""
    types = Counter(body["Type"] for body in resources.values())
    ((_, group),) = of_type(resources, "AWS::AutoScaling::AutoScalingGroup")
    ((_, balancer),) = of_type(resources, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    servers = int(group["MinSize"])
    public = sum(_is_public(resources, subnet) for subnet in group["VPCZoneIdentifier"]) > 0
    facing = len(balancer["Subnets"]) if balancer["Scheme"] == "internet-facing" else 0
    endpoints = [body for _, body in of_type(resources, "AWS::EC2::VPCEndpoint")]
    return (
        servers,
        servers * public + facing + types["AWS::EC2::NatGateway"],
        types["AWS::EC2::NatGateway"],
        sum(len(body["SubnetIds"]) for body in endpoints if body.get("VpcEndpointType") == "Interface"),
        types["AWS::RDS::DBInstance"],
        sum(_nodes(body) for _, body in of_type(resources, "AWS::ElastiCache::ReplicationGroup")),
        types["AWS::SecretsManager::Secret"],
        types["AWS::CloudWatch::Alarm"],
        types["AWS::Route53::HealthCheck"],
    )


def _is_public(resources: Resources, subnet: dict[str, str]) -> bool:
    return bool(resources[subnet["Ref"]]["Properties"].get("MapPublicIpOnLaunch"))


def _nodes(group: dict[str, Any]) -> int:
    shards = int(group.get("NumNodeGroups", 1))
    return int(group.get("NumCacheClusters") or shards * (int(group["ReplicasPerNodeGroup"]) + 1))


@pytest.mark.parametrize("name", ["minimal", "with-domain", "private", "everything"])
def test_counts_are_those_of_the_examples(name: str) -> None:
    template = read_template(ROOT / f"examples/{name}.yaml")
    made = expand_template(template, parameter_values(template, {}), "us-east-1")["Resources"]
    assert counted(made) == ROWS[name]


def test_endpoints_are_compared_with_nat_gateways() -> None:
    per_zone, per_month = re.findall(r"\| `None` \| (\d+) interface endpoints in each of 3 zones \| ([\d.]+) \|", PAGE)[
        0
    ]
    assert int(per_zone) == len(ENDPOINT_SERVICES)
    assert float(per_month) == pytest.approx(int(per_zone) * 3 * 7.30)
