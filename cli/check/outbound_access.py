"""EC2: web servers in an existing VPC reach what they need to boot, and can resolve names."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error
from cli.check import zones
from cli.check.existing_vpc import known_ids, routes_of
from cli.check.site import Checked, Site

# The targets that lead out of a VPC, by the key of a route. Internet gateways are separate: they need public
# addresses. Source: "Route" in the Amazon EC2 API Reference.
GATEWAYS = (
    "NatGatewayId",
    "TransitGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "LocalGatewayId",
    "VpcPeeringConnectionId",
    "CoreNetworkArn",
)
ANYWHERE = "0.0.0.0/0"
LAUNCH_TEMPLATE = "WebLaunchTemplate"


def web_servers(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report web servers in an existing VPC without outbound access: they never become healthy or send a signal.

    With an internet gateway, a server needs a public address, from its subnet or launch template; without, a NAT
    gateway, or interface endpoints for the services it uses and the gateway endpoint of S3. Source: "Enable internet
    access for a VPC using an internet gateway" in the Amazon VPC guide; DescribeSubnets, MapPublicIpOnLaunch;
    DescribeRouteTables; DescribeVpcEndpoints.
    """
    for site in template.sites:
        if not site.spec.network.is_own:
            yield from _of_site(site, aws, asks_address=_asks_for_an_address(template, site))


def _of_site(site: Site, aws: Aws, *, asks_address: bool) -> Iterator[CheckResult]:
    """Yield an error for each subnet of an existing VPC whose servers have no route to what they need."""
    network = site.spec.network
    name = "WebSubnetIds" if network.web_subnet_ids else "PublicSubnetIds"
    ids, unread = known_ids(site, name, network.web_subnet_ids or network.public_subnet_ids)
    yield from unread
    vpc_id = site.known("Network.VpcId", network.vpc_id)
    tables = aws.ask("ec2", "describe_route_tables", Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
    for subnet_id, subnet in (zones.subnets(aws, list(ids)) if ids else {}).items():
        if subnet["VpcId"] != vpc_id:
            continue
        routes = routes_of(subnet_id, tables.get("RouteTables", []))
        out = [route for route in routes if _leads_out(route)]
        by_internet_gateway = any(str(route.get("GatewayId", "")).startswith("igw-") for route in out)
        if by_internet_gateway and not (asks_address or subnet.get("MapPublicIpOnLaunch")):
            found = (
                f"servers in the subnet {subnet_id} get no public address (MapPublicIpOnLaunch is false), and so no "
                "internet access"
            )
            advice = (
                f"aws ec2 modify-subnet-attribute --subnet-id {subnet_id} --map-public-ip-on-launch, or write "
                "WebSubnetIds with a route to a NAT gateway"
            )
            yield error(ids[subnet_id], found, advice)
        elif not out and name == "WebSubnetIds":
            yield from _closed(site, aws, ids[subnet_id], subnet_id, vpc_id, routes)


def _closed(
    site: Site, aws: Aws, path: str, subnet_id: str, vpc_id: str, routes: list[Mapping[str, Any]]
) -> Iterator[CheckResult]:
    """Report the VPC endpoints needed to boot that a subnet without an internet route lacks."""
    answer = aws.ask("ec2", "describe_vpc_endpoints", Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])
    there = {
        entry["ServiceName"].partition(f".{site.region}.")[2]
        for entry in answer.get("VpcEndpoints", [])
        if entry.get("VpcEndpointType") == "Interface" and entry.get("PrivateDnsEnabled", True)
    }
    missing = sorted(set(site.spec.network.needed_services) - there)
    if not any(str(route.get("GatewayId", "")).startswith("vpce-") for route in routes):
        missing.append("s3 (gateway)")
    if missing:
        found = (
            f"the subnet {subnet_id} has no route to a NAT gateway, and {vpc_id} no endpoints for {', '.join(missing)}"
        )
        advice = "add a route 0.0.0.0/0 to a NAT gateway to its route table, or create these endpoints"
        yield error(path, f"{found}: servers there can't boot", advice)


def _leads_out(route: Mapping[str, Any]) -> bool:
    gateway = str(route.get("GatewayId", ""))
    return (
        route.get("DestinationCidrBlock") == ANYWHERE
        and route.get("State", "active") == "active"
        and (any(route.get(key) for key in GATEWAYS) or gateway.startswith(("igw-", "vgw-")))
    )


def _asks_for_an_address(template: Checked, site: Site) -> bool:
    """Return whether the site's launch template requests a public address."""
    body = template.expanded["Resources"].get(site.name + LAUNCH_TEMPLATE, {})
    data = body.get("Properties", {}).get("LaunchTemplateData", {})
    interfaces = data.get("NetworkInterfaces") or [] if isinstance(data, Mapping) else []
    return any(str(each.get("AssociatePublicIpAddress")).lower() == "true" for each in interfaces)


def names(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a VPC in which servers can't resolve AWS names, names in the site's private zone for replicas, or EFS's.

    Source: "Considerations when working with a private hosted zone" in the Amazon Route 53 guide; "DNS attributes for
    your VPC"; "Mounting with an IP address" in the Amazon EFS guide, for VPCs with DNS hostnames disabled;
    DescribeVpcAttribute.
    """
    network = site.spec.network
    if network.is_own:
        return
    vpc_id, path = site.known("Network.VpcId", network.vpc_id), site.at("Network.VpcId")
    replicas = site.spec.database.read_replicas if site.spec.database else 0
    if not _attribute(aws, vpc_id, "enableDnsSupport"):
        yield error(
            path, f"{vpc_id} has enableDnsSupport off: servers there can't resolve names", _advice(vpc_id, "support")
        )
    needs = [
        *(["Database.ReadReplicas needs a private hosted zone in it"] if replicas else []),
        *(["Files needs the name of the file system"] if site.spec.files else []),
    ]
    if needs and not _attribute(aws, vpc_id, "enableDnsHostnames"):
        found = f"{vpc_id} has enableDnsHostnames off, and {', and '.join(needs)}"
        yield error(path, found, _advice(vpc_id, "hostnames"))


def _attribute(aws: Aws, vpc_id: str, name: str) -> bool:
    missing = ("InvalidVpcID.NotFound", "InvalidVpcID.Malformed")
    answer = aws.find("ec2", "describe_vpc_attribute", missing=missing, VpcId=vpc_id, Attribute=name)
    return answer is None or bool(answer.get(name[0].upper() + name[1:], {}).get("Value", True))


def _advice(vpc_id: str, name: str) -> str:
    return f"enable it: aws ec2 modify-vpc-attribute --vpc-id {vpc_id} --enable-dns-{name}"


def block_public_access(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report VPC Block Public Access where it blocks visitors, or requests of the servers to the internet.

    An exclusion of the VPC or the subnets lifts it. Source: "Block public access to VPCs and subnets" in the
    Amazon VPC guide; DescribeVpcBlockPublicAccessOptions, DescribeVpcBlockPublicAccessExclusions.
    """
    answer = aws.ask("ec2", "describe_vpc_block_public_access_options")
    mode = answer.get("VpcBlockPublicAccessOptions", {}).get("InternetGatewayBlockMode", "off")
    internal = site.spec.load_balancer.internal
    if mode == "off" or (mode == "block-ingress" and internal) or (internal and site.spec.network.closed):
        return
    if not site.spec.network.is_own and _is_excluded(site, aws):
        return
    found = f"VPC Block Public Access is {mode} in {site.region}: visitors can't reach an internet-facing load balancer"
    if internal:
        found = f"VPC Block Public Access is {mode} in {site.region}: servers can't use a NAT gateway"
    advice = "disable it, or use a VpcId with an exclusion (aws ec2 create-vpc-block-public-access-exclusion)"
    yield error(site.at("Network"), found, advice)


def _is_excluded(site: Site, aws: Aws) -> bool:
    network = site.spec.network
    vpc_id = site.known("Network.VpcId", network.vpc_id)
    answer = aws.ask("ec2", "describe_vpc_block_public_access_exclusions")
    excluded = {
        str(entry.get("ResourceArn", "")).rpartition("/")[2]
        for entry in answer.get("VpcBlockPublicAccessExclusions", [])
        if entry.get("State") in ("create-complete", "update-complete")
        and (site.spec.load_balancer.internal or entry.get("InternetGatewayExclusionMode") == "allow-bidirectional")
    }
    ids, unread = known_ids(site, "PublicSubnetIds", network.public_subnet_ids)
    return vpc_id in excluded or (bool(ids) and not unread and set(ids) <= excluded)
