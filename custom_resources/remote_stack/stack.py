"""The names, tags and states of the stacks that this custom resource manages in other Regions."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remote_stack import failures
from remote_stack.properties import RemoteStack
from remote_stack.waiting import Deadline
from shared.cfn_response.owner import Owner
from shared.cfn_response.properties import REGION

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

# Precedes the GUID of the function's own stack in the names of its stacks. Its role has access to these only.
PREFIX = "resilient-website-"
MAX_NAME_LENGTH = 128

# Holds the digest of the last deployment.
DIGEST_TAG = "resilient-website:digest"

ID = re.compile(rf"arn:[^:]+:cloudformation:(?P<region>{REGION}):[0-9]{{12}}:stack/(?P<name>[^/]+)/[^/]+")


@dataclass(frozen=True)
class State:
    """A stack as it is now."""

    stack_id: str
    status: str
    outputs: Mapping[str, str]
    tags: Mapping[str, str]

    @property
    def in_progress(self) -> bool:
        """Whether an operation is in progress."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def must_be_recreated(self) -> bool:
        """Whether it was never complete, or its deletion failed: it can only be deleted, not updated."""
        return self.status in ("CREATE_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED") or (
            self.status.startswith("ROLLBACK_")
        )


def name_of(owner: Owner) -> str:
    """Return the name of an owner's stack: always the same, so that a repeated request finds the same stack."""
    name = _prefix(owner) + owner.logical_id
    if len(name) <= MAX_NAME_LENGTH:
        return name
    digest = hashlib.sha256(owner.logical_id.encode()).hexdigest()[:12]
    return f"{name[: MAX_NAME_LENGTH - len(digest) - 1]}-{digest}"


def region_of(stack_id: str, owner: Owner) -> str | None:
    """Return the Region in a stack id; None if it is not a stack id, or names another owner's stack."""
    match = ID.fullmatch(stack_id)
    return match["region"] if match and match["name"].startswith(_prefix(owner)) else None


def is_of_another(stack_id: str, owner: Owner) -> bool:
    """Return whether an id names a stack that the owner's stack has not created."""
    return ID.fullmatch(stack_id) is not None and region_of(stack_id, owner) is None


def _prefix(owner: Owner) -> str:
    return f"{PREFIX}{owner.stack_id.rpartition('/')[2]}-"


def digest(wanted: RemoteStack, role_arn: str) -> str:
    """Return a digest of the requested stack and its role."""
    parts = repr((wanted.template, wanted.parameters, wanted.tags, role_arn))
    return hashlib.sha256(parts.encode()).hexdigest()


def state(cloudformation: "CloudFormationClient", name: str) -> State | None:
    """Return a stack's state, given its name or id; None if it does not exist or was deleted."""
    try:
        found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except cloudformation.exceptions.ClientError as error:
        if failures.missing(error):
            return None
        raise
    return None if found["StackStatus"] == "DELETE_COMPLETE" else _state(found)


def settled(cloudformation: "CloudFormationClient", name: str, deadline: Deadline) -> State | None:
    """Return a stack's state once no operation is in progress; None if it is deleted. Raises RemoteStackError."""
    found = None
    for _ in deadline.attempts():
        found = deadline.retry(lambda: state(cloudformation, name))
        if found is None or not found.in_progress:
            return found
    raise failures.late(found.status if found else "unknown", name, cloudformation.meta.region_name)


def _state(found: "StackTypeDef") -> State:
    return State(
        found.get("StackId", found["StackName"]),
        found["StackStatus"],
        {output.get("OutputKey", ""): output.get("OutputValue", "") for output in found.get("Outputs", [])},
        {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])},
    )
