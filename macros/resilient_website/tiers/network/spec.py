"""The network's properties and defaults, and the combinations that can't work."""

from dataclasses import dataclass
from typing import Any

from resilient_website.intrinsics import is_literal
from resilient_website.kinds import AnyOf, Boolean, Choice, Cidr, Integer, ListOf, Reader, Text
from resilient_website.properties import prop
from resilient_website.tiers.network.plan import MOST_ZONES

# The zones that a new account gets; every other Region gives three or more. Source: "AWS Availability Zones" in the AWS
# Regions and Availability Zones guide.
ZONES_OF_SMALL_REGIONS = {"us-west-1": 2}

SUBNET_IDS = ListOf(Text("the id of a subnet", r"subnet-([0-9a-f]{8}|[0-9a-f]{17})"), 2, MOST_ZONES, known=False)

# What an instance without a way to the internet needs: Session Manager, its secrets, logs and metrics, the signal to
# CloudFormation, the end of a lifecycle hook. Source: "AWS services that integrate with AWS PrivateLink".
ENDPOINT_SERVICES = (
    "autoscaling",
    "cloudformation",
    "ec2",
    "ec2messages",
    "logs",
    "monitoring",
    "secretsmanager",
    "ssm",
    "ssmmessages",
)


@dataclass(frozen=True)
class NetworkSpec:
    """The network's properties and defaults."""

    cidr_block: str = prop(
        "CidrBlock",
        Cidr(largest=16, smallest=23),
        "10.0.0.0/16",
        structural=True,
        lands_on="AWS::EC2::VPC.CidrBlock",
        reason="the largest VPC there is; /23 is the smallest whose subnets hold a load balancer (/27)",
    )
    availability_zones: int | tuple[str, ...] = prop(
        "AvailabilityZones",
        AnyOf((Integer(2, MOST_ZONES), ListOf(Text("a zone's name", r"[a-z]{2}(-[a-z]+)+-\d[a-z]"), 2, MOST_ZONES))),
        3,
        structural=True,
        lands_on="AWS::EC2::Subnet, AWS::EC2::Subnet.AvailabilityZone",
        reason="with three zones the loss of one leaves two thirds of the capacity; a list names the zones to use",
    )
    ipv6: bool | None = prop(
        "Ipv6",
        Boolean(),
        None,
        structural=True,
        lands_on="AWS::EC2::VPCCidrBlock",
        reason="on when absent: a share of visitors has IPv6 only, and it costs nothing. In a VPC of yours: off, "
        "unless you say that its subnets have IPv6",
    )
    web_subnets: str = prop(
        "WebSubnets",
        Choice(("Public", "Private")),
        "Public",
        structural=True,
        lands_on="AWS::EC2::Subnet, AWS::AutoScaling::AutoScalingGroup.VPCZoneIdentifier",
        reason="public: the simple design, whose security groups admit nobody but the load balancer; private ones need "
        "a NAT gateway a zone, which costs more than the servers of a small site",
    )
    nat_gateways: str = prop(
        "NatGateways",
        Choice(("PerZone", "None")),
        "PerZone",
        structural=True,
        lands_on="AWS::EC2::NatGateway",
        reason="for private web subnets: one a zone, since a lost zone must not cut off the others. None: no way out "
        "but VPC endpoints for what the servers need of AWS",
    )
    endpoint_services: tuple[str, ...] = prop(
        "EndpointServices",
        ListOf(Text("the last part of a service's name, as in sqs", r"[a-z0-9.-]+"), 0, 30),
        (),
        structural=True,
        lands_on="AWS::EC2::VPCEndpoint",
        reason="more interface endpoints than the servers' own, which come with NatGateways: None. A gateway endpoint "
        "for S3 is always there: it is free",
    )
    flow_logs: str = prop(
        "FlowLogs",
        Choice(("ALL", "ACCEPT", "REJECT", "None")),
        "REJECT",
        structural=True,
        lands_on="AWS::EC2::FlowLog, AWS::EC2::FlowLog.TrafficType",
        reason="what was refused shows attacks and wrong rules, and is little; kept in the logs' bucket",
    )
    vpc_id: Any = prop(
        "VpcId",
        Text("the id of a VPC", r"vpc-([0-9a-f]{8}|[0-9a-f]{17})"),
        None,
        presence=True,
        lands_on="AWS::EC2::VPC, AWS::EC2::SecurityGroup.VpcId, AWS::ElasticLoadBalancingV2::TargetGroup.VpcId",
        reason="absent: the site makes a VPC of its own. Given, its subnets are used as they are",
    )
    public_subnet_ids: tuple[Any, ...] = prop(
        "PublicSubnetIds",
        SUBNET_IDS,
        (),
        structural=True,
        lands_on="AWS::ElasticLoadBalancingV2::LoadBalancer.Subnets",
        reason="with VpcId: the load balancer's subnets, one a zone",
    )
    web_subnet_ids: tuple[Any, ...] = prop(
        "WebSubnetIds",
        SUBNET_IDS,
        (),
        structural=True,
        lands_on="AWS::AutoScaling::AutoScalingGroup.VPCZoneIdentifier",
        reason="with VpcId: the web servers' subnets; PublicSubnetIds when absent",
    )
    database_subnet_ids: tuple[Any, ...] = prop(
        "DatabaseSubnetIds",
        SUBNET_IDS,
        (),
        structural=True,
        lands_on="AWS::RDS::DBSubnetGroup.SubnetIds",
        reason="with VpcId: the database's subnets, which need no way out",
    )
    cache_subnet_ids: tuple[Any, ...] = prop(
        "CacheSubnetIds",
        SUBNET_IDS,
        (),
        structural=True,
        lands_on="AWS::ElastiCache::SubnetGroup.SubnetIds",
        reason="with VpcId: the cache's subnets; DatabaseSubnetIds when absent",
    )

    @property
    def is_own(self) -> bool:
        """Whether the site makes its VPC."""
        return self.vpc_id is None

    @property
    def dual_stack(self) -> bool:
        """Whether the site has IPv6."""
        return self.is_own if self.ipv6 is None else self.ipv6

    @property
    def zone_count(self) -> int:
        """How many zones the site stands in."""
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
        """Whether the web servers have no way out but VPC endpoints."""
        return self.is_own and self.web_subnets == "Private" and self.nat_gateways == "None"

    @property
    def services(self) -> tuple[str, ...]:
        """The services that get an interface endpoint, in alphabetical order."""
        return tuple(sorted({*(ENDPOINT_SERVICES if self.closed else ()), *self.endpoint_services}))


# Properties that make a VPC, and those that describe one that exists.
OF_OWN_VPC = ("CidrBlock", "WebSubnets", "NatGateways", "EndpointServices", "FlowLogs")
OF_EXISTING_VPC = ("PublicSubnetIds", "WebSubnetIds", "DatabaseSubnetIds", "CacheSubnetIds")


def check(spec: NetworkSpec, path: str, reader: Reader, *, needs_private_subnets: bool) -> None:
    """Note zones that the Region has not, and what does not go with a VPC that exists, or that does not.

    `needs_private_subnets`: the site has a database or a cache.
    """
    if spec.is_own:
        _check_own(spec, path, reader)
        _check_zones(spec, path, reader)
    else:
        _check_existing(spec, path, reader, needs_private_subnets=needs_private_subnets)


def _check_own(spec: NetworkSpec, path: str, reader: Reader) -> None:
    for name, given in zip(OF_EXISTING_VPC, _subnet_ids(spec), strict=True):
        if given:
            reader.problem(f"{path}.{name}", "found without VpcId", "write the VpcId of these subnets, or leave it out")
    if spec.web_subnets == "Public" and spec.nat_gateways == "None":
        reader.problem(
            f"{path}.NatGateways",
            "found None, but public subnets have none anyway",
            "write WebSubnets: Private too, or leave it out",
        )


def _check_zones(spec: NetworkSpec, path: str, reader: Reader) -> None:
    offered = ZONES_OF_SMALL_REGIONS.get(reader.region, MOST_ZONES)
    if spec.zone_count > offered:
        reader.problem(
            f"{path}.AvailabilityZones",
            f"found {spec.zone_count} zones, but {reader.region} gives an account {offered}",
            f"write AvailabilityZones: {offered}, or use another Region",
        )
    zones = spec.availability_zones
    for zone in zones if isinstance(zones, tuple) else ():
        if not zone.startswith(reader.region):
            reader.problem(
                f"{path}.AvailabilityZones",
                f"found {zone}, which is not in {reader.region}",
                "name zones of the stack's own Region, or give their number",
            )
    if isinstance(zones, tuple) and len(set(zones)) < len(zones):
        reader.problem(f"{path}.AvailabilityZones", "found a zone twice", "name each zone once")


def _check_existing(spec: NetworkSpec, path: str, reader: Reader, *, needs_private_subnets: bool) -> None:
    defaults = NetworkSpec()
    for name, value, absent in zip(OF_OWN_VPC, _of_own_vpc(spec), _of_own_vpc(defaults), strict=True):
        if value != absent:
            reader.problem(f"{path}.{name}", "found together with VpcId", "leave it out: the VPC is yours to change")
    if not spec.public_subnet_ids:
        reader.problem(
            f"{path}.PublicSubnetIds", "missing, but there is a VpcId", "write the load balancer's subnets, one a zone"
        )
    if needs_private_subnets and not spec.database_subnet_ids and not spec.cache_subnet_ids:
        reader.problem(
            f"{path}.DatabaseSubnetIds",
            "missing, but there is a VpcId",
            "write two or more subnets without a way out, in different zones",
        )
    for name, given in zip(OF_EXISTING_VPC, _subnet_ids(spec), strict=True):
        literal = [subnet for subnet in given if is_literal(subnet)]
        if len(set(literal)) < len(literal):
            reader.problem(f"{path}.{name}", "found a subnet twice", "name one subnet a zone")


def _of_own_vpc(spec: NetworkSpec) -> tuple[Any, ...]:
    return spec.cidr_block, spec.web_subnets, spec.nat_gateways, spec.endpoint_services, spec.flow_logs


def _subnet_ids(spec: NetworkSpec) -> tuple[tuple[Any, ...], ...]:
    return spec.public_subnet_ids, spec.web_subnet_ids, spec.database_subnet_ids, spec.cache_subnet_ids
