"""A half of a site: the stack in one Region, its resources, and where the other half is.

Everything is read through the APIs of the half's own Region, because the other one may be lost. The secondary half has
what the primary half stores for it as SSM parameters in its Region; the primary half's processed template names the
other Region.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.aws_pages import pages
from cli.deployed.site import SiteName, chosen_site, site_in, stack_resources
from cli.deployed.stack import described
from cli.deployed.templates import PROCESSED, read_template
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.database.instances import PRIMARY
from resilient_website.tiers.delivery.web_origin import VPC_ORIGIN
from resilient_website.tiers.dns import ORIGIN_RECORD
from resilient_website.tiers.domain import ACTIVE_PREFIX, ORIGIN_PREFIX
from resilient_website.tiers.secondary_region.active_name import ACTIVE
from resilient_website.tiers.secondary_region.backups import REPLICATED_BACKUP
from resilient_website.tiers.secondary_region.primary_part import STACK
from resilient_website.tiers.secondary_region.published import DATABASE_ARN, MAIN_NAME, PRIMARY_REGION, ROOT

# Logical ids, after the site's own.
ACTIVE_RECORD = f"{ACTIVE}A"

# No stack, or one whose creation has not succeeded.
ABSENT = "not created"
UNMADE = (ABSENT, "REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_FAILED", "ROLLBACK_")


@dataclass(frozen=True)
class Half:
    """One half. `resources` are physical ids by logical id; `handed_over` is what the primary half stores for it.

    Without resources, it is not created yet: with Mode: Backups, a switch does that.
    """

    region: str
    other_region: str
    stack: str
    site: str
    resources: Mapping[str, str]
    handed_over: Mapping[str, str]

    @property
    def primary(self) -> bool:
        """Whether it is the half outside Secondary.Region."""
        return not self.handed_over

    @property
    def secondary_region(self) -> str:
        """Secondary.Region, which has the switch signal."""
        return self.other_region if self.primary else self.region

    @property
    def primary_region(self) -> str:
        """The other one of the two Regions."""
        return self.region if self.primary else self.other_region

    @property
    def behind_vpc_origin(self) -> bool:
        """Whether its load balancer is internal: CloudFront selects the active half's origin, and DNS takes no part."""
        return any(logical.startswith(self.site + VPC_ORIGIN) for logical in self.resources)

    @property
    def name(self) -> str:
        """The half in messages."""
        return f"{self.stack}:{self.site} in {self.region}"

    @property
    def made(self) -> bool:
        """Whether it is created."""
        return bool(self.resources)

    @property
    def recovered(self) -> bool:
        """Whether its database was restored from replicated backups, with Mode: Backups."""
        return self.site + REPLICATED_BACKUP in self.resources

    @property
    def stays(self) -> bool:
        """Whether it is the standby half after a switch to the other one; with Mode: Backups, there is none."""
        return self.made and not self.recovered

    @property
    def database_id(self) -> str | None:
        """The DB instance's identifier; None without a database, or while the half is not created."""
        return self.resources.get(self.site + PRIMARY)

    @property
    def backups_only(self) -> bool:
        """Whether the other half has a database, and this one only its replicated backups."""
        return not self.made and DATABASE_ARN in self.handed_over

    @property
    def active_name(self) -> str:
        """The failover name: active.<DomainName>."""
        return self.physical(ACTIVE_RECORD).rstrip(".")

    @property
    def domain_name(self) -> str:
        """The site's DomainName."""
        if not self.behind_vpc_origin:
            return self.active_name.removeprefix(ACTIVE_PREFIX)
        if MAIN_NAME in self.handed_over:
            return self.handed_over[MAIN_NAME]
        return self.physical(ORIGIN_RECORD).rstrip(".").removeprefix(ORIGIN_PREFIX)

    def physical(self, suffix: str) -> str:
        """Return the physical id of the resource whose logical id is, or starts with, the site's and `suffix`.

        The ids of a load balancer and its target group have more behind it after some changes. Raises
        InvalidTemplateError if the stack has none.
        """
        start = self.site + suffix
        found = sorted(logical for logical in self.resources if logical.startswith(start))
        if not found:
            advice = "deploy the file with Secondary.Region to this Region first"
            raise InvalidTemplateError([Problem(self.name, f"its stack has no {start}", advice)])
        return self.resources[start if start in found else found[0]]


def find_half(client: Any, name: SiteName, region: str) -> Half:
    """Return the half in `region`; `client` takes a service and a Region, and is asked for this Region only.

    It is without resources if its stack is not created, and the primary half has stored something for it. Raises
    InvalidTemplateError if there is no such stack, no such site in it, or no copy of the site.
    """
    cloudformation = client("cloudformation", region)
    if status_of(cloudformation, name.stack).startswith(UNMADE):
        return _unmade(client, name, region)
    listed = stack_resources(cloudformation, name, region)
    site = site_in(name, region, listed)
    resources = {logical: each.physical_id for logical, each in listed.items()}
    path = f"{ROOT}/{name.stack}/{site}/"
    found = pages(client("ssm", region), "get_parameters_by_path", "Parameters", Path=path)
    handed_over = {entry["Name"].removeprefix(path): entry["Value"] for entry in found}
    if PRIMARY_REGION in handed_over and handed_over[PRIMARY_REGION] != region:
        return Half(region, handed_over[PRIMARY_REGION], name.stack, site, resources, handed_over)
    other = _secondary_region(cloudformation, name.stack, site)
    if other is None:
        advice = "give the stack of a site with Secondary.Region, and one of its two Regions"
        raise InvalidTemplateError([Problem(f"{name.stack}:{site} in {region}", "it has no copy elsewhere", advice)])
    return Half(region, other, name.stack, site, resources, {})


def status_of(cloudformation: Any, stack: str) -> str:
    """Return the status of a stack; ABSENT if there is none."""
    found = described(cloudformation, stack)
    return str(found["StackStatus"]) if found else ABSENT


def _unmade(client: Any, name: SiteName, region: str) -> Half:
    """Return the half that is not created yet, by what the primary half has stored in its Region."""
    path = f"{ROOT}/{name.stack}/"
    found = pages(client("ssm", region), "get_parameters_by_path", "Parameters", Path=path, Recursive=True)
    stored = {tuple(entry["Name"].removeprefix(path).split("/")): entry["Value"] for entry in found}
    sites = {names[0] for names, value in stored.items() if names[-1] == PRIMARY_REGION and value != region}
    if not sites:
        advice = "give the name that the stack has in both Regions"
        raise InvalidTemplateError([Problem("SITE", f"{region} has no stack {name.stack}", advice)])
    site = chosen_site(name, region, sorted(sites))
    handed_over = {names[-1]: value for names, value in stored.items() if names[0] == site}
    return Half(region, handed_over[PRIMARY_REGION], name.stack, site, {}, handed_over)


def _secondary_region(cloudformation: Any, stack: str, site: str) -> str | None:
    """Return Secondary.Region from the primary half's template, as CloudFormation has it after the macro."""
    template = read_template(cloudformation, stack, PROCESSED)
    remote = (template.get("Resources") or {}).get(site + STACK) or {}
    region = (remote.get("Properties") or {}).get("Region")
    return region if isinstance(region, str) else None
