"""What each resource of a template waits for: the resources that it refers to, and those in its DependsOn.

Source: "Understand stack deployment time" in the AWS CloudFormation User Guide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.analysis.availability.intrinsics import Intrinsics
from resilient_website.cloudformation.references import depends_on, references

# Attributes of a resource that CloudFormation does not resolve before it creates the resource.
NOT_RESOLVED = ("Condition", "DependsOn", "Metadata", "Type")


@dataclass(frozen=True)
class Dependencies:
    """What a resource waits for: `referred` by Ref, Fn::GetAtt and Fn::Sub, `named` in its DependsOn only."""

    referred: frozenset[str]
    named: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """All resources that it waits for."""
        return self.referred | self.named


def existing(template: Mapping[str, Any], region: str, parameters: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the resources of an expanded template whose condition is not false."""
    intrinsics = Intrinsics(template, region, parameters)
    held = template.get("Resources")
    bodies: Mapping[str, Any] = held if isinstance(held, Mapping) else {}
    return {name: body for name, body in bodies.items() if isinstance(body, Mapping) and intrinsics.exists(body)}


def dependencies(resources: Mapping[str, Mapping[str, Any]]) -> dict[str, Dependencies]:
    """Return what each resource waits for. Both values of an Fn::If count, as far as the resources exist."""
    return {name: _of(name, body, resources) for name, body in resources.items()}


def _of(name: str, body: Mapping[str, Any], resources: Mapping[str, Any]) -> Dependencies:
    resolved = {key: value for key, value in body.items() if key not in NOT_RESOLVED}
    referred = {found for found in references(resolved) if found in resources} - {name}
    named = {found for found in depends_on(body) if found in resources} - {name}
    return Dependencies(frozenset(referred), frozenset(named - referred))
