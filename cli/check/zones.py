"""EC2's Availability Zones: whether there are enough, and which ones the site will use."""

from collections.abc import Iterator
from typing import Any

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, Unavailable, error
from cli.check.site import NOT_KNOWN, Site
from resilient_website.facts.cloudfront import ZONES_WITHOUT_VPC_ORIGINS

# The fewest zones that survive the loss of one, and the minimum of AvailabilityZones.
MIN_ZONES = 2


def available(aws: Aws) -> dict[str, str]:
    """Return the Region's zones that this account may use, with their ids. Source: DescribeAvailabilityZones."""
    entries = aws.ask("ec2", "describe_availability_zones").get("AvailabilityZones", [])
    return {
        entry["ZoneName"]: entry.get("ZoneId", "")
        for entry in sorted(entries, key=lambda entry: entry["ZoneName"])
        if entry.get("ZoneType", "availability-zone") == "availability-zone" and entry.get("State") == "available"
    }


def offered(aws: Aws) -> list[str]:
    """Return the zones that Fn::GetAZs returns.

    Only those with a default subnet, unless no zone has one. Source: "Fn::GetAZs" in the CloudFormation guide.
    """
    names = list(available(aws))
    defaults = aws.ask("ec2", "describe_subnets", Filters=[{"Name": "default-for-az", "Values": ["true"]}])
    with_default = {subnet["AvailabilityZone"] for subnet in defaults.get("Subnets", [])}
    return [name for name in names if name in with_default] or names


def used(site: Site, aws: Aws) -> list[str]:
    """Return the zones of the site's own VPC that the account has."""
    zones = site.spec.network.availability_zones
    return offered(aws)[:zones] if isinstance(zones, int) else [zone for zone in zones if zone in available(aws)]


def of_subnets(site: Site, aws: Aws, name: str, values: tuple[Any, ...]) -> list[str]:
    """Return the zones of the given subnets, each once. Raises Unavailable if a subnet is not known, or not there."""
    ids = [site.known(f"{name}[{number}]", value) for number, value in enumerate(values)]
    there = subnets(aws, ids)
    if not there.keys() >= {*ids}:
        raise Unavailable("a subnet does not exist")
    return sorted({subnet["AvailabilityZone"] for subnet in there.values()})


def subnets(aws: Aws, ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return the subnets that exist, by id. Source: DescribeSubnets."""
    answer = aws.ask("ec2", "describe_subnets", Filters=[{"Name": "subnet-id", "Values": sorted(set(ids))}])
    return {subnet["SubnetId"]: subnet for subnet in answer.get("Subnets", [])}


def of_web_servers(site: Site, aws: Aws) -> list[str]:
    """Return the zones of the web servers."""
    network = site.spec.network
    if network.is_own:
        return used(site, aws)
    name = "WebSubnetIds" if network.web_subnet_ids else "PublicSubnetIds"
    return of_subnets(site, aws, f"Network.{name}", network.web_subnet_ids or network.public_subnet_ids)


def of_database(site: Site, aws: Aws) -> list[str]:
    """Return the zones of the database."""
    network = site.spec.network
    if network.is_own:
        return used(site, aws)
    name = "DatabaseSubnetIds" if network.database_subnet_ids else "CacheSubnetIds"
    return of_subnets(site, aws, f"Network.{name}", network.database_subnet_ids or network.cache_subnet_ids)


def zones(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report more zones than the account has, or a zone that it does not have."""
    if not site.spec.network.is_own:
        return
    path, wanted, names = site.at("Network.AvailabilityZones"), site.spec.network.availability_zones, offered(aws)
    if isinstance(wanted, int) and wanted > len(names):
        advice = f"write AvailabilityZones: {len(names)}" if len(names) >= MIN_ZONES else "use another Region"
        found = f"found {wanted} zones, but {site.region} gives this account {len(names)} ({', '.join(names)})"
        yield error(path, found, advice)
    if isinstance(wanted, tuple):
        known = available(aws)
        for zone in wanted:
            if zone not in known:
                yield error(path, f"this account has no zone {zone}", f"use one of {', '.join(known)}")


def vpc_origins(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a zone without CloudFront VPC origins, for an internal load balancer."""
    if not site.spec.load_balancer.internal:
        return
    ids = available(aws)
    without = [zone for zone in of_web_servers(site, aws) if ids.get(zone) in ZONES_WITHOUT_VPC_ORIGINS]
    if without:
        found = f"CloudFront can't reach an internal load balancer in {', '.join(without)}"
        yield error(site.at("LoadBalancer.Scheme"), found, _zones_with_origins(site, ids))


def _zones_with_origins(site: Site, ids: dict[str, str]) -> str:
    fitting = [zone for zone, zone_id in ids.items() if zone_id not in ZONES_WITHOUT_VPC_ORIGINS]
    if not site.spec.network.is_own:
        return f"use subnets in {', '.join(fitting)}"
    return f"write Network: {{AvailabilityZones: [{', '.join(fitting[: site.spec.network.zone_count])}]}}"


def fallback_region(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a Region of the fallback or the copy that is not enabled. Source: DescribeRegions, OptInStatus."""
    region = site.spec.fallback.region
    if region is None:
        return
    answer = aws.ask("ec2", "describe_regions", AllRegions=True).get("Regions", [])
    states = {entry["RegionName"]: entry.get("OptInStatus") for entry in answer}
    if not states:
        raise Unavailable(NOT_KNOWN)
    if states.get(region, "not-opted-in") == "not-opted-in":
        advice = f"enable it (aws account enable-region --region-name {region}), or use another"
        path = "Secondary.Region" if site.spec.copied_to else "Fallback.Region"
        yield error(site.at(path), f"this account has not enabled {region}", advice)
