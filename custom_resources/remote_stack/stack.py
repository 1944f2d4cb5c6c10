"""Stacks of ours in another Region: how they are named and marked, and what state they are in."""

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

# Before the GUID of the function's own stack, in the names of the stacks that it makes. Its role may touch these alone.
PREFIX = "resilient-website-"
MAX_NAME_LENGTH = 128

# What was deployed last.
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
        """Whether an operation is under way."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    @property
    def never_was(self) -> bool:
        """Whether it was never complete, or is half deleted: it can't be updated, only deleted."""
        return self.status in ("CREATE_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED") or (
            self.status.startswith("ROLLBACK_")
        )


def name_of(owner: Owner) -> str:
    """Return the name of an owner's stack: always the same, so that a repeated request finds what the first made."""
    name = _prefix(owner) + owner.logical_id
    if len(name) <= MAX_NAME_LENGTH:
        return name
    digest = hashlib.sha256(owner.logical_id.encode()).hexdigest()[:12]
    return f"{name[: MAX_NAME_LENGTH - len(digest) - 1]}-{digest}"


def region_of(stack_id: str, owner: Owner) -> str | None:
    """Return the Region that a stack's id names; None if it is no such id, or of a stack that is not the owner's."""
    match = ID.fullmatch(stack_id)
    return match["region"] if match and match["name"].startswith(_prefix(owner)) else None


def is_of_another(stack_id: str, owner: Owner) -> bool:
    """Tell whether an id is that of a stack which the owner's stack has not made."""
    return ID.fullmatch(stack_id) is not None and region_of(stack_id, owner) is None


def _prefix(owner: Owner) -> str:
    return f"{PREFIX}{owner.stack_id.rpartition('/')[2]}-"


def digest(wanted: RemoteStack, role_arn: str) -> str:
    """Return what changes with anything that is wanted."""
    parts = repr((wanted.template, wanted.parameters, wanted.tags, role_arn))
    return hashlib.sha256(parts.encode()).hexdigest()


def state(cloudformation: "CloudFormationClient", name: str) -> State | None:
    """Return a stack's state, by its name or id; None if there is none, or none any more."""
    try:
        found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except cloudformation.exceptions.ClientError as error:
        if failures.missing(error):
            return None
        raise
    return None if found["StackStatus"] == "DELETE_COMPLETE" else _state(found)


def settled(cloudformation: "CloudFormationClient", name: str, patience: Deadline) -> State | None:
    """Return a stack's state once nothing is under way; None once it is gone. Raises RemoteStackError if it is late."""
    found = None
    for _ in patience.attempts():
        found = patience.retry(lambda: state(cloudformation, name))
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
