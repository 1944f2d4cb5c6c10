"""Checks a site with a copy in both Regions: what the other half needs there, at the size that it has while active."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cli.analysis.availability.copies import with_active
from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, Skipped, Unavailable, error
from cli.check import (
    application,
    buckets,
    cache,
    copies,
    database,
    installer,
    offers,
    outbound_access,
    prefix_list,
    quotas,
    servers,
    zones,
)
from cli.check.checks import Job, OfSite, OfTemplate, completed, results
from cli.check.site import Checked, Site, Stack, read
from resilient_website.problems import InvalidTemplateError

# What does not depend on ids that exist in one Region only.
OF_TEMPLATE: tuple[tuple[OfTemplate, str], ...] = (
    (installer.layer, "Transform"),
    (quotas.vpcs, "Resources (VPCs)"),
    (quotas.addresses, "Resources (Elastic IP addresses)"),
    (quotas.rules, "Resources (rules of a security group)"),
    (quotas.databases, "Resources (DB instances)"),
    (offers.endpoint_services, "Resources (VPC endpoints)"),
    (offers.types, "Resources (types)"),
    (offers.hooks, "Resources (CloudFormation Hooks)"),
)
OF_SITE: tuple[tuple[OfSite, str], ...] = (
    (zones.zones, "Network.AvailabilityZones"),
    (prefix_list.prefix_list, "LoadBalancer.CloudFrontPrefixListId"),
    (outbound_access.block_public_access, "Network"),
    (servers.instance_types, "WebServers.InstanceType"),
    (buckets.artifact, "WebServers.Artifact"),
    (application.image, application.IMAGE),
    (database.engine_version, "Database.EngineVersion"),
    (database.instance_classes, "Database.DBInstanceClass"),
    (cache.engine_version, "Cache.EngineVersion"),
    (cache.node_type, "Cache.CacheNodeType"),
)


@dataclass(frozen=True)
class Template:
    """The template, the macro, and the values of its parameters in a Region; `account` is the caller's."""

    body: Mapping[str, Any]
    macro: str
    values: Callable[[str], Mapping[str, Any]]
    account: Callable[[], str]

    def active_in(self, region: str, sites: Mapping[str, Any], stack: Stack) -> Checked:
        """Return the half of these sites in a Region as it is while it is active."""
        named = with_active(self.body, sites, region)
        return read(named, self.values(region), region, self.macro, stack, self.account)


def check(template: Template, here: Checked, aws: Aws) -> list[CheckResult]:
    """Return the results for the other Regions of the sites that have a copy; none without one."""
    copied = [site for site in here.sites if site.spec.half is not None]
    found = results([partial(completed, partial(copies.order, site, aws), site.at("Secondary")) for site in copied])
    for region in _others(copied, aws, found):
        found += _in(template, here, aws, region)
    if any(site.spec.half is not None and not site.spec.half.is_active for site in copied):
        found += _room_here(template, here, aws)
    return list(dict.fromkeys(found))


def _others(copied: list[Site], aws: Aws, found: list[CheckResult]) -> list[str]:
    """Return the other Regions; notes those that are not known."""
    regions = []
    for site in copied:
        try:
            other = copies.primary_region(site, aws) if site.spec.is_secondary_half else _copy_of(site)
        except Unavailable as unknown:
            found.append(Skipped(unknown.path or site.at("Secondary"), unknown.why))
            continue
        if other is not None and other not in regions:
            regions.append(other)
    return regions


def _copy_of(site: Site) -> str | None:
    return site.spec.half.spec.region if site.spec.half else None


def _in(template: Template, here: Checked, aws: Aws, region: str) -> list[CheckResult]:
    """Return the results for one other Region; only those of a Region that can be asked."""
    sites = [site for site in here.sites if site.spec.half is not None]
    first = results(
        [
            partial(completed, partial(run, site, aws, region), site.at(path))
            for run, path in ((copies.calls, "Secondary.Region"), (copies.boundary, "Security.PermissionsBoundary"))
            for site in sites
        ]
    )
    if any(each.path.endswith("Secondary.Region") for each in first):
        return first
    agree = partial(copies.halves_agree, here, aws, region)
    found = [*first, *completed(agree, "Resources (both halves' templates)")]
    try:
        half = template.active_in(region, _halves(here), here.stack)
    except InvalidTemplateError as refused:
        return [*found, *_placed([error(each.path, each.found, each.fix) for each in refused.problems], region)]
    return [*found, *_placed(_offers(half, in_region(aws, region)), region), *_room(half, here, aws)]


def in_region(aws: Aws, region: str) -> Aws:
    """Return AWS in another Region."""
    return replace(aws, region=region)


def _offers(half: Checked, there: Aws) -> list[CheckResult]:
    """Return what the other Region lacks for the active half."""
    jobs: list[Job] = [partial(completed, partial(run, half, there), path) for run, path in OF_TEMPLATE]
    jobs += [
        partial(completed, partial(run, site, there), site.at(path))
        for site in half.sites
        if site.spec.half is not None
        for run, path in OF_SITE
    ]
    return results(jobs)


def _room_here(template: Template, here: Checked, aws: Aws) -> list[CheckResult]:
    """Return whether the template's own Region has room for its standby half while that is active."""
    try:
        half = template.active_in(here.region, _halves(here), here.stack)
    except InvalidTemplateError:
        return []
    return _room(half, here, aws)


def _room(half: Checked, here: Checked, aws: Aws) -> list[CheckResult]:
    """Return whether a Region's vCPU quota has room for a standby half's servers while it is active.

    They count as new: a pilot light has none, so that its stack does not show what a switch needs.
    """
    region = half.region
    if _is_active(here, region):
        return []
    counted = partial(quotas.vcpus, half.in_stack(Stack(None)), in_region(aws, region))
    return _placed(completed(counted, "Resources (vCPUs)"), region)


def _is_active(here: Checked, region: str) -> bool:
    """Return whether the halves in a Region are the active ones by the template as written."""
    halves = [site.spec.half for site in here.sites if site.spec.half is not None]
    return all(
        half.spec.active_region == region if half.spec.region == region else half.spec.active_region != half.spec.region
        for half in halves
    )


def _halves(here: Checked) -> dict[str, Any]:
    return {site.name: site.spec for site in here.sites if site.spec.half is not None}


def _placed(found: Iterator[CheckResult] | list[CheckResult], region: str) -> list[CheckResult]:
    """Return results with their Region before the path."""
    return [replace(each, path=f"{region}: {each.path}") for each in found]
