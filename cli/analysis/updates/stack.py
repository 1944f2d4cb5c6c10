"""A stack as an update sees it: the resources that a template makes, with the parameters' values put in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cli.analysis.availability.intrinsics import Intrinsics
from resilient_website.cloudformation.template_checks import LOOP

DELETION_POLICY, REPLACE_POLICY = "DeletionPolicy", "UpdateReplacePolicy"

# What is compared beside the properties. An update does nothing for a changed DependsOn alone.
ATTRIBUTES = ("Condition", "CreationPolicy", DELETION_POLICY, "Metadata", "UpdatePolicy", REPLACE_POLICY)


@dataclass(frozen=True)
class Resource:
    """A resource. Its values are resolved as far as they are known; `availability/references.py` says what is not."""

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]

    @property
    def deletion_policy(self) -> str:
        """What becomes of the resource when it leaves the stack. Source of the defaults: "DeletionPolicy attribute"."""
        database = self.type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in self.properties
        default = "Snapshot" if database or self.type == "AWS::RDS::DBCluster" else "Delete"
        return str(self.attributes.get(DELETION_POLICY, default))

    @property
    def replace_policy(self) -> str:
        """What becomes of the old resource when another takes its place."""
        return str(self.attributes.get(REPLACE_POLICY, "Delete"))


Stack = Mapping[str, Resource]


def stack(template: Mapping[str, Any], region: str, parameters: Mapping[str, Any]) -> Stack:
    """Return the resources of an expanded template by logical id: those whose condition is not known to be false."""
    intrinsics = Intrinsics(template, region, parameters)
    bodies: Mapping[str, Any] = template.get("Resources") or {}
    return {
        logical_id: Resource(
            logical_id,
            str(body.get("Type", "")),
            _map(intrinsics.value(body.get("Properties") or {})),
            {name: intrinsics.value(body[name]) for name in ATTRIBUTES if name in body},
        )
        for logical_id, body in bodies.items()
        if isinstance(body, Mapping) and intrinsics.exists(body)
    }


def loops(template: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the loops among a template's resources; CloudFormation alone knows what comes of them, by a transform."""
    bodies: Mapping[str, Any] = template.get("Resources") or {}
    return tuple(name for name in bodies if name.startswith(LOOP))


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
