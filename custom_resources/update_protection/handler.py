"""Lambda entry point of the update protection.

The stores depend on this resource, so CloudFormation has changed none of them when it rejects an update.
"""

import logging
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from shared.cfn_response.resource import CustomResource
from update_protection.dropped_copy import dropped, refusal
from update_protection.properties import ProtectedStores, read
from update_protection.replaced_stores import losses

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

logger = logging.getLogger(__name__)

PHYSICAL_ID = "update-protection"

# A reason has at most 256 characters, and the advice must not be cut. The log lists all stores.
MAX_LOSSES_LENGTH = 135

helper = CustomResource()

_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle one CloudFormation request."""
    helper(event, context)


@helper.create
def create(event: dict[str, Any], _context: Any) -> str:
    """Check the properties; there are no stores to protect yet."""
    read(event["ResourceProperties"])
    return PHYSICAL_ID


@helper.update
def update(event: dict[str, Any], _context: Any) -> str:
    """Reject an update that would lose a store or the copy, unless an earlier update has disabled the protection.

    A rollback restores the previous state, so it is never rejected.
    """
    old, new = read(event["OldResourceProperties"]), read(event["ResourceProperties"])
    lost, copy = losses(old, new), dropped(old, new)
    if not old.enabled or not (lost or copy) or _is_rolled_back(event["StackId"]):
        return PHYSICAL_ID
    reason = _refusal(lost, new) if lost else ""
    if copy and not reason:
        cloudformation: CloudFormationClient = boto3.client("cloudformation", config=_CONFIG)
        reason = refusal(cloudformation, boto3.client("rds", config=_CONFIG), event["StackId"], copy)
    if reason:
        raise ValueError(reason)
    return PHYSICAL_ID


@helper.delete
def delete(_event: dict[str, Any], _context: Any) -> None:
    """Do nothing: the stores' deletion policies decide what is kept when the stack is deleted."""


def _is_rolled_back(stack_id: str) -> bool:
    """Return whether the stack is being rolled back. Source of the statuses: "Stack status codes"."""
    cloudformation: CloudFormationClient = boto3.client("cloudformation", config=_CONFIG)
    return "ROLLBACK" in cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]


def _refusal(lost: list[str], new: ProtectedStores) -> str:
    every = "; ".join(lost)
    logger.info("rejected: %s", every)
    shown = every if len(every) <= MAX_LOSSES_LENGTH else f"{every[: MAX_LOSSES_LENGTH - 4]} ..."
    only = "" if new.enabled else "only "
    return (
        f"{shown}. No data store was changed. To allow it, first deploy {only}UpdateProtection: false, then repeat "
        "this update"
    )
