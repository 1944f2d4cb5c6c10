"""A half of a site: the stack in one Region, its resources, and where the other half is.

Everything is read through the APIs of the half's own Region, because the other one may be lost. The secondary half has
what the primary half stores for it as SSM parameters in its Region; the primary half's processed template names the
other Region.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.aws_pages import pages
from cli.deployed.site import LOAD_BALANCER, TARGET_GROUP, SiteName, site_in, stack_resources
from cli.deployed.templates import PROCESSED, read_template
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.database.instances import PRIMARY
from resilient_website.tiers.domain import ACTIVE_PREFIX
from resilient_website.tiers.secondary_region.active_name import ACTIVE
from resilient_website.tiers.secondary_region.primary_part import STACK
from resilient_website.tiers.secondary_region.published import DATABASE_ARN, PRIMARY_REGION, ROOT

# Logical ids, after the site's own.
ACTIVE_RECORD = f"{ACTIVE}A"

__all__ = ["LOAD_BALANCER", "TARGET_GROUP", "Half", "SiteName", "find_half"]


@dataclass(frozen=True)
class Half:
    """One half. `resources` are physical ids by logical id; `handed_over` is what the primary half stores for it."""

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
    def name(self) -> str:
        """The half in messages."""
        return f"{self.stack}:{self.site} in {self.region}"

    @property
    def database_id(self) -> str | None:
        """The DB instance's identifier; None without a database, or in Backups mode while the half is standby."""
        return self.resources.get(self.site + PRIMARY)

    @property
    def backups_only(self) -> bool:
        """Whether the other half has a database, and this one only its replicated backups."""
        return self.database_id is None and DATABASE_ARN in self.handed_over

    @property
    def active_name(self) -> str:
        """The failover name: active.<DomainName>."""
        return self.physical(ACTIVE_RECORD).rstrip(".")

    @property
    def domain_name(self) -> str:
        """The site's DomainName."""
        return self.active_name.removeprefix(ACTIVE_PREFIX)

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

    Raises InvalidTemplateError if there is no such stack, no such site in it, or no copy of the site.
    """
    cloudformation = client("cloudformation", region)
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


def _secondary_region(cloudformation: Any, stack: str, site: str) -> str | None:
    """Return Secondary.Region from the primary half's template, as CloudFormation has it after the macro."""
    template = read_template(cloudformation, stack, PROCESSED)
    remote = (template.get("Resources") or {}).get(site + STACK) or {}
    region = (remote.get("Properties") or {}).get("Region")
    return region if isinstance(region, str) else None
