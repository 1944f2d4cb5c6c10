"""The resources of the function's own stack, by which a rotation finds what its secret is for.

Not by tags or the secret's value, which others can write: a secret belongs to the site whose logical id its own begins
with, and what uses it is the resource of that site under the logical id that the macro gives it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

SECRET_TYPE = "AWS::SecretsManager::Secret"  # noqa: S105 (a resource type)


@dataclass(frozen=True)
class Resource:
    """A resource of the stack: its type and its physical id."""

    type: str
    physical_id: str


@dataclass(frozen=True)
class OwnStack:
    """The stack's resources by their logical ids."""

    resources: Mapping[str, Resource]

    def beside(self, secret_arn: str, secret: str, wanted: Mapping[str, str]) -> tuple[str, ...]:
        """Return the physical ids of resources of the secret's site.

        `secret` is the end of the secret's logical id; `wanted` has the ends of the others' logical ids, each with its
        type. Raises RotationError if the secret is not of this stack, or if one of the others is not there.
        """
        site = self._site(secret_arn, secret)
        found = {ending: self.resources.get(site + ending) for ending in wanted}
        missing = [
            site + ending
            for ending, kind in wanted.items()
            if (resource := found[ending]) is None or resource.type != kind
        ]
        if missing:
            raise RotationError(f"The stack has no {', '.join(missing)}. Deploy it again, then rotate.")
        return tuple(resource.physical_id for resource in found.values() if resource is not None)

    def _site(self, secret_arn: str, secret: str) -> str:
        for logical_id, resource in self.resources.items():
            if resource == Resource(SECRET_TYPE, secret_arn) and logical_id.endswith(secret):
                return logical_id.removesuffix(secret)
        raise RotationError(f"{secret_arn} is no {secret} of this function's stack: only those are rotated.")


def read(cloudformation: "CloudFormationClient", stack_id: str) -> OwnStack:
    """Return the stack's resources, without those that are deleted."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    entries = [entry for page in pages for entry in page["StackResourceSummaries"]]
    return OwnStack(
        {
            entry["LogicalResourceId"]: Resource(entry["ResourceType"], entry["PhysicalResourceId"])
            for entry in entries
            if "PhysicalResourceId" in entry and not entry["ResourceStatus"].startswith("DELETE_")
        }
    )
