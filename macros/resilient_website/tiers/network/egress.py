"""Internet access: an internet gateway for public subnets, one NAT gateway per zone for private web subnets."""

from troposphere import AWSObject, GetAtt, Ref, Tags, ec2

from resilient_website.context import Context
from resilient_website.tiers.network.plan import Subnet
from resilient_website.tiers.network.spec import NetworkSpec


def ipv6_block_id(context: Context) -> str:
    """Return the logical id of the VPC's IPv6 block."""
    return context.id("VpcIpv6CidrBlock")


def route_table_id(context: Context, subnet: Subnet) -> str:
    """Return the logical id of the route table that a subnet uses."""
    tables = {"Public": "PublicRouteTable", "Web": f"WebRouteTable{subnet.zone + 1}"}
    return context.id(tables.get(subnet.tier, "PrivateRouteTable"))


def public_routes(context: Context, *, dual_stack: bool) -> tuple[AWSObject, ...]:
    """Return the internet gateway, and the route table of the public subnets."""
    vpc = Ref(context.id("Vpc"))
    gateway = ec2.InternetGateway(context.id("InternetGateway"), Tags=Tags(Name=context.title("internet")))
    attachment = ec2.VPCGatewayAttachment(_attachment_id(context), VpcId=vpc, InternetGatewayId=Ref(gateway))
    table = ec2.RouteTable(context.id("PublicRouteTable"), VpcId=vpc, Tags=Tags(Name=context.title("public")))
    ipv4 = ec2.Route(
        context.id("PublicRoute"),
        DependsOn=attachment.title,
        RouteTableId=Ref(table),
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=Ref(gateway),
    )
    if not dual_stack:
        return gateway, attachment, table, ipv4
    ipv6 = ec2.Route(
        context.id("PublicRouteIpv6"),
        DependsOn=[attachment.title, ipv6_block_id(context)],
        RouteTableId=Ref(table),
        DestinationIpv6CidrBlock="::/0",
        GatewayId=Ref(gateway),
    )
    return gateway, attachment, table, ipv4, ipv6


def web_routes(context: Context, spec: NetworkSpec) -> tuple[AWSObject, ...]:
    """Return the route tables of the private web subnets, one per zone, and their routes' targets."""
    parts: list[AWSObject] = []
    egress_only = spec.dual_stack and not spec.closed
    if egress_only:
        parts.append(
            ec2.EgressOnlyInternetGateway(context.id("EgressOnlyInternetGateway"), VpcId=Ref(context.id("Vpc")))
        )
    for zone in range(1, spec.zone_count + 1):
        table = ec2.RouteTable(
            context.id(f"WebRouteTable{zone}"),
            VpcId=Ref(context.id("Vpc")),
            Tags=Tags(Name=context.title(f"web {zone}")),
        )
        parts.append(table)
        if not spec.closed:
            parts += _nat(context, zone)
        if egress_only:
            parts.append(
                ec2.Route(
                    context.id(f"WebRouteIpv6{zone}"),
                    DependsOn=ipv6_block_id(context),
                    RouteTableId=Ref(table),
                    DestinationIpv6CidrBlock="::/0",
                    EgressOnlyInternetGatewayId=Ref(context.id("EgressOnlyInternetGateway")),
                )
            )
    return tuple(parts)


def _attachment_id(context: Context) -> str:
    return context.id("InternetGatewayAttachment")


def _nat(context: Context, zone: int) -> tuple[AWSObject, ...]:
    """Return a zone's NAT gateway, in its public subnet, with its address and the route to it."""
    address = ec2.EIP(
        context.id(f"NatAddress{zone}"),
        DependsOn=_attachment_id(context),
        Domain="vpc",
        Tags=Tags(Name=context.title(f"nat {zone}")),
    )
    gateway = ec2.NatGateway(
        context.id(f"NatGateway{zone}"),
        # A gateway without a route to the internet never becomes available.
        DependsOn=[context.id("PublicRoute"), context.id(f"PublicSubnet{zone}Routes")],
        AllocationId=GetAtt(address, "AllocationId"),
        SubnetId=Ref(context.id(f"PublicSubnet{zone}")),
        Tags=Tags(Name=context.title(f"nat {zone}")),
    )
    route = ec2.Route(
        context.id(f"WebRoute{zone}"),
        RouteTableId=Ref(context.id(f"WebRouteTable{zone}")),
        DestinationCidrBlock="0.0.0.0/0",
        NatGatewayId=Ref(gateway),
    )
    return address, gateway, route
