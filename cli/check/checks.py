"""All checks, and how they run: in parallel, with each AWS request made once, and nothing skipped silently."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, Finding, Severity, Skipped, Unavailable
from cli.check import (
    address_ranges,
    advice,
    application,
    backup_copies,
    buckets,
    cache,
    certificates,
    costs,
    database,
    delegation,
    edge_quotas,
    existing_vpc,
    front_doors,
    installer,
    keys,
    names,
    offers,
    outbound_access,
    prefix_list,
    quotas,
    reboots,
    recipients,
    referenced_arns,
    replicated_backups,
    schedules,
    servers,
    snapshots,
    support,
    zones,
)
from cli.check.site import Checked, Site

OfSite: TypeAlias = Callable[[Site, Aws], Iterator[CheckResult]]
OfTemplate: TypeAlias = Callable[[Checked, Aws], Iterator[CheckResult]]
Job: TypeAlias = Callable[[], list[CheckResult]]

# More threads would only be throttled.
THREADS = 8

# Each with the property that it checks, which is named if the check can't be done.
OF_TEMPLATE: tuple[tuple[OfTemplate, str], ...] = (
    (installer.layer, "Transform"),
    (quotas.vpcs, "Resources (VPCs)"),
    (quotas.addresses, "Resources (Elastic IP addresses)"),
    (quotas.rules, "Resources (rules of a security group)"),
    (quotas.vcpus, "Resources (vCPUs)"),
    (quotas.databases, "Resources (DB instances)"),
    (quotas.concurrency, "Resources (reserved concurrency)"),
    (edge_quotas.cloudfront, "Resources (CloudFront's quotas)"),
    (edge_quotas.health_checks, "Resources (health checks)"),
    (offers.endpoint_services, "Resources (VPC endpoints)"),
    (offers.types, "Resources (types)"),
    (offers.hooks, "Resources (CloudFormation Hooks)"),
    (outbound_access.web_servers, "Network.WebSubnetIds"),
)
OF_SITE: tuple[tuple[OfSite, str], ...] = (
    (names.hosted_zone, "HostedZoneId"),
    (names.records, "HostedZoneId"),
    (names.authorities, "HostedZoneId"),
    (delegation.delegated_away, "HostedZoneId"),
    (delegation.zone_of_the_template, "HostedZoneId"),
    (delegation.accelerated_recovery, "HostedZoneId"),
    (front_doors.aliases, "DomainName"),
    (front_doors.api_names, "DomainName"),
    (certificates.edge, "CertificateArn"),
    (certificates.regional, "RegionalCertificateArn"),
    (zones.zones, "Network.AvailabilityZones"),
    (zones.vpc_origins, "LoadBalancer.Scheme"),
    (prefix_list.prefix_list, "LoadBalancer.CloudFrontPrefixListId"),
    (zones.fallback_region, "Fallback.Region"),
    (existing_vpc.vpc, "Network.VpcId"),
    (existing_vpc.subnets, "Network.VpcId"),
    (existing_vpc.public_subnets, "Network.PublicSubnetIds"),
    (outbound_access.names, "Network.VpcId"),
    (outbound_access.block_public_access, "Network"),
    (address_ranges.overlaps, "Network.CidrBlock"),
    (servers.instance_types, "WebServers.InstanceType"),
    (servers.image, "WebServers.ImageId"),
    (schedules.past, "WebServers.ScheduledActions"),
    (database.engine_version, "Database.EngineVersion"),
    (support.standard_support, "Database.EngineVersion"),
    (database.instance_classes, "Database.DBInstanceClass"),
    (reboots.pending, "Database.Parameters"),
    (snapshots.snapshot, "Database.DBSnapshotIdentifier"),
    (keys.of_database, "Database.KmsKeyId"),
    (keys.of_cache, "Cache.KmsKeyId"),
    (keys.of_files, "Files.KmsKeyId"),
    (backup_copies.key, backup_copies.PROPERTY),
    (replicated_backups.regions, replicated_backups.PROPERTY),
    (replicated_backups.number, replicated_backups.PROPERTY),
    (cache.engine_version, "Cache.EngineVersion"),
    (cache.node_type, "Cache.CacheNodeType"),
    (referenced_arns.topic, "Monitoring.AlarmTopicArn"),
    (recipients.of_alarms, recipients.PROPERTY),
    (referenced_arns.web_acl, "Security.WebACLArn"),
    (costs.budget_tag, "Monitoring.MonthlyBudget"),
    (costs.flat_rate_plan, "FrontDoor"),
    (buckets.artifact, "WebServers.Artifact"),
    (buckets.archive_of_canary, buckets.ARCHIVE_OF_CANARY),
    (application.image, application.IMAGE),
    (application.image_of_canary, application.IMAGE_OF_CANARY),
    (application.secrets, application.SECRETS),
    (buckets.source, "Fallback.Source"),
    (advice.burstable_servers, "WebServers.InstanceType"),
    (advice.burstable_database, "Database.DBInstanceClass"),
    (advice.burstable_cache, "Cache.CacheNodeType"),
    (advice.no_standby, "Database.MultiAZ"),
    (advice.no_protection, "Database.DeletionProtection"),
)


@dataclass(frozen=True)
class Report:
    """All findings, errors first, and what could not be checked."""

    findings: tuple[Finding, ...]
    not_checked: tuple[Skipped, ...]

    @property
    def ok(self) -> bool:
        """Whether there is no error: nothing that would make the deployment fail."""
        return all(finding.severity is not Severity.ERROR for finding in self.findings)

    def with_more(self, more: Iterable[CheckResult]) -> "Report":
        """Return the report with further results."""
        return _report([*self.findings, *self.not_checked, *more])


def check(template: Checked, aws: Aws) -> Report:
    """Return the results of all checks of all sites."""
    jobs: list[Job] = [partial(completed, partial(run, template, aws), path) for run, path in OF_TEMPLATE]
    jobs += [
        partial(completed, partial(run, site, aws), site.at(path)) for site in template.sites for run, path in OF_SITE
    ]
    return _report(results(jobs))


def results(jobs: Iterable[Job]) -> list[CheckResult]:
    """Return the results of checks that run in parallel, each result once."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(dict.fromkeys(each for done in pool.map(lambda job: job(), jobs) for each in done))


def _report(found: Iterable[CheckResult]) -> Report:
    known = list(found)
    findings = [each for each in known if isinstance(each, Finding)]
    return Report(
        tuple(sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR)),
        tuple(each for each in known if isinstance(each, Skipped)),
    )


def completed(check: Callable[[], Iterator[CheckResult]], path: str) -> list[CheckResult]:
    """Return a check's results; if it can't go on, the results so far and the reason."""
    found: list[CheckResult] = []
    try:
        for each in check():
            found.append(each)
    except Unavailable as stuck:
        found.append(Skipped(stuck.path or path, stuck.why))
    return found
