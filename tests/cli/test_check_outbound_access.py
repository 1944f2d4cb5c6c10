"""`check`: web servers in a VPC that exists have a way out and find names; the internet is not blocked."""

from typing import Any

import pytest

from resilient_website.tiers.network.spec import ENDPOINT_SERVICES
from tests.cli.checking_harness import Harness, reported
from tests.cli.existing_vpc import Vpc


def without_addresses(vpc: Vpc, harness: Harness) -> None:
    for subnet in vpc.public:
        harness.aws("ec2").modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": False})


def test_launch_template_that_asks_for_an_address_needs_none_of_the_subnet(harness: Harness) -> None:
    vpc = Vpc(harness)
    assert not harness.of_site(vpc.network()).findings
    without_addresses(vpc, harness)
    assert not harness.of_site(vpc.network()).findings


def test_servers_in_public_subnets_that_give_no_addresses(harness: Harness) -> None:
    vpc = Vpc(harness)
    interface = {"DeviceIndex": 0, "AssociatePublicIpAddress": False}
    overrides = {"WebLaunchTemplate": {"LaunchTemplateData": {"NetworkInterfaces": [interface]}}}
    made = {**vpc.network(), "Overrides": overrides}
    assert not harness.of_site(made).findings
    without_addresses(vpc, harness)
    found = reported(harness.of_site(made))
    assert list(found) == [f"Network.PublicSubnetIds[{number}]" for number in range(3)]
    assert "get no public address (MapPublicIpOnLaunch is false)" in found["Network.PublicSubnetIds[1]"]
    assert not harness.of_site(vpc.network(WebSubnetIds=vpc.private)).findings


def test_web_subnets_without_a_way_out(harness: Harness) -> None:
    vpc = Vpc(harness)
    harness.aws("ec2").delete_route(RouteTableId=vpc.private_table, DestinationCidrBlock="0.0.0.0/0")
    found = reported(harness.of_site(vpc.network(WebSubnetIds=vpc.private)))
    assert list(found) == [f"Network.WebSubnetIds[{number}]" for number in range(3)]
    assert found["Network.WebSubnetIds[0]"].startswith("error: ")
    assert "has no route to a NAT gateway" in found["Network.WebSubnetIds[0]"]


@pytest.mark.parametrize("left_out", ["", "secretsmanager", "s3"])
def test_web_subnets_with_endpoints_need_no_way_out(harness: Harness, left_out: str) -> None:
    vpc = Vpc(harness)
    ec2 = harness.aws("ec2")
    ec2.delete_route(RouteTableId=vpc.private_table, DestinationCidrBlock="0.0.0.0/0")
    made: list[dict[str, Any]] = [
        {"ServiceName": f"com.amazonaws.us-east-1.{name}", "VpcEndpointType": "Interface", "PrivateDnsEnabled": True}
        for name in ENDPOINT_SERVICES
        if name != left_out
    ]
    harness.answers["ec2", "describe_vpc_endpoints"] = lambda **_: {"VpcEndpoints": made}
    if left_out != "s3":
        real = ec2.describe_route_tables()
        for table in real["RouteTables"]:
            if table["RouteTableId"] == vpc.private_table:
                table["Routes"].append({"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "State": "active"})
        harness.answers["ec2", "describe_route_tables"] = lambda **_: real
    found = reported(harness.of_site(vpc.network(WebSubnetIds=vpc.private)))
    assert bool(found) == bool(left_out)
    assert all(f"endpoints for {left_out}" in text for text in found.values())


def test_names_in_the_vpc(harness: Harness) -> None:
    vpc = Vpc(harness)
    replicas = {**vpc.network(), "Database": {"ReadReplicas": 1}}
    assert not harness.of_site(replicas).findings
    harness.aws("ec2").modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": False})
    assert not harness.of_site(vpc.network()).findings
    for needs, text in ((replicas, "Database.ReadReplicas needs"), ({**vpc.network(), "Files": True}, "Files needs")):
        found = reported(harness.of_site(needs))["Network.VpcId"]
        assert f"{vpc.id} has enableDnsHostnames off, and {text}" in found
    harness.aws("ec2").modify_vpc_attribute(VpcId=vpc.id, EnableDnsSupport={"Value": False})
    assert "has enableDnsSupport off" in reported(harness.of_site(vpc.network()))["Network.VpcId"]


@pytest.mark.parametrize(
    ("mode", "site", "reported_of"),
    [
        ("off", {}, False),
        ("block-ingress", {}, True),
        ("block-bidirectional", {}, True),
        ("block-ingress", {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}}, False),
        ("block-bidirectional", {"Network": {"WebSubnets": "Private"}, "LoadBalancer": {"Scheme": "internal"}}, True),
    ],
)
def test_block_public_access(harness: Harness, mode: str, site: dict[str, Any], reported_of: bool) -> None:
    block(harness, mode)
    report = harness.of_site(site)
    assert ("Network" in reported(report)) is reported_of
    assert report.ok is not reported_of


@pytest.mark.parametrize(("allowed", "reported_of"), [("allow-bidirectional", False), ("allow-egress", True)])
def test_block_public_access_with_an_exclusion_of_the_vpc(harness: Harness, allowed: str, reported_of: bool) -> None:
    block(harness, "block-bidirectional")
    vpc = Vpc(harness)
    exclusion = {
        "ResourceArn": f"arn:aws:ec2:us-east-1:123456789012:vpc/{vpc.id}",
        "State": "create-complete",
        "InternetGatewayExclusionMode": allowed,
    }
    harness.answers["ec2", "describe_vpc_block_public_access_exclusions"] = lambda **_: {
        "VpcBlockPublicAccessExclusions": [exclusion]
    }
    assert ("Network" in reported(harness.of_site(vpc.network()))) is reported_of


def block(harness: Harness, mode: str) -> None:
    harness.answers["ec2", "describe_vpc_block_public_access_options"] = lambda **_: {
        "VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": mode}
    }
