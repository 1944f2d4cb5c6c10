"""The site's own VPC: its subnets, and their internet access."""

from typing import Any

from troposphere import AWSHelperFn, AWSObject, GetAtt, GetAZs, Ref, Select, Tags, ec2
from troposphere import Cidr as CidrFn

from resilient_website.context import Context
from resilient_website.tiers.network import egress, endpoints
from resilient_website.tiers.network.plan import MAX_ZONES, TIERS, Subnet, plan_subnets
from resilient_website.tiers.network.result import Network
from resilient_website.tiers.network.spec import NetworkSpec


def build(context: Context, spec: NetworkSpec) -> Network:
    """Return the VPC, its subnets, routes and gateways."""
    private_web = spec.web_subnets == "Private"
    tiers = TIERS if private_web else tuple(tier for tier in TIERS if tier != "Web")
    subnets = plan_subnets(spec.cidr_block, spec.zone_count, tiers)
    vpc = _vpc(context, spec)
    ipv6 = [_ipv6_block(context)] if spec.dual_stack else []
    public_routes = egress.public_routes(context, dual_stack=spec.dual_stack)
    web_routes = egress.web_routes(context, spec) if private_web else ()
    private_table = ec2.RouteTable(context.id("PrivateRouteTable"), VpcId=Ref(vpc), Tags=name_tag(context, "private"))
    in_subnets = [part for subnet in subnets for part in _subnet(context, spec, subnet)]
    tables = [*(route.title for route in (*public_routes, *web_routes) if isinstance(route, ec2.RouteTable))]
    gateway = endpoints.s3_gateway(context, [*tables, private_table.title])
    interfaces = endpoints.interfaces(context, spec, _refs(context, subnets, "Web" if private_web else "Public"))
    public_ready = _ready(context, public_routes, subnets, "Public")
    return Network(
        resources=(vpc, *ipv6, *public_routes, *web_routes, private_table, *in_subnets, gateway, *interfaces),
        vpc_id=Ref(vpc),
        zone_count=spec.zone_count,
        zones=tuple(
            GetAtt(context.id(f"PublicSubnet{zone + 1}"), "AvailabilityZone") for zone in range(spec.zone_count)
        ),
        dual_stack=spec.dual_stack,
        public_subnets=_refs(context, subnets, "Public"),
        web_subnets=_refs(context, subnets, "Web" if private_web else "Public"),
        database_subnets=_refs(context, subnets, "Database"),
        cache_subnets=_refs(context, subnets, "Cache"),
        file_subnets=_refs(context, subnets, "Database"),
        internet_ready=public_ready,
        web_ready=(
            *(_ready(context, web_routes, subnets, "Web") if private_web else public_ready),
            *(part.title for part in interfaces if isinstance(part, ec2.VPCEndpoint)),
            gateway.title,
        ),
        endpoint_group_id=endpoints.group_id(context) if interfaces else None,
        closed=spec.closed,
    )


def name_tag(context: Context, purpose: str) -> Tags:
    """Return the tag that the Console shows as a resource's name."""
    return Tags(Name=context.title(purpose))


def _refs(context: Context, subnets: tuple[Subnet, ...], tier: str) -> tuple[AWSHelperFn, ...]:
    return tuple(Ref(context.id(subnet.suffix)) for subnet in subnets if subnet.tier == tier)


def _ready(context: Context, routes: tuple[AWSObject, ...], subnets: tuple[Subnet, ...], tier: str) -> tuple[str, ...]:
    """Return the logical ids that a tier's internet access depends on."""
    return (
        *(route.title for route in routes if isinstance(route, ec2.Route)),
        *(context.id(f"{subnet.suffix}Routes") for subnet in subnets if subnet.tier == tier),
    )


def _vpc(context: Context, spec: NetworkSpec) -> ec2.VPC:
    return ec2.VPC(
        context.id("Vpc"),
        CidrBlock=spec.cidr_block,
        EnableDnsSupport=True,
        EnableDnsHostnames=True,
        Tags=name_tag(context, "vpc"),
    )


def _ipv6_block(context: Context) -> ec2.VPCCidrBlock:
    return ec2.VPCCidrBlock(
        egress.ipv6_block_id(context), VpcId=Ref(context.id("Vpc")), AmazonProvidedIpv6CidrBlock=True
    )


def _subnet(context: Context, spec: NetworkSpec, subnet: Subnet) -> tuple[AWSObject, AWSObject]:
    """Return a subnet and its route table association; only public subnets assign public addresses."""
    zones = spec.availability_zones
    zone = zones[subnet.zone] if isinstance(zones, tuple) else Select(subnet.zone, GetAZs(""))
    more: dict[str, Any] = {"MapPublicIpOnLaunch": True} if subnet.tier == "Public" else {}
    if spec.dual_stack and subnet.tier in ("Public", "Web"):
        blocks = CidrFn(Select(0, GetAtt(context.id("Vpc"), "Ipv6CidrBlocks")), MAX_ZONES * len(TIERS), 64)
        more |= {
            "DependsOn": egress.ipv6_block_id(context),
            "Ipv6CidrBlock": Select(subnet.index, blocks),
            "AssignIpv6AddressOnCreation": True,
        }
    made = ec2.Subnet(
        context.id(subnet.suffix),
        VpcId=Ref(context.id("Vpc")),
        AvailabilityZone=zone,
        CidrBlock=subnet.cidr_block,
        Tags=name_tag(context, f"{subnet.tier.lower()} {subnet.zone + 1}"),
        **more,
    )
    association = ec2.SubnetRouteTableAssociation(
        context.id(f"{subnet.suffix}Routes"),
        SubnetId=Ref(made),
        RouteTableId=Ref(egress.route_table_id(context, subnet)),
    )
    return made, association
