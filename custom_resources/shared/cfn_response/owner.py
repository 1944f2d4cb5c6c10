"""Ownership of resources that a function creates: the name is computed from stack and logical id, two tags record both.

CloudFormation may cancel a request in progress because another resource failed, and then has no id of what was created:
it is found by its name. The function's role grants access by that name, never by tags, which others can write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

STACK_TAG = "resilient-website:stack-id"
RESOURCE_TAG = "resilient-website:logical-id"


@dataclass(frozen=True)
class Owner:
    """The resource of a stack for which something is created."""

    stack_id: str
    logical_id: str

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Self:
        """Return the resource that a request concerns."""
        return cls(event["StackId"], event["LogicalResourceId"])

    @property
    def region(self) -> str:
        """The Region of the stack."""
        return self.stack_id.split(":")[3]

    @property
    def tags(self) -> dict[str, str]:
        """The tags of what is created for this resource."""
        return {STACK_TAG: self.stack_id, RESOURCE_TAG: self.logical_id}
