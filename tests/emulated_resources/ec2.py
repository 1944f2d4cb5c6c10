"""EC2: rules of security groups, addresses, gateways, flow logs and IPv6 blocks."""

from collections.abc import Callable
from typing import Any

from tests.emulated_resources.case import Case, Client, att, listed, ref
from tests.emulated_resources.surroundings import GROUPS, LOGS, SUBNETS, VPC


def rules_of(direction: str) -> Callable[[Client, str], Any]:
    def seen(client: Client, rule_id: str) -> Any:
        rules = client("ec2").describe_security_group_rules()["SecurityGroupRules"]
        return [
            rule
            for rule in rules
            if rule["SecurityGroupRuleId"] == rule_id and rule["IsEgress"] == (direction == "egress")
        ]

    return seen


def vpc_blocks(client: Client, association: str) -> Any:
    return [
        entry
        for vpc in client("ec2").describe_vpcs()["Vpcs"]
        for entry in vpc.get("Ipv6CidrBlockAssociationSet", [])
        if entry["AssociationId"] == association
    ]


RULE = {"GroupId": ref("Group"), "IpProtocol": "tcp", "FromPort": "80", "ToPort": 80, "CidrIp": "10.0.0.0/8"}


CASES = [
    Case(
        "AWS::EC2::SecurityGroupIngress",
        RULE,
        rules_of("ingress"),
        {"Description": "said otherwise"},
        {"FromPort": 443, "ToPort": 443},
        GROUPS,
        ("Id",),
    ),
    Case(
        "AWS::EC2::SecurityGroupEgress",
        {"GroupId": ref("Group"), "IpProtocol": "-1", "DestinationSecurityGroupId": ref("Other")},
        rules_of("egress"),
        {"Description": "said otherwise"},
        {"GroupId": ref("Other")},
        GROUPS,
    ),
    Case(
        "AWS::EC2::EIP",
        {"Domain": "vpc"},
        listed("ec2", "describe_addresses", "Addresses", "PublicIp"),
        {"Tags": [{"Key": "Name", "Value": "a"}]},
        {"NetworkBorderGroup": "us-east-1-x"},
        attributes=("AllocationId", "PublicIp"),
    ),
    Case(
        "AWS::EC2::NatGateway",
        {"SubnetId": ref("Subnet0"), "AllocationId": att("Eip", "AllocationId")},
        listed("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
        {"Tags": [{"Key": "Name", "Value": "a"}]},
        {"SubnetId": ref("Subnet1")},
        {**SUBNETS, "Eip": {"Type": "AWS::EC2::EIP"}},
        ("NatGatewayId",),
    ),
    Case(
        "AWS::EC2::FlowLog",
        {
            "ResourceId": ref("Vpc"),
            "ResourceType": "VPC",
            "TrafficType": "REJECT",
            "LogDestinationType": "s3",
            "LogDestination": att("Bucket", "Arn"),
        },
        listed("ec2", "describe_flow_logs", "FlowLogs", "FlowLogId"),
        replaced={"TrafficType": "ALL"},
        around={**VPC, **LOGS},
        attributes=("Id",),
    ),
    Case(
        "AWS::EC2::VPCCidrBlock",
        {"VpcId": ref("Vpc"), "AmazonProvidedIpv6CidrBlock": True},
        vpc_blocks,
        replaced={"VpcId": ref("Vpc2")},
        around={**VPC, "Vpc2": VPC["Vpc"]},
    ),
    Case(
        "AWS::EC2::EgressOnlyInternetGateway",
        {"VpcId": ref("Vpc")},
        listed(
            "ec2",
            "describe_egress_only_internet_gateways",
            "EgressOnlyInternetGateways",
            "EgressOnlyInternetGatewayId",
        ),
        {"Tags": [{"Key": "Name", "Value": "a"}]},
        {"VpcId": ref("Vpc2")},
        {**VPC, "Vpc2": VPC["Vpc"]},
        ("Id",),
    ),
]
