"""Which resource of which stack a function has made something for: its name is made of them, and two tags tell them.

CloudFormation may cancel a request under way, because another resource failed, and then knows no id of what was made:
it is found by its name. The function's role allows what it may change by that name, and never by the tags, which others
can write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

STACK_TAG = "resilient-website:stack-id"
RESOURCE_TAG = "resilient-website:logical-id"


@dataclass(frozen=True)
class Owner:
    """A resource of a stack."""

    stack_id: str
    logical_id: str

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Self:
        """Return the resource that a request is about."""
        return cls(event["StackId"], event["LogicalResourceId"])

    @property
    def region(self) -> str:
        """The Region of its stack."""
        return self.stack_id.split(":")[3]

    @property
    def tags(self) -> dict[str, str]:
        """The tags of what is its own."""
        return {STACK_TAG: self.stack_id, RESOURCE_TAG: self.logical_id}
