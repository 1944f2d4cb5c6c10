"""Checks for sites that can't have a copy in another Region, and for properties that fit only one of the Regions."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from resilient_website.cloudformation.intrinsics import is_literal
from resilient_website.facts.cloudfront import REGIONS_WITHOUT_VPC_ORIGINS
from resilient_website.facts.regions import REGIONS
from resilient_website.problems import known_names
from resilient_website.reading.reader import Reader
from resilient_website.tiers.domain import MAX_NAMES, DomainSpec
from resilient_website.tiers.fallback.spec import FallbackSpec
from resilient_website.tiers.network import NetworkSpec
from resilient_website.tiers.network.checks import PRIVATE_BLOCKS, zones_of
from resilient_website.tiers.secondary_region.spec import BACKUPS, PILOT_LIGHT, WARM_STANDBY, SecondaryRegionSpec


def check(
    spec: SecondaryRegionSpec,
    path: str,
    reader: Reader,
    *,
    domain: DomainSpec,
    network: NetworkSpec,
    fallback: FallbackSpec,
    servers: int,
    internal: bool,
) -> None:
    """Note invalid Regions and sizes, and sites that can't have a copy. `path` is the site's, not the group's.

    `servers` is the least number of servers of the active half, `internal` whether the load balancer is internal.
    """
    own = f"{path}.Secondary"
    _check_regions(spec, own, reader)
    _check_recovery(spec, own, reader)
    _check_addresses(spec, own, reader, network)
    _check_names(domain, path, reader, by_name=not internal)
    if spec.restore_time is not None and spec.mode != BACKUPS:
        found = f"found with Mode: {spec.mode}, in which the copy has a replica and nothing is restored"
        reader.problem(f"{own}.RestoreTime", found, f"write Mode: {BACKUPS}, or leave out RestoreTime")
    if spec.min_size is not None and spec.mode != WARM_STANDBY:
        found = f"found with Mode: {spec.mode}, which has no servers until it is active"
        reader.problem(f"{own}.MinSize", found, f"write Mode: {WARM_STANDBY}, or leave out MinSize")
    elif spec.min_size is not None and spec.min_size > servers:
        found = f"found {spec.min_size}, but the active half has {servers} servers at least"
        fix = f"write at most {servers}, or a larger WebServers.MinSize"
        reader.problem(f"{own}.MinSize", found, fix, rests_on=[f"{path}.WebServers.MinSize"])
    _check_vpc_origins(spec, own, reader, internal=internal)
    if fallback.source is not None:
        found = "found together with Secondary, whose fallback site is in both Regions: saved pages can't be there"
        reader.problem(f"{path}.Fallback.Source", found, "leave out Source, or write Secondary: Static")
    if fallback.region not in (None, spec.region):
        found = f"found {fallback.region}, but the copy is in {spec.region}"
        reader.problem(f"{path}.Fallback.Region", found, "leave it out: with Secondary, it is in both Regions")


def _check_regions(spec: SecondaryRegionSpec, path: str, reader: Reader) -> None:
    if spec.region is None:
        fix = "write the Region of the copy, as in Region: us-west-2"
        reader.problem(f"{path}.Region", "missing", fix)
    elif spec.region not in REGIONS:
        reader.problem(f"{path}.Region", f"found {spec.region!r}", known_names(spec.region, REGIONS))
    active = spec.active_region
    if active is None:
        return
    here = {reader.region, spec.region} if reader.region != spec.region else set(REGIONS)
    if active not in here:
        found = f"found {active}, where neither half of the site is"
        halves = f"{reader.region} or {spec.region}" if reader.region != spec.region else known_names(active, REGIONS)
        reader.problem(f"{path}.ActiveRegion", found, f"write {halves}", rests_on=[f"{path}.Region"])


def _check_recovery(spec: SecondaryRegionSpec, path: str, reader: Reader) -> None:
    """Note the half in the secondary Region where only backups are there, unless it is to be the active one."""
    if spec.mode != BACKUPS or reader.region != spec.region or spec.active_region == spec.region:
        return
    found = f"found {BACKUPS}, with which the site has no stack in {spec.region} while the primary Region is active"
    fix = (
        f"deploy it in the primary Region only. To recover the site in {spec.region}, write ActiveRegion: "
        f"{spec.region}, or use `switch`. After a switch back, delete the stack in {spec.region} (its database's final "
        "snapshot remains)"
    )
    reader.problem(f"{path}.Mode", found, fix, rests_on=[f"{path}.ActiveRegion"])


def _check_vpc_origins(spec: SecondaryRegionSpec, path: str, reader: Reader, *, internal: bool) -> None:
    """Note an internal load balancer that CloudFront could not reach in the copy, and a VPC origin that is none."""
    if not internal:
        if spec.vpc_origin:
            found = "found true, but the load balancer is internet-facing: DNS leads CloudFront to the active half"
            reader.problem(
                f"{path}.VpcOrigin", found, "leave it out", rests_on=[f"{path.rpartition('.')[0]}.LoadBalancer"]
            )
        return
    if spec.mode == BACKUPS:
        found = (
            f"found {BACKUPS} with an internal load balancer: a half that a switch creates has no VPC origin that the "
            "distribution, in the primary Region's stack, could name"
        )
        reader.problem(f"{path}.Mode", found, f"write Mode: {PILOT_LIGHT}, or LoadBalancer.Scheme: internet-facing")
    if spec.region in REGIONS_WITHOUT_VPC_ORIGINS:
        found = f"found {spec.region}, where CloudFront has no VPC origins, with an internal load balancer"
        reader.problem(f"{path}.Region", found, "write another Region, or LoadBalancer.Scheme: internet-facing")


def _check_addresses(spec: SecondaryRegionSpec, path: str, reader: Reader, network: NetworkSpec) -> None:
    """Note addresses of the copy's VPC that are not private or that overlap, and zones that its Region doesn't have."""
    if spec.region in REGIONS and network.is_own and network.zone_count > zones_of(str(spec.region)):
        found = f"found {spec.region}, where an account has fewer zones than Network.AvailabilityZones"
        reader.problem(f"{path}.Region", found, "write another Region, or a smaller number of zones")
    if spec.cidr_block is None:
        return
    where = f"{path}.CidrBlock"
    if not network.is_own:
        reader.problem(where, "found together with Network.VpcId", "leave it out: the copy uses the VPC of its Region")
        return
    block, other = ipaddress.IPv4Network(spec.cidr_block), ipaddress.IPv4Network(network.cidr_block)
    if not any(block.subnet_of(private) for private in PRIVATE_BLOCKS):
        fix = f"write a block within one of {', '.join(map(str, PRIVATE_BLOCKS))}"
        reader.problem(where, f"found {block}, which are public internet addresses", fix)
    elif block.overlaps(other):
        found = f"found {block}, which overlaps with Network.CidrBlock ({other}): the two VPCs could not be connected"
        reader.problem(where, found, "write another block, or leave it out")


def _check_names(domain: DomainSpec, path: str, reader: Reader, *, by_name: bool) -> None:
    """Note names that the site uses itself: `by_name` is whether DNS leads to the active half."""
    if domain.domain_name is None:
        found = "found without DomainName: DNS leads visitors to the active half"
        fix = "write DomainName and HostedZoneId, or Secondary: Static"
        reader.problem(f"{path}.Secondary", found, fix, rests_on=[f"{path}.DomainName"])
        return
    if not by_name:
        return
    for name in (domain.active_name, domain.switch_name):
        if name in domain.names:
            found = f"found {name}, a name that a site with Secondary uses itself"
            reader.problem(f"{path}.AlternateDomainNames", found, "leave it out, or write another name")
    if len(domain.names) + 1 >= MAX_NAMES and domain.regional_certificate_arn is None:
        found = f"found {len(domain.names) - 1} names"
        fix = (
            f"write no more than {MAX_NAMES - 3}, or RegionalCertificateArn too: an ACM certificate has at most "
            f"{MAX_NAMES} names, which include DomainName, {domain.origin_name} and {domain.active_name}"
        )
        reader.problem(f"{path}.AlternateDomainNames", found, fix)


def check_literals(regional: Mapping[str, Any], path: str, reader: Reader) -> None:
    """Note ids that exist in one Region only, by their properties' paths, where they are literals.

    The same template is deployed in both Regions: a parameter can have a value in each.
    """
    for name, value in _literals(regional):
        found = f"found {value} together with Secondary: it exists in one Region only"
        reader.problem(f"{path}.{name}", found, "write a parameter (!Ref), and give its value in each Region")


def _literals(regional: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in regional.items():
        for index, item in enumerate(value) if isinstance(value, tuple) else ((None, value),):
            if item is not None and is_literal(item):
                yield (name if index is None else f"{name}[{index}]"), item
