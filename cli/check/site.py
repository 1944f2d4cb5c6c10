"""The sites to check: their values as far as known, and their deployed resources."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from troposphere import encode_to_dict

from cli.analysis.availability.intrinsics import Intrinsics
from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import Unavailable
from resilient_website.expand import expand_template
from resilient_website.read_template import read_sites
from resilient_website.site_spec import SiteSpec

NOT_KNOWN = "not known before the deployment"
ACCOUNT = "AWS::AccountId"


@dataclass(frozen=True)
class Stack:
    """The stack that the template is for. Without a name: a new stack without resources."""

    name: str | None

    def resources(self, aws: Aws) -> Mapping[str, Mapping[str, Any]]:
        """Return the stack's resources as CloudFormation lists them, by logical id."""
        if self.name is None:
            return {}
        answer = aws.find("cloudformation", "list_stack_resources", missing=("ValidationError",), StackName=self.name)
        entries = (answer or {}).get("StackResourceSummaries", [])
        return {entry["LogicalResourceId"]: entry for entry in entries if "PhysicalResourceId" in entry}

    def own(self, aws: Aws, kind: str) -> frozenset[str]:
        """Return the physical ids of the stack's resources of one type."""
        entries = self.resources(aws).values()
        return frozenset(str(entry["PhysicalResourceId"]) for entry in entries if entry["ResourceType"] == kind)


@dataclass(frozen=True)
class Site:
    """One site of the template. `path` is that of its properties, `bodies` are the template's own resources."""

    name: str
    spec: SiteSpec
    region: str
    stack: Stack
    intrinsics: Intrinsics
    bodies: Mapping[str, Any]

    @property
    def path(self) -> str:
        """The path of the site's properties in the template."""
        return f"Resources.{self.name}.Properties"

    def at(self, name: str) -> str:
        """Return the path of a property of the site."""
        return f"{self.path}.{name}"

    def known(self, name: str, value: Any) -> str:
        """Return a property's value, with parameters resolved. Raises Unavailable if it is not known yet."""
        resolved = self.intrinsics.value(encode_to_dict(value))
        if not isinstance(resolved, str | int) or "⟨" in str(resolved):
            raise Unavailable(NOT_KNOWN, self.at(name))
        return str(resolved)

    def plain(self, value: Any) -> Any:
        """Return a value of the specification as template JSON."""
        return encode_to_dict(value)

    def type_of(self, logical_id: str) -> str:
        """Return the type of a resource in the template; empty if it does not exist."""
        return str((self.bodies.get(logical_id) or {}).get("Type", ""))

    def is_deployed(self, aws: Aws, suffix: str) -> bool:
        """Return whether a resource of the site is already in the stack."""
        return self.name + suffix in self.stack.resources(aws)


@dataclass(frozen=True)
class Checked:
    """The template: its sites, its expansion, and the Region, macro and stack it is for."""

    sites: tuple[Site, ...]
    expanded: Mapping[str, Any]
    region: str
    macro: str
    stack: Stack

    def in_stack(self, stack: Stack) -> "Checked":
        """Return the same, for another stack."""
        return replace(self, stack=stack, sites=tuple(replace(site, stack=stack) for site in self.sites))


def read(
    template: Mapping[str, Any],
    values: Mapping[str, Any],
    region: str,
    macro: str,
    stack: Stack,
    account: Callable[[], str],
) -> Checked:
    """Return the sites of a template whose condition is true.

    `account` returns the account's id; it is called only after the template has been expanded. Raises
    InvalidTemplateError with everything that the macro would reject.
    """
    expanded = expand_template(template, values, region, macro)
    # Handled like a parameter: ARNs often contain it.
    declared = {**(template.get("Parameters") or {}), ACCOUNT: {"Type": "String"}}
    intrinsics = Intrinsics({**template, "Parameters": declared}, region, {**values, ACCOUNT: account()})
    bodies = template["Resources"]
    sites = tuple(
        Site(name, spec, region, stack, intrinsics, bodies)
        for name, spec in read_sites(template, values, region).items()
        if intrinsics.exists(bodies[name])
    )
    return Checked(sites, expanded, region, macro, stack)
