"""Finds a deployed site: its stack in a Region, its logical id there, and its resources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from cli.aws_pages import pages
from resilient_website.function_registry import FUNCTIONS
from resilient_website.problems import InvalidTemplateError, Problem, known_names
from resilient_website.tiers.web_servers.group import GROUP

# Logical ids, after the site's own.
TARGET_GROUP = "TargetGroup"
# Has targets only while a canary runs.
CANARY_TARGET_GROUP = "CanaryTargetGroup"
LOAD_BALANCER = "LoadBalancer"

GROUP_TYPE = "AWS::AutoScaling::AutoScalingGroup"
TARGET_GROUP_TYPE = "AWS::ElasticLoadBalancingV2::TargetGroup"
BALANCER_TYPE = "AWS::ElasticLoadBalancingV2::LoadBalancer"
DISTRIBUTION_TYPE = "AWS::CloudFront::Distribution"
INSTANCE_TYPE = "AWS::RDS::DBInstance"


@dataclass(frozen=True)
class SiteName:
    """A stack, and the site's logical id in it if the stack has several sites.

    `argument` is the command line's name for the stack: STACK if the site is given by --site, SITE if by STACK:SITE.
    """

    stack: str
    site: str | None = None
    argument: str = "SITE"

    @classmethod
    def of(cls, text: str) -> "SiteName":
        """Return STACK or STACK:SITE, split."""
        stack, _, site = text.partition(":")
        return cls(stack, site or None)

    def naming(self, site: str) -> str:
        """Return how the command line names a site of the stack."""
        return f"{self.stack}:{site}" if self.argument == "SITE" else f"--site {site}"


@dataclass(frozen=True)
class Resource:
    """A resource of a stack, as CloudFormation lists it."""

    logical_id: str
    type: str
    physical_id: str


@dataclass(frozen=True)
class DeployedSite:
    """A site in a stack. `resources` are its own ones and those that all sites of the stack share, by logical id."""

    region: str
    stack: str
    name: str
    resources: Mapping[str, Resource]

    @property
    def title(self) -> str:
        """The site in messages."""
        return f"{self.stack}:{self.name} in {self.region}"

    def of_type(self, kind: str) -> tuple[Resource, ...]:
        """Return the resources of a type, by logical id."""
        return tuple(self.resources[name] for name in sorted(self.resources) if self.resources[name].type == kind)

    def find(self, suffix: str) -> str | None:
        """Return the physical id of the resource whose logical id is, or starts with, the site's and `suffix`.

        The ids of a load balancer and its target group have more behind it after some changes.
        """
        start = self.name + suffix
        found = sorted(logical for logical in self.resources if logical.startswith(start))
        if not found:
            return None
        return self.resources[start if start in self.resources else found[0]].physical_id


def find_site(client: Any, name: SiteName, region: str) -> DeployedSite:
    """Return a site of a stack in `region`; `client` takes a service and a Region.

    Raises InvalidTemplateError if there is no such stack, or no such site in it; ClientError if AWS refuses.
    """
    listed = stack_resources(client("cloudformation", region), name, region)
    site = site_in(name, region, listed)
    others = tuple(each for each in site_names(listed) if each != site)
    own = {logical: each for logical, each in listed.items() if _belongs(logical, site, others)}
    return DeployedSite(region, name.stack, site, own)


def stack_resources(cloudformation: Any, name: SiteName, region: str) -> dict[str, Resource]:
    """Return every resource of a stack by logical id. Raises InvalidTemplateError if there is no such stack."""
    try:
        found = pages(cloudformation, "list_stack_resources", "StackResourceSummaries", StackName=name.stack)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        advice = "give the name of a stack in this Region, or another --region"
        raise InvalidTemplateError([Problem(name.argument, f"{region} has no stack {name.stack}", advice)]) from error
    return {
        each["LogicalResourceId"]: Resource(each["LogicalResourceId"], each["ResourceType"], each["PhysicalResourceId"])
        for each in found
        if each.get("PhysicalResourceId")
    }


def site_names(resources: Mapping[str, Resource]) -> list[str]:
    """Return the logical ids of a stack's sites: each has an Auto Scaling group."""
    groups = [logical for logical, each in resources.items() if each.type == GROUP_TYPE]
    return sorted(group.removesuffix(GROUP) for group in groups if group.endswith(GROUP))


def site_in(name: SiteName, region: str, resources: Mapping[str, Resource]) -> str:
    """Return the logical id of the site that is meant. Raises InvalidTemplateError if it is not clear."""
    return chosen_site(name, region, site_names(resources))


def chosen_site(name: SiteName, region: str, sites: list[str]) -> str:
    """Return which of a stack's sites is meant. Raises InvalidTemplateError if it is not clear."""
    if name.site in sites:
        return str(name.site)
    if name.site is None and len(sites) == 1:
        return sites[0]
    if not sites:
        found, advice = f"the stack {name.stack} in {region} has no website", "give the stack of a website"
    elif name.site is None:
        found = f"the stack {name.stack} has the sites {', '.join(sites)}"
        advice = f"name one of them, as in {name.naming(sites[0])}"
    else:
        found = f"the stack {name.stack} in {region} has no site {name.site}"
        advice = known_names(name.site, sites)
    raise InvalidTemplateError([Problem(name.argument, found, advice)])


def _belongs(logical_id: str, site: str, others: tuple[str, ...]) -> bool:
    """Return whether a resource is the site's, or a function that the stack's sites share.

    A logical id that begins with two sites' ids belongs to the longer one.
    """
    longer = [other for other in others if other.startswith(site) and logical_id.startswith(other)]
    if logical_id.startswith(site):
        return not longer
    return any(logical_id.startswith(kind.name) for kind in FUNCTIONS)
