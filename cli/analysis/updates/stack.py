"""A stack for a comparison: the resources of a template, with parameter values resolved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cli.analysis.availability.intrinsics import Intrinsics
from resilient_website.cloudformation.template_checks import LOOP

DELETION_POLICY, REPLACE_POLICY = "DeletionPolicy", "UpdateReplacePolicy"

# Attributes that are compared besides the properties. A change of DependsOn alone has no effect.
ATTRIBUTES = ("Condition", "CreationPolicy", DELETION_POLICY, "Metadata", "UpdatePolicy", REPLACE_POLICY)

# SAM adds it to every resource that it deploys; the file itself does not have it. Source: the code of the AWS SAM CLI,
# samcli/lib/samlib/resource_metadata_normalizer.py.
SAM_METADATA = "SamResourceId"


@dataclass(frozen=True)
class Resource:
    """A resource with its values resolved as far as known; see `availability/references.py` for unknown ones.

    `condition` is the definition of its condition, if that depends on what is unknown.
    """

    logical_id: str
    type: str
    properties: Mapping[str, Any]
    attributes: Mapping[str, Any]
    condition: str = ""

    @property
    def deletion_policy(self) -> str:
        """The policy for when the resource leaves the stack. Source of the defaults: "DeletionPolicy attribute"."""
        database = self.type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in self.properties
        default = "Snapshot" if database or self.type == "AWS::RDS::DBCluster" else "Delete"
        return str(self.attributes.get(DELETION_POLICY, default))

    @property
    def replace_policy(self) -> str:
        """The policy that applies to the old resource when it is replaced."""
        return str(self.attributes.get(REPLACE_POLICY, "Delete"))

    @cached_property
    def text(self) -> str:
        """The properties as JSON, for what looks for words in them."""
        return json.dumps(self.properties, ensure_ascii=False, default=str)


Stack = Mapping[str, Resource]


def stack(template: Mapping[str, Any], region: str, parameters: Mapping[str, Any]) -> Stack:
    """Return the resources of an expanded template by logical id, except those whose condition is false."""
    intrinsics = Intrinsics(template, region, parameters)
    bodies: Mapping[str, Any] = template.get("Resources") or {}
    return {
        logical_id: Resource(
            logical_id,
            str(body.get("Type", "")),
            _map(intrinsics.value(body.get("Properties") or {})),
            {name: intrinsics.value(value) for name, value in _attributes(body).items()},
            intrinsics.unknown_condition(body),
        )
        for logical_id, body in bodies.items()
        if isinstance(body, Mapping) and intrinsics.exists(body)
    }


def _attributes(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the attributes that are compared, without the metadata that SAM adds when it deploys."""
    given = {name: body[name] for name in ATTRIBUTES if name in body}
    metadata = given.get("Metadata")
    if isinstance(metadata, Mapping) and SAM_METADATA in metadata:
        own = {name: value for name, value in metadata.items() if name != SAM_METADATA}
        return {**given, "Metadata": own} if own else {name: each for name, each in given.items() if name != "Metadata"}
    return given


def loops(template: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the Fn::ForEach loops among a template's resources, which only CloudFormation's transform expands."""
    bodies: Mapping[str, Any] = template.get("Resources") or {}
    return tuple(name for name in bodies if name.startswith(LOOP))


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
