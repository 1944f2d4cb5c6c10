"""The resources of the function's own stack, by which a rotation finds what its secret is for.

Not by tags or the secret's value, which others can write: a secret belongs to the site whose logical id its own begins
with, and what uses it is the resource of that site under the logical id that the macro gives it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.secret_rotation.steps import RotationError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

SECRET_TYPE = "AWS::SecretsManager::Secret"  # noqa: S105 (a resource type)


@dataclass(frozen=True)
class Resource:
    """A resource of the stack."""

    logical_id: str
    type: str
    physical_id: str


@dataclass(frozen=True)
class OwnStack:
    """The stack's resources. While an update replaces one, the old and the new may both be there."""

    resources: tuple[Resource, ...]

    def beside(self, secret_arn: str, secret: str, wanted: Mapping[str, str]) -> tuple[str, ...]:
        """Return the physical ids of resources of the secret's site.

        `secret` is the end of the secret's logical id; `wanted` has the ends of the others' logical ids, each with its
        type. Raises RotationError if the secret is not of this stack, or if one of the others is not there, or is there
        twice.
        """
        site = self._site(secret_arn, secret)
        found = {site + ending: self._physical_ids(site + ending, kind) for ending, kind in wanted.items()}
        missing = [logical_id for logical_id, physical_ids in found.items() if not physical_ids]
        if missing:
            raise RotationError(f"The stack has no {', '.join(missing)}. Deploy it again, then rotate.")
        replaced = [logical_id for logical_id, physical_ids in found.items() if len(physical_ids) > 1]
        if replaced:
            raise RotationError(
                f"The stack has more than one {', '.join(replaced)}: an update replaces it. Secrets Manager tries "
                "again; or rotate once the update is complete."
            )
        return tuple(physical_id for physical_ids in found.values() for physical_id in physical_ids)

    def _physical_ids(self, logical_id: str, kind: str) -> set[str]:
        return {one.physical_id for one in self.resources if (one.logical_id, one.type) == (logical_id, kind)}

    def _site(self, secret_arn: str, secret: str) -> str:
        for one in self.resources:
            if (one.type, one.physical_id) == (SECRET_TYPE, secret_arn) and one.logical_id.endswith(secret):
                return one.logical_id.removesuffix(secret)
        raise RotationError(f"{secret_arn} is no {secret} of this function's stack: only those are rotated.")


def read(cloudformation: "CloudFormationClient", stack_id: str) -> OwnStack:
    """Return the stack's resources, without those that are deleted or being deleted."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    entries = [entry for page in pages for entry in page["StackResourceSummaries"]]
    return OwnStack(
        tuple(
            Resource(entry["LogicalResourceId"], entry["ResourceType"], entry["PhysicalResourceId"])
            for entry in entries
            if "PhysicalResourceId" in entry and not entry["ResourceStatus"].startswith("DELETE_")
        )
    )
