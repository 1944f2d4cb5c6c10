"""The network's properties and defaults."""

from dataclasses import field
from typing import Any

from resilient_website.frozen import frozen
from resilient_website.reading.collection_types import AnyOf, ListOf
from resilient_website.reading.properties import Need, PropertyGroup, prop
from resilient_website.reading.property_types import Boolean, Choice, Cidr, Integer, Text
from resilient_website.tiers.network.plan import MAX_ZONES

SUBNET_IDS = ListOf(
    Text("the id of a subnet, as in subnet-0123456789abcdea1", r"subnet-([0-9a-f]{8}|[0-9a-f]{17})"),
    2,
    MAX_ZONES,
    known=False,
)

# Services that an instance without internet access needs: Session Manager, secrets, logs and metrics, CloudFormation's
# signal, the end of a lifecycle hook. SSM Agent 3.3.40 and newer don't need ec2messages. Sources: "AWS services that
# integrate with AWS PrivateLink"; "Reference: ec2messages, ssmmessages, and other API operations" in the AWS Systems
# Manager User Guide.
ENDPOINT_SERVICES = (
    "autoscaling",
    "cloudformation",
    "ec2",
    "logs",
    "monitoring",
    "secretsmanager",
    "ssm",
    "ssmmessages",
)

# For images in Amazon ECR, whose layers are in S3. Source: "Amazon ECR interface VPC endpoints (AWS PrivateLink)".
IMAGE_SERVICES = ("ecr.api", "ecr.dkr")


@frozen
class NetworkSpec(PropertyGroup):
    """The network's properties and defaults."""

    cidr_block: str = prop(
        "CidrBlock",
        Cidr(largest=16, smallest=23),
        "10.0.0.0/16",
        known_at_expansion=True,
        examples=("10.64.0.0/16",),
        maps_to="AWS::EC2::VPC.CidrBlock",
        reason="the largest possible VPC; /23 is the smallest whose subnets have room for a load balancer (/27)",
    )
    availability_zones: int | tuple[str, ...] = prop(
        "AvailabilityZones",
        AnyOf(
            (
                Integer(2, MAX_ZONES),
                ListOf(Text("the name of a zone, as in us-east-1a", r"[a-z]{2}(-[a-z]+)+-\d[a-z]"), 2, MAX_ZONES),
            )
        ),
        3,
        known_at_expansion=True,
        examples=(2, 4, ["us-east-1a", "us-east-1b"]),
        maps_to="AWS::EC2::Subnet, AWS::EC2::Subnet.AvailabilityZone",
        reason="with three zones, losing one leaves two thirds of the capacity; a list selects the zones",
    )
    ipv6: bool | None = prop(
        "Ipv6",
        Boolean(),
        None,
        known_at_expansion=True,
        maps_to="AWS::EC2::VPCCidrBlock",
        reason="on when absent: some visitors have only IPv6, and it is free. In an existing VPC: off, unless you "
        "declare that its subnets have IPv6",
    )
    web_subnets: str = prop(
        "WebSubnets",
        Choice(("Public", "Private")),
        "Public",
        known_at_expansion=True,
        maps_to="AWS::EC2::Subnet, AWS::AutoScaling::AutoScalingGroup.VPCZoneIdentifier",
        reason="public: the simple design, whose security groups admit only the load balancer; private subnets need "
        "one NAT gateway per zone, which costs more than the servers of a small site (docs/costs.md)",
    )
    nat_gateways: str = prop(
        "NatGateways",
        Choice(("PerZone", "None")),
        "PerZone",
        known_at_expansion=True,
        needs=(Need("Network.WebSubnets", values=("Private",)),),
        maps_to="AWS::EC2::NatGateway",
        reason="for private web subnets: one per zone, so that losing a zone doesn't cut off the others. None: no "
        "internet access, only VPC endpoints for the AWS services that the servers need, which cost more than NAT "
        "gateways in the same zones (docs/costs.md compares them)",
    )
    endpoint_services: tuple[str, ...] = prop(
        "EndpointServices",
        ListOf(Text("the last part of a service name, as in sqs", r"[a-z0-9.-]+"), 0, 30),
        (),
        known_at_expansion=True,
        examples=(["sqs"], ["sns", "kms"]),
        maps_to="AWS::EC2::VPCEndpoint",
        reason="interface endpoints in addition to those that the servers get with NatGateways: None. A gateway "
        "endpoint for S3 is always included: it is free",
    )
    flow_logs: str = prop(
        "FlowLogs",
        Choice(("ALL", "ACCEPT", "REJECT", "None")),
        "REJECT",
        known_at_expansion=True,
        maps_to="AWS::EC2::FlowLog, AWS::EC2::FlowLog.TrafficType",
        reason="rejected traffic shows attacks and misconfigured rules, and has little volume; stored in the logs' "
        "bucket",
    )
    vpc_id: Any = prop(
        "VpcId",
        Text("the id of a VPC, as in vpc-0123456789abcdef0", r"vpc-([0-9a-f]{8}|[0-9a-f]{17})"),
        None,
        presence_decides=True,
        examples=("vpc-0123456789abcdef0",),
        needs=(
            Need("Network.PublicSubnetIds"),
            Need("Network.DatabaseSubnetIds"),
        ),
        maps_to="AWS::EC2::VPC, AWS::EC2::SecurityGroup.VpcId, AWS::ElasticLoadBalancingV2::TargetGroup.VpcId",
        reason="absent: the site creates its own VPC. When set, the VPC's subnets are used unchanged",
    )
    public_subnet_ids: tuple[Any, ...] = prop(
        "PublicSubnetIds",
        SUBNET_IDS,
        (),
        known_at_expansion=True,
        examples=(["subnet-0123456789abcdea1", "subnet-0123456789abcdea2"],),
        needs=(Need("Network.VpcId"),),
        maps_to="AWS::ElasticLoadBalancingV2::LoadBalancer.Subnets",
        reason="with VpcId: the load balancer's subnets, one per zone",
    )
    web_subnet_ids: tuple[Any, ...] = prop(
        "WebSubnetIds",
        SUBNET_IDS,
        (),
        known_at_expansion=True,
        examples=(["subnet-0123456789abcdeb1", "subnet-0123456789abcdeb2"],),
        needs=(Need("Network.VpcId"),),
        maps_to="AWS::AutoScaling::AutoScalingGroup.VPCZoneIdentifier",
        reason="with VpcId: the web servers' subnets; PublicSubnetIds when absent, where each server gets a public "
        "address",
    )
    database_subnet_ids: tuple[Any, ...] = prop(
        "DatabaseSubnetIds",
        SUBNET_IDS,
        (),
        known_at_expansion=True,
        examples=(["subnet-0123456789abcdec1", "subnet-0123456789abcdec2"],),
        needs=(Need("Network.VpcId"),),
        maps_to="AWS::RDS::DBSubnetGroup.SubnetIds",
        reason="with VpcId: the database's subnets, which need no internet access",
    )
    cache_subnet_ids: tuple[Any, ...] = prop(
        "CacheSubnetIds",
        SUBNET_IDS,
        (),
        known_at_expansion=True,
        examples=(["subnet-0123456789abcded1", "subnet-0123456789abcded2"],),
        needs=(Need("Network.VpcId"), Need("Cache", values=(True,))),
        maps_to="AWS::ElastiCache::SubnetGroup.SubnetIds",
        reason="with VpcId: the cache's subnets; DatabaseSubnetIds when absent",
    )

    # Whether the servers pull a container image from Amazon ECR.
    pulls_images: bool = field(default=False, kw_only=True)

    @property
    def is_own(self) -> bool:
        """Whether the site creates its VPC."""
        return self.vpc_id is None

    @property
    def dual_stack(self) -> bool:
        """Whether the site has IPv6."""
        return self.is_own if self.ipv6 is None else self.ipv6

    @property
    def zone_count(self) -> int:
        """The number of the site's zones."""
        if not self.is_own:
            return max(2, len(self.public_subnet_ids))
        zones = self.availability_zones
        return zones if isinstance(zones, int) else len(zones)

    @property
    def has_flow_logs(self) -> bool:
        """Whether the VPC gets a flow log."""
        return self.is_own and self.flow_logs != "None"

    @property
    def closed(self) -> bool:
        """Whether the web servers have VPC endpoints but no internet access."""
        return self.is_own and self.web_subnets == "Private" and self.nat_gateways == "None"

    @property
    def needed_services(self) -> tuple[str, ...]:
        """The services whose endpoints servers without internet access need."""
        return (*ENDPOINT_SERVICES, *(IMAGE_SERVICES if self.pulls_images else ()))

    @property
    def services(self) -> tuple[str, ...]:
        """The services with an interface endpoint, in alphabetical order."""
        return tuple(sorted({*(self.needed_services if self.closed else ()), *self.endpoint_services}))
