"""The sites to be checked, and how a check looks at one: its values as far as they are known, and what stands of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import encode_to_dict

from cli.analysis.availability.intrinsics import Intrinsics
from cli.check.aws import Aws
from cli.check.findings import Unavailable
from resilient_website.expand import expand_template, read_sites
from resilient_website.site_spec import SiteSpec

NOT_KNOWN = "not known before the deployment"
ACCOUNT = "AWS::AccountId"


@dataclass(frozen=True)
class Stack:
    """The stack that the template is for. Without a name: a new one, in which nothing is yet."""

    name: str | None

    def resources(self, aws: Aws) -> Mapping[str, Mapping[str, Any]]:
        """Return what CloudFormation lists of the stack's resources, by logical id."""
        if self.name is None:
            return {}
        told = aws.find("cloudformation", "list_stack_resources", missing=("ValidationError",), StackName=self.name)
        entries = (told or {}).get("StackResourceSummaries", [])
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
        """Where the site's properties stand in the template."""
        return f"Resources.{self.name}.Properties"

    def at(self, name: str) -> str:
        """Return the path of a property of the site."""
        return f"{self.path}.{name}"

    def known(self, name: str, value: Any) -> str:
        """Return a property's value, parameters put in. Raises Unavailable if only the deployment can tell it."""
        resolved = self.intrinsics.value(encode_to_dict(value))
        if not isinstance(resolved, str | int) or "⟨" in str(resolved):
            raise Unavailable(NOT_KNOWN, self.at(name))
        return str(resolved)

    def plain(self, value: Any) -> Any:
        """Return a value of the specification as template JSON."""
        return encode_to_dict(value)

    def type_of(self, logical_id: str) -> str:
        """Return the type of a resource that the template writes out; empty if there is none."""
        return str((self.bodies.get(logical_id) or {}).get("Type", ""))

    def stands(self, aws: Aws, suffix: str) -> bool:
        """Tell whether a resource of the site is in the stack already."""
        return self.name + suffix in self.stack.resources(aws)


@dataclass(frozen=True)
class Checked:
    """The whole template: its sites, what it expands to, and where it will be deployed by which macro."""

    sites: tuple[Site, ...]
    expanded: Mapping[str, Any]
    region: str
    macro: str
    stack: Stack


def read(
    template: Mapping[str, Any],
    values: Mapping[str, Any],
    region: str,
    macro: str,
    stack: Stack,
    account: Callable[[], str],
) -> Checked:
    """Return the sites of a template that are not switched off by a condition.

    `account` gives the account's id; it is not asked before the template has been expanded. Raises InvalidTemplateError
    with all that the macro would refuse.
    """
    expanded = expand_template(template, values, region, macro)
    # As if it were a parameter: ARNs are often written with it.
    declared = {**(template.get("Parameters") or {}), ACCOUNT: {"Type": "String"}}
    intrinsics = Intrinsics({**template, "Parameters": declared}, region, {**values, ACCOUNT: account()})
    bodies = template["Resources"]
    sites = tuple(
        Site(name, spec, region, stack, intrinsics, bodies)
        for name, spec in read_sites(template, values, region).items()
        if intrinsics.exists(bodies[name])
    )
    return Checked(sites, expanded, region, macro, stack)
