"""EC2: address ranges that overlap with another network of the account, which can then never be connected."""

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, warning
from cli.check.site import Site

VPC = "AWS::EC2::VPC"
# States of a peering connection that exists or may become active. Source: "VPC peering connection lifecycle".
CONNECTED = ("initiating-request", "pending-acceptance", "provisioning", "active")
SHOWN = 5


def overlaps(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Warn of a CidrBlock that overlaps another VPC's, or a network's that a VPC of the account is peered with.

    Source: "VPC peering limitations" in the Amazon VPC peering guide; DescribeVpcs, DescribeVpcPeeringConnections.
    """
    network = site.spec.network
    if not network.is_own:
        return
    own = site.stack.own(aws, VPC)
    block = IPv4Network(network.cidr_block)
    others = {
        vpc_id: cidr
        for vpc_id, cidr in (*_vpcs(aws), *_peered(aws))
        if vpc_id not in own and IPv4Network(cidr).overlaps(block)
    }
    if others:
        named = ", ".join(f"{vpc_id} ({cidr})" for vpc_id, cidr in sorted(others.items())[:SHOWN])
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        advice = "write another CidrBlock if the networks may ever be connected: it can't be changed later"
        yield warning(site.at("Network.CidrBlock"), f"{network.cidr_block} overlaps {named}{more}", advice)


def _vpcs(aws: Aws) -> Iterator[tuple[str, str]]:
    for vpc in aws.ask("ec2", "describe_vpcs").get("Vpcs", []):
        yield from _blocks(vpc)


def _peered(aws: Aws) -> Iterator[tuple[str, str]]:
    answer = aws.ask("ec2", "describe_vpc_peering_connections").get("VpcPeeringConnections", [])
    for connection in answer:
        if connection.get("Status", {}).get("Code") in CONNECTED:
            yield from _blocks(connection.get("AccepterVpcInfo", {}))
            yield from _blocks(connection.get("RequesterVpcInfo", {}))


def _blocks(vpc: dict[str, Any]) -> Iterator[tuple[str, str]]:
    associated = [entry["CidrBlock"] for entry in vpc.get("CidrBlockAssociationSet", vpc.get("CidrBlockSet", []))]
    for cidr in dict.fromkeys([vpc.get("CidrBlock"), *associated]):
        if cidr:
            yield vpc["VpcId"], cidr
