"""Invalid combinations of network properties, for the site's own VPC or an existing one."""

import ipaddress
from typing import Any

from resilient_website.cloudformation.intrinsics import is_literal
from resilient_website.facts.regions import FEWER_ZONES, MORE_THAN_THREE_ZONES, REGIONS, USUAL_ZONES
from resilient_website.problems import first_repeated
from resilient_website.reading.reader import Reader
from resilient_website.tiers.network.plan import MAX_ZONES
from resilient_website.tiers.network.spec import NetworkSpec

# Address blocks that are not routed on the internet, and that Amazon VPC accepts. Sources: RFC 1918; RFC 6598 for
# 100.64.0.0/10; RFC 2544 and "IPv4 CIDR block association restrictions" in the Amazon VPC User Guide for 198.19.0.0/16.
PRIVATE_BLOCKS = tuple(
    map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.19.0.0/16"))
)

# Services with gateway endpoints: their interface endpoints support private DNS names with restrictions, or not at all.
# Sources: "Gateway endpoints" in the AWS PrivateLink guide; "Private DNS" in "AWS PrivateLink for Amazon S3";
# "Considerations when using AWS PrivateLink for Amazon DynamoDB".
GATEWAY_SERVICES = ("s3", "dynamodb", "s3express")
GATEWAY_ADVICE = (
    "leave it out, and write an AWS::EC2::VPCEndpoint with type Gateway for the site's VPC (!GetAtt Site.VpcId)"
)

# How the full names of services begin; a Region and the name of an endpoint follow. Source: "AWS services that
# integrate with AWS PrivateLink" in the AWS PrivateLink guide.
OF_FULL_NAMES = ("com.amazonaws.", "aws.")

# Properties of a new VPC, and those that describe an existing one.
OF_OWN_VPC = ("CidrBlock", "AvailabilityZones", "WebSubnets", "NatGateways", "EndpointServices", "FlowLogs")
OF_EXISTING_VPC = ("PublicSubnetIds", "WebSubnetIds", "DatabaseSubnetIds", "CacheSubnetIds")


def check(spec: NetworkSpec, path: str, reader: Reader, *, needs_private_subnets: bool) -> None:
    """Note zones that the Region doesn't have, and properties that don't apply to an existing or a new VPC.

    `needs_private_subnets`: the site has a database or a cache.
    """
    if spec.is_own:
        _check_own(spec, path, reader)
        _check_zones(spec, path, reader)
    else:
        _check_existing(spec, path, reader, needs_private_subnets=needs_private_subnets)


def _check_own(spec: NetworkSpec, path: str, reader: Reader) -> None:
    """Check the properties of a VPC that the site creates."""
    for name, given in zip(OF_EXISTING_VPC, _subnet_ids(spec), strict=True):
        if given:
            fix = "write the VpcId of these subnets, or leave it out"
            reader.problem(f"{path}.{name}", "found without VpcId", fix, rests_on=[f"{path}.VpcId"])
    block = ipaddress.IPv4Network(spec.cidr_block)
    if not any(block.subnet_of(private) for private in PRIVATE_BLOCKS):
        fix = f"write a block within one of {', '.join(map(str, PRIVATE_BLOCKS))}"
        public = "which are public internet addresses: their owners could not reach the site"
        found = f"found {block}, {public if block.is_global else 'which are reserved, and not for networks'}"
        reader.problem(f"{path}.CidrBlock", found, fix)
    _check_endpoints(spec, path, reader)
    if spec.web_subnets == "Public" and spec.nat_gateways == "None":
        reader.problem(
            f"{path}.NatGateways",
            "found None, but public web subnets never use NAT gateways",
            "write WebSubnets: Private too, or leave it out",
            rests_on=[f"{path}.WebSubnets"],
        )


def zones_of(region: str) -> int:
    """Return the maximum number of zones of a site in a Region; the general maximum if the Region is not known."""
    usual = MAX_ZONES if region in MORE_THAN_THREE_ZONES or region not in REGIONS else USUAL_ZONES
    return FEWER_ZONES.get(region, usual)


def _endpoint(full_name: str, region: str) -> str:
    """Return the endpoint that a service's full name stands for; empty if it is one of another Region or provider."""
    name = full_name.removeprefix("com.amazonaws.").removeprefix(f"{region}.")
    return "" if full_name.startswith("aws.") or name.partition(".")[0] in REGIONS else name


def _check_endpoints(spec: NetworkSpec, path: str, reader: Reader) -> None:
    """Note full names, and services whose interface endpoints don't support private DNS, so that EC2 rejects them."""
    for index, service in enumerate(spec.endpoint_services):
        if service.startswith(OF_FULL_NAMES):
            meant = _endpoint(service, reader.region)
            own = "write an AWS::EC2::VPCEndpoint for the site's VPC (!GetAtt Site.VpcId)"
            fix = f"did you mean {meant}?" if meant else own
            found = f"found {service}, the full name of a service; the site adds com.amazonaws.{reader.region}"
            reader.problem(f"{path}.EndpointServices[{index}]", found, fix)
        if service in GATEWAY_SERVICES:
            found = f"found {service}, whose interface endpoint doesn't support private DNS for the service's name"
            own = "leave it out: the site has a gateway endpoint for S3" if service == "s3" else GATEWAY_ADVICE
            reader.problem(f"{path}.EndpointServices[{index}]", found, own)


def _check_zones(spec: NetworkSpec, path: str, reader: Reader) -> None:
    """Check the number of Availability Zones, or their names, against the Region."""
    offered = zones_of(reader.region)
    if spec.zone_count > offered:
        reader.problem(
            f"{path}.AvailabilityZones",
            f"found {spec.zone_count} zones, but an account has {offered} in {reader.region}",
            f"write AvailabilityZones: {offered}, or use another Region",
        )
    zones = spec.availability_zones
    for zone in zones if isinstance(zones, tuple) else ():
        if not zone.startswith(reader.region):
            reader.problem(
                f"{path}.AvailabilityZones",
                f"found {zone}, which is not in {reader.region}",
                "list zones of the stack's Region, or write their number",
            )
    twice = first_repeated(zones if isinstance(zones, tuple) else ())
    if twice:
        reader.problem(f"{path}.AvailabilityZones", f"found {twice} twice", "list each zone once")


def _check_existing(spec: NetworkSpec, path: str, reader: Reader, *, needs_private_subnets: bool) -> None:
    """Check the properties that an existing VPC needs, and those that it can't have."""
    for name in OF_OWN_VPC:
        if name in spec.given:
            of_subnets = name == "AvailabilityZones"
            why = "the zones are those of the subnets" if of_subnets else "an existing VPC is not changed"
            fix = f"leave it out, since {why}; or leave out VpcId"
            reader.problem(f"{path}.{name}", "found together with VpcId", fix)
    if not spec.public_subnet_ids:
        reader.problem(
            f"{path}.PublicSubnetIds", "missing, but VpcId is set", "write the load balancer's subnets, one per zone"
        )
    if needs_private_subnets and not spec.database_subnet_ids and not spec.cache_subnet_ids:
        reader.problem(
            f"{path}.DatabaseSubnetIds",
            "missing, but VpcId is set, and the site has a database or a cache",
            "write two or more subnets in different zones, without internet access; or Database: false and Cache: "
            "false",
        )
    for name, given in zip(OF_EXISTING_VPC, _subnet_ids(spec), strict=True):
        twice = first_repeated([subnet for subnet in given if is_literal(subnet)])
        if twice:
            reader.problem(f"{path}.{name}", f"found {twice} twice", "list each subnet once, one per zone")


def _subnet_ids(spec: NetworkSpec) -> tuple[tuple[Any, ...], ...]:
    return spec.public_subnet_ids, spec.web_subnet_ids, spec.database_subnet_ids, spec.cache_subnet_ids
