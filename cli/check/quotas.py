"""Service Quotas: the account's quotas have room for what the sites of a template add together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, error, warning
from cli.check.servers import described
from cli.check.site import Checked, Site
from resilient_website.facts.prefix_lists import CLOUDFRONT_PREFIX_LISTS
from resilient_website.facts.prefix_lists import WEIGHT as WEIGHT_OF_PREFIX_LIST
from resilient_website.tiers.web_servers.group import GROUP, MAX_HEALTHY_PERCENT
from resilient_website.tiers.web_servers.spec import sizes


@dataclass(frozen=True)
class Quota:
    """A quota of Service Quotas."""

    service: str
    code: str
    name: str

    def value(self, aws: Aws) -> int:
        """Return the account's quota, or AWS's default if none is set. Source: GetServiceQuota."""
        names = {"ServiceCode": self.service, "QuotaCode": self.code}
        answer = aws.find("service-quotas", "get_service_quota", missing=("NoSuchResourceException",), **names)
        answer = answer or aws.ask("service-quotas", "get_aws_default_service_quota", **names)
        return int(answer["Quota"]["Value"])

    def fix(self, value: int) -> str:
        """Return the command that requests an increase."""
        return (
            "request an increase: aws service-quotas request-service-quota-increase "
            f"--service-code {self.service} --quota-code {self.code} --desired-value {value}"
        )


# Source: "Amazon VPC quotas", "Elastic IP addresses" and "Amazon EC2 instance type quotas".
VPCS = Quota("vpc", "L-F678F1CE", "VPCs per Region")
RULES = Quota("vpc", "L-0EA8095F", "Inbound or outbound rules per security group")
ADDRESSES = Quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs")
VCPUS = Quota("ec2", "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances")

# Source: "Quotas and constraints for Amazon RDS".
DATABASES = Quota("rds", "L-7B6409FD", "DB instances")

# Source: "Lambda quotas".
CONCURRENCY = Quota("lambda", "L-B99A9384", "Concurrent executions")

# Lambda keeps this much concurrency for functions without a reservation. Source: "Configuring reserved
# concurrency for a function".
UNRESERVED = 100

# The instance families that VCPUS counts, by their letters (`is` and `im` are I).
STANDARD = re.compile(r"(a|c|d|h|i|im|is|m|r|t|z)\d")


def vpcs(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report if the VPC quota would be exceeded."""
    own = [site for site in template.sites if site.spec.network.is_own]
    added = len(own) - len(template.stack.own(aws, "AWS::EC2::VPC"))
    if added > 0:
        there = len(aws.ask("ec2", "describe_vpcs").get("Vpcs", []))
        yield from _too_many(own[-1].at("Network"), VPCS, added, there, aws)


def addresses(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report if the Elastic IP quota would be exceeded: each zone has a NAT gateway with one address."""
    with_nat = [site for site in template.sites if _nat_gateways(site)]
    added = sum(map(_nat_gateways, with_nat)) - len(template.stack.own(aws, "AWS::EC2::EIP"))
    if with_nat and added > 0:
        there = len(aws.ask("ec2", "describe_addresses").get("Addresses", []))
        yield from _too_many(with_nat[-1].at("Network.NatGateways"), ADDRESSES, added, there, aws)


def databases(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report if the quota of DB instances would be exceeded by the sites' primaries and replicas."""
    stored = {site.name: 1 + site.spec.database.read_replicas for site in template.sites if site.spec.database}
    added = sum(stored.values()) - len(template.stack.own(aws, "AWS::RDS::DBInstance"))
    if stored and added > 0:
        there = len(aws.ask("rds", "describe_db_instances").get("DBInstances", []))
        path = next(site.at("Database") for site in reversed(template.sites) if site.name in stored)
        yield from _too_many(path, DATABASES, added, there, aws)


def rules(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report if a security group has no room for CloudFront's prefix list."""
    behind = [site for site in template.sites if site.spec.behind_cloudfront]
    if behind and template.region in CLOUDFRONT_PREFIX_LISTS and RULES.value(aws) < WEIGHT_OF_PREFIX_LIST:
        found = f"a security group allows {RULES.value(aws)} rules, but CloudFront's prefix list counts as "
        found += str(WEIGHT_OF_PREFIX_LIST)
        yield error(behind[-1].at("FrontDoor"), found, RULES.fix(WEIGHT_OF_PREFIX_LIST))


def concurrency(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report reserved concurrency that leaves too little for other functions. Other stacks' is not counted."""
    reserving = [site for site in template.sites if site.spec.fallback.source and site.spec.domain.names]
    reserved = {site.name: source.reserved_concurrency for site in reserving if (source := site.spec.fallback.source)}
    total = sum(reserved.values())
    if total and CONCURRENCY.value(aws) < total + UNRESERVED:
        found = f"{total} are reserved, {UNRESERVED} must stay unreserved, and the quota ({CONCURRENCY.name}) is "
        found += str(CONCURRENCY.value(aws))
        path = reserving[-1].at("Fallback.Source.ReservedConcurrentExecutions")
        yield error(path, found, f"{CONCURRENCY.fix(total + UNRESERVED)}; or write 0")


def vcpus(template: Checked, aws: Aws) -> Iterator[CheckResult]:
    """Report if the vCPU quota would be exceeded: at first or in an update (errors), or at MaxSize (a warning).

    An update starts new servers before it terminates old ones. All servers count as InstanceType; sites whose type has
    another quota (G, P, ...) are left out.
    """
    standard = [site for site in template.sites if STANDARD.match(_type(site))]
    if not standard:
        return
    known = described(aws, sorted({_type(site) for site in standard}))
    size = {site.name: known.get(_type(site), {}).get("VCpuInfo", {}).get("DefaultVCpus", 0) for site in standard}
    new = [site for site in standard if not site.is_deployed(aws, GROUP)]
    first = sum(size[site.name] * on_demand(site, _sizes(site)[0]) for site in new)
    most = sum(size[site.name] * on_demand(site, _sizes(site)[1]) for site in new)
    surge = sum(size[site.name] * _surge(site) for site in standard)
    limit, running = VCPUS.value(aws), _running(aws)
    state = f"{running} vCPUs of On-Demand servers are running, and the quota is {limit}"
    path, fix = standard[-1].at("WebServers"), VCPUS.fix(running + max(most, first + surge))
    if running + first > limit:
        found = f"{state}; the first servers need {first} more (an update then {surge})"
        yield error(f"{path}.MinSize", found, fix)
    elif running + first + surge > limit:
        found = f"{state}; an update that replaces servers needs {first + surge} more, and would be rolled back"
        yield (error if new else warning)(f"{path}.MinSize", found, fix)
    elif running + most > limit:
        found = f"{state}; MaxSize needs {most} more, so scaling would stop earlier"
        yield warning(f"{path}.MaxSize", found, fix)


def _surge(site: Site) -> int:
    """Return how many servers an update starts before it terminates any. Source: MaxBatchSize, MaxHealthyPercentage."""
    if site.spec.web_servers.update_strategy != "InstanceRefresh":
        return 1
    return ceil(_sizes(site)[0] * (MAX_HEALTHY_PERCENT - 100) / 100)


def on_demand(site: Site, count: int) -> int:
    """Return how many of `count` servers are On-Demand. Source: "InstancesDistribution"."""
    servers = site.spec.web_servers
    base = _sizes(site)[0] if servers.on_demand_base_capacity is None else servers.on_demand_base_capacity
    certain = min(count, base)
    return certain + ceil((count - certain) * servers.on_demand_percentage / 100)


def _too_many(path: str, quota: Quota, added: int, there: int, aws: Aws) -> Iterator[CheckResult]:
    limit = quota.value(aws)
    if there + added > limit:
        found = f"{added} more are needed, {there} exist, and the quota ({quota.name}) is {limit}"
        yield error(path, found, f"{quota.fix(there + added)}; or delete unused ones")


def _nat_gateways(site: Site) -> int:
    network = site.spec.network
    has_nat = network.is_own and network.web_subnets == "Private" and not network.closed
    return network.zone_count if has_nat else 0


def _type(site: Site) -> str:
    return site.spec.web_servers.instance_type


def _sizes(site: Site) -> tuple[int, int]:
    least, most = sizes(site.spec.web_servers, site.spec.network.zone_count)
    return max(least, site.spec.web_servers.desired_capacity or 0), most


def _running(aws: Aws) -> int:
    """Return the vCPUs of the account's standard On-Demand servers. Source: DescribeInstances."""
    states = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
    instances = [
        instance
        for reservation in aws.ask("ec2", "describe_instances", Filters=states).get("Reservations", [])
        for instance in reservation["Instances"]
    ]
    return sum(
        instance.get("CpuOptions", {}).get("CoreCount", 0) * instance.get("CpuOptions", {}).get("ThreadsPerCore", 1)
        for instance in instances
        if STANDARD.match(instance["InstanceType"]) and instance.get("InstanceLifecycle") is None
    )
