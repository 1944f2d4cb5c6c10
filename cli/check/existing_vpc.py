"""EC2: an existing VPC and its subnets exist, are in enough zones, and reach the internet where needed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from cli.analysis.availability.nodes.network import ANYWHERE
from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, Skipped, Unavailable, error, warning
from cli.check import zones
from cli.check.site import Site

NO_VPC = ("InvalidVpcID.NotFound", "InvalidVpcID.Malformed")

# What a load balancer needs in each of its subnets. Source: "Subnets for your load balancer" in the guide for
# Application Load Balancers.
FREE_ADDRESSES = 8


def vpc(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a VPC that does not exist. Source: DescribeVpcs."""
    if site.spec.network.is_own:
        return
    vpc_id = site.known("Network.VpcId", site.spec.network.vpc_id)
    if aws.find("ec2", "describe_vpcs", missing=NO_VPC, VpcIds=[vpc_id]) is None:
        advice = "write the id of a VPC in this Region, or leave it out: the site then creates one"
        yield error(site.at("Network.VpcId"), f"{site.region} has no VPC {vpc_id}", advice)


def subnets(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report subnets that do not exist or are in another VPC, and tiers in fewer than two zones.

    A load balancer takes one subnet per zone. Source: DescribeSubnets; "Subnets for your load balancer".
    """
    network = site.spec.network
    if network.is_own:
        return
    vpc_id = site.known("Network.VpcId", network.vpc_id)
    for name, values in _tiers(site).items():
        ids, unread = known_ids(site, name, values)
        yield from unread
        there = zones.subnets(aws, list(ids)) if ids else {}
        for subnet_id, path in ids.items():
            if subnet_id not in there:
                yield error(path, f"{site.region} has no subnet {subnet_id}", f"use a subnet of {vpc_id}")
            elif there[subnet_id]["VpcId"] != vpc_id:
                found = f"the subnet {subnet_id} is in {there[subnet_id]['VpcId']}, not in {vpc_id}"
                yield error(path, found, f"use a subnet of {vpc_id}")
        if not unread and len(there) == len(ids):
            yield from _spread(site, name, [subnet["AvailabilityZone"] for subnet in there.values()])


def public_subnets(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report public subnets without a route to the internet, free addresses, or the IPv6 block they need.

    Source: DescribeRouteTables; "Subnets for your load balancer".
    """
    network = site.spec.network
    if network.is_own or site.spec.load_balancer.internal:
        return
    ids, unread = known_ids(site, "PublicSubnetIds", network.public_subnet_ids)
    yield from unread
    vpc_id = site.known("Network.VpcId", network.vpc_id)
    tables = aws.ask("ec2", "describe_route_tables", Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
    for subnet_id, subnet in (zones.subnets(aws, list(ids)) if ids else {}).items():
        path = ids[subnet_id]
        if not _reaches_the_internet(subnet_id, tables.get("RouteTables", [])):
            found = f"the subnet {subnet_id} has no route to an internet gateway"
            yield error(
                path, found, "use a public subnet, or add a route 0.0.0.0/0 to an internet gateway to its route table"
            )
        if subnet.get("AvailableIpAddressCount", FREE_ADDRESSES) < FREE_ADDRESSES:
            found = f"the subnet {subnet_id} has {subnet['AvailableIpAddressCount']} addresses left"
            yield error(
                path, found, f"a load balancer needs {FREE_ADDRESSES}: use another subnet, or free some addresses"
            )
        if network.dual_stack and not subnet.get("Ipv6CidrBlockAssociationSet"):
            found = f"Network.Ipv6 is true, but the subnet {subnet_id} has no IPv6 block"
            yield error(path, found, "add one, or leave Ipv6 out")


def _tiers(site: Site) -> dict[str, tuple[Any, ...]]:
    network = site.spec.network
    tiers = {
        "PublicSubnetIds": network.public_subnet_ids,
        "WebSubnetIds": network.web_subnet_ids,
        "DatabaseSubnetIds": network.database_subnet_ids,
        "CacheSubnetIds": network.cache_subnet_ids,
    }
    return {name: values for name, values in tiers.items() if values}


def known_ids(site: Site, name: str, values: tuple[Any, ...]) -> tuple[dict[str, str], list[CheckResult]]:
    """Return the known ids, each with its path, and results for the unknown ones."""
    ids: dict[str, str] = {}
    unread: list[CheckResult] = []
    for number, value in enumerate(values):
        place = f"Network.{name}[{number}]"
        try:
            ids[site.known(place, value)] = site.at(place)
        except Unavailable as unknown:
            unread.append(Skipped(site.at(place), unknown.why))
    return ids, unread


def _spread(site: Site, name: str, in_zones: list[str]) -> Iterator[CheckResult]:
    path = site.at(f"Network.{name}")
    doubled = sorted(zone for zone, count in Counter(in_zones).items() if count > 1)
    if len(set(in_zones)) < zones.MIN_ZONES:
        yield error(path, f"all subnets are in {', '.join(set(in_zones))}", "use subnets in at least two zones")
    elif doubled and name == "PublicSubnetIds":
        found = f"several subnets are in {', '.join(doubled)}, but a load balancer takes one per zone"
        yield error(path, found, "use one subnet per zone")
    elif doubled and site.spec.files and name == "WebSubnetIds":
        found = f"several subnets are in {', '.join(doubled)}, but Files has one mount target per zone"
        yield error(path, found, "use one subnet per zone")
    elif doubled:
        found = f"several subnets are in {', '.join(doubled)}"
        yield warning(path, found, "use one subnet per zone, so that the zones get the same share")


def _reaches_the_internet(subnet_id: str, tables: list[Mapping[str, Any]]) -> bool:
    """Return whether a subnet's route table has a route to an internet gateway."""
    return any(
        str(route.get("GatewayId", "")).startswith("igw-")
        and route.get("State", "active") == "active"
        and (route.get("DestinationCidrBlock") in ANYWHERE or route.get("DestinationIpv6CidrBlock") in ANYWHERE)
        for route in routes_of(subnet_id, tables)
    )


def routes_of(subnet_id: str, tables: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the routes of a subnet's route table, or of its VPC's main route table."""

    def associated(table: Mapping[str, Any], **wanted: Any) -> bool:
        return any(wanted.items() <= entry.items() for entry in table.get("Associations", []))

    own = [table for table in tables if associated(table, SubnetId=subnet_id)]
    chosen = own or [table for table in tables if associated(table, Main=True)]
    return [route for table in chosen for route in table.get("Routes", [])]
