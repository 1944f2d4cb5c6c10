"""The network: a VPC over two to four zones, with subnets of their own for each tier.

Resilient because each tier has a subnet in every zone, so that the loss of a zone leaves the others whole. Safe because
the database's and the cache's subnets have no route out of the VPC, and the default security group is not used.
"""

import ipaddress
from dataclasses import dataclass
from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, GetAZs, Ref, Select, Sub, Tags, ec2
from troposphere import Cidr as CidrFn

from resilient_website.context import Context
from resilient_website.kinds import AnyOf, Boolean, Cidr, Integer, ListOf, Reader, Text
from resilient_website.properties import prop

# The zones that a new account gets; every other Region gives three or more. Source: "AWS Availability Zones" in the AWS
# Regions and Availability Zones guide.
ZONES_OF_SMALL_REGIONS = {"us-west-1": 2}

# The VPC is cut into 16 equal blocks: four tiers of at most four zones. A zone's blocks never depend on how many zones
# there are, so that adding one moves nothing (a subnet whose CIDR changes is replaced, and its database with it).
MOST_ZONES = 4
TIERS = ("Public", "Web", "Database", "Cache")


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
    ipv6: bool = prop(
        "Ipv6",
        Boolean(),
        True,
        structural=True,
        lands_on="AWS::EC2::VPCCidrBlock",
        reason="a share of visitors has IPv6 only, and it costs nothing",
    )

    @property
    def zone_count(self) -> int:
        """How many zones the site stands in."""
        zones = self.availability_zones
        return zones if isinstance(zones, int) else len(zones)


@dataclass(frozen=True)
class Subnet:
    """A subnet to be: its tier, its zone's index from 0, and its IPv4 block."""

    tier: str
    zone: int
    cidr_block: str


@dataclass(frozen=True)
class Network:
    """What later tiers use of the network."""

    resources: tuple[AWSObject, ...]
    vpc_id: AWSHelperFn
    zone_count: int
    zones: tuple[AWSHelperFn, ...]
    dual_stack: bool
    public_subnets: tuple[AWSHelperFn, ...]
    web_subnets: tuple[AWSHelperFn, ...]
    database_subnets: tuple[AWSHelperFn, ...]
    cache_subnets: tuple[AWSHelperFn, ...]
    internet_ready: tuple[str, ...]

    @property
    def attributes(self) -> dict[str, Any]:
        """The site's attributes that come from here."""
        return {"VpcId": self.vpc_id}


def check(spec: NetworkSpec, path: str, reader: Reader) -> None:
    """Note the zones that the Region has not."""
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


def plan_subnets(cidr_block: str, zone_count: int) -> tuple[Subnet, ...]:
    """Return the subnets of every tier and zone, as sixteenths of the VPC.

    The block of a tier and zone is the same whatever `zone_count` is.
    """
    blocks = tuple(ipaddress.IPv4Network(cidr_block).subnets(prefixlen_diff=4))
    return tuple(
        Subnet(tier, zone, str(blocks[MOST_ZONES * index + zone]))
        for index, tier in enumerate(TIERS)
        if tier != "Web"  # kept free: web servers stand in the public subnets
        for zone in range(zone_count)
    )


def build(context: Context, spec: NetworkSpec) -> Network:
    """Return the VPC, its subnets, routes and gateways."""
    subnets = plan_subnets(spec.cidr_block, spec.zone_count)
    vpc = _vpc(context, spec)
    gateway, attachment = _internet_gateway(context)
    ipv6 = _ipv6_block(context) if spec.ipv6 else None
    public_routes = _public_routes(context, attachment, ipv6)
    private_table = ec2.RouteTable(context.id("PrivateRouteTable"), VpcId=Ref(vpc), Tags=_name(context, "private"))
    parts: list[AWSObject] = [vpc, gateway, attachment, *public_routes, private_table]
    parts += [ipv6] if ipv6 else []
    for subnet in subnets:
        parts += _subnet(context, spec, subnet)
    parts.append(_s3_endpoint(context))
    return Network(
        resources=tuple(parts),
        vpc_id=Ref(vpc),
        zone_count=spec.zone_count,
        zones=tuple(
            GetAtt(context.id(f"PublicSubnet{zone + 1}"), "AvailabilityZone") for zone in range(spec.zone_count)
        ),
        dual_stack=spec.ipv6,
        public_subnets=_refs(context, subnets, "Public"),
        web_subnets=_refs(context, subnets, "Public"),
        database_subnets=_refs(context, subnets, "Database"),
        cache_subnets=_refs(context, subnets, "Cache"),
        internet_ready=(
            *(part.title for part in public_routes if isinstance(part, ec2.Route)),
            *(context.id(f"PublicSubnet{zone + 1}Routes") for zone in range(spec.zone_count)),
        ),
    )


def _refs(context: Context, subnets: tuple[Subnet, ...], tier: str) -> tuple[AWSHelperFn, ...]:
    return tuple(Ref(context.id(f"{tier}Subnet{subnet.zone + 1}")) for subnet in subnets if subnet.tier == tier)


def _name(context: Context, purpose: str) -> Tags:
    return Tags(Name=context.title(purpose))


def _vpc(context: Context, spec: NetworkSpec) -> ec2.VPC:
    return ec2.VPC(
        context.id("Vpc"),
        CidrBlock=spec.cidr_block,
        EnableDnsSupport=True,
        EnableDnsHostnames=True,
        Tags=_name(context, "vpc"),
    )


def _internet_gateway(context: Context) -> tuple[ec2.InternetGateway, ec2.VPCGatewayAttachment]:
    gateway = ec2.InternetGateway(context.id("InternetGateway"), Tags=_name(context, "internet"))
    attachment = ec2.VPCGatewayAttachment(
        context.id("InternetGatewayAttachment"), VpcId=Ref(context.id("Vpc")), InternetGatewayId=Ref(gateway)
    )
    return gateway, attachment


def _ipv6_block(context: Context) -> ec2.VPCCidrBlock:
    return ec2.VPCCidrBlock(
        context.id("VpcIpv6CidrBlock"), VpcId=Ref(context.id("Vpc")), AmazonProvidedIpv6CidrBlock=True
    )


def _public_routes(
    context: Context, attachment: ec2.VPCGatewayAttachment, ipv6: ec2.VPCCidrBlock | None
) -> list[AWSObject]:
    gateway = Ref(context.id("InternetGateway"))
    table = ec2.RouteTable(context.id("PublicRouteTable"), VpcId=Ref(context.id("Vpc")), Tags=_name(context, "public"))
    routes: list[AWSObject] = [
        table,
        ec2.Route(
            context.id("PublicRoute"),
            DependsOn=attachment.title,
            RouteTableId=Ref(table),
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=gateway,
        ),
    ]
    if ipv6:
        routes.append(
            ec2.Route(
                context.id("PublicRouteIpv6"),
                DependsOn=[attachment.title, ipv6.title],
                RouteTableId=Ref(table),
                DestinationIpv6CidrBlock="::/0",
                GatewayId=gateway,
            )
        )
    return routes


def _subnet(context: Context, spec: NetworkSpec, subnet: Subnet) -> tuple[AWSObject, AWSObject]:
    """Return a subnet and its route table's association; only public subnets have a way out and public addresses."""
    number = subnet.zone + 1
    public = subnet.tier == "Public"
    zones = spec.availability_zones
    zone = zones[subnet.zone] if isinstance(zones, tuple) else Select(subnet.zone, GetAZs(""))
    more: dict[str, Any] = {"MapPublicIpOnLaunch": True} if public else {}
    if spec.ipv6 and public:
        blocks = CidrFn(Select(0, GetAtt(context.id("Vpc"), "Ipv6CidrBlocks")), MOST_ZONES * len(TIERS), 64)
        more |= {
            "DependsOn": context.id("VpcIpv6CidrBlock"),
            "Ipv6CidrBlock": Select(subnet.zone, blocks),
            "AssignIpv6AddressOnCreation": True,
        }
    made = ec2.Subnet(
        context.id(f"{subnet.tier}Subnet{number}"),
        VpcId=Ref(context.id("Vpc")),
        AvailabilityZone=zone,
        CidrBlock=subnet.cidr_block,
        Tags=_name(context, f"{subnet.tier.lower()} {number}"),
        **more,
    )
    association = ec2.SubnetRouteTableAssociation(
        context.id(f"{subnet.tier}Subnet{number}Routes"),
        SubnetId=Ref(made),
        RouteTableId=Ref(context.id("PublicRouteTable" if public else "PrivateRouteTable")),
    )
    return made, association


def _s3_endpoint(context: Context) -> ec2.VPCEndpoint:
    """Return the free gateway endpoint: traffic to S3 (packages, assets) stays inside AWS, and needs no NAT."""
    return ec2.VPCEndpoint(
        context.id("S3Endpoint"),
        VpcId=Ref(context.id("Vpc")),
        VpcEndpointType="Gateway",
        ServiceName=Sub("com.amazonaws.${AWS::Region}.s3"),
        RouteTableIds=[Ref(context.id("PublicRouteTable")), Ref(context.id("PrivateRouteTable"))],
    )
