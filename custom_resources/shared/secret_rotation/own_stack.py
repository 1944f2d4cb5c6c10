"""The resources of the function's own stack, in which a rotation finds those that use its secret.

Tags and the secret's value are not used, since others can write them. A secret belongs to the site whose logical id its
own starts with; the resources that use it have the logical ids that the macro gives them for that site.
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
    """The stack's resources. While an update replaces one, both the old and the new one may be listed."""

    resources: tuple[Resource, ...]

    def beside(self, secret_arn: str, secret: str, wanted: Mapping[str, str]) -> tuple[str, ...]:
        """Return the physical ids of resources of the secret's site.

        `secret` is the ending of the secret's logical id; `wanted` maps the endings of the other logical ids to their
        types. Raises RotationError if the secret does not belong to this stack, or if one of the other resources is
        missing or listed twice.
        """
        site = self.site(secret_arn, secret)
        found = {site + ending: self._physical_ids(site + ending, kind) for ending, kind in wanted.items()}
        missing = [logical_id for logical_id, physical_ids in found.items() if not physical_ids]
        if missing:
            raise RotationError(f"The stack has no {', '.join(missing)}. Deploy it again, then rotate.")
        replaced = [logical_id for logical_id, physical_ids in found.items() if len(physical_ids) > 1]
        if replaced:
            raise RotationError(
                f"The stack has more than one {', '.join(replaced)}: an update is replacing it. Secrets Manager "
                "retries; or rotate once the update is complete."
            )
        return tuple(physical_id for physical_ids in found.values() for physical_id in physical_ids)

    def _physical_ids(self, logical_id: str, kind: str) -> set[str]:
        return {one.physical_id for one in self.resources if (one.logical_id, one.type) == (logical_id, kind)}

    def site(self, secret_arn: str, secret: str) -> str:
        """Return the logical id of the secret's site. Raises RotationError if the secret is not of this stack."""
        for one in self.resources:
            if (one.type, one.physical_id) == (SECRET_TYPE, secret_arn) and one.logical_id.endswith(secret):
                return one.logical_id.removesuffix(secret)
        raise RotationError(f"{secret_arn} is not the {secret} of a site in this function's stack; rotate only those.")


def read(cloudformation: "CloudFormationClient", stack_id: str) -> OwnStack:
    """Return the stack's resources except those that are deleted or being deleted."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id)
    entries = [entry for page in pages for entry in page["StackResourceSummaries"]]
    return OwnStack(
        tuple(
            Resource(entry["LogicalResourceId"], entry["ResourceType"], entry["PhysicalResourceId"])
            for entry in entries
            if "PhysicalResourceId" in entry and not entry["ResourceStatus"].startswith("DELETE_")
        )
    )
