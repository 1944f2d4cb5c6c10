"""CloudFormation's door to the protection of stores. crhelper answers it, whatever happens; the work is done elsewhere.

The stores wait for this resource, so an update that it refuses has touched none of them.
"""

import logging
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import CustomResource
from update_protection.properties import ProtectedStores, read
from update_protection.replaced_stores import losses

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

logger = logging.getLogger(__name__)

PHYSICAL_ID = "update-protection"

# crhelper cuts a reason to 256 characters. The advice has to stay whole; the log has all stores.
MAX_LOSSES_LENGTH = 135

helper = CustomResource()

_CONFIG = Config(connect_timeout=3, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4})


def handler(event: dict[str, Any], context: Any) -> None:
    """Answer one request of CloudFormation's."""
    helper(event, context)


@helper.create
def create(event: dict[str, Any], _context: Any) -> str:
    """Check the properties; there is nothing yet that could be lost."""
    _read(event["ResourceProperties"])
    return PHYSICAL_ID


@helper.update
def update(event: dict[str, Any], _context: Any) -> str:
    """Refuse an update that would cost a store, unless an earlier one has taken the protection off.

    A rollback brings back what was there, so it is never refused.
    """
    old, new = _read(event["OldResourceProperties"]), _read(event["ResourceProperties"])
    lost = losses(old, new) if old.enabled else []
    if lost and not _is_rolled_back(event["StackId"]):
        raise ValueError(_refusal(lost, new))
    return PHYSICAL_ID


@helper.delete
def delete(_event: dict[str, Any], _context: Any) -> None:
    """Do nothing: what is left when a stack goes is what the stores' deletion policies say."""


def _read(properties: dict[str, Any]) -> ProtectedStores:
    try:
        return read(properties)
    except InvalidPropertiesError as error:
        raise ValueError(str(error)) from None


def _is_rolled_back(stack_id: str) -> bool:
    """Tell whether the stack goes back to what it was. Source of the statuses: "Stack status codes"."""
    cloudformation: CloudFormationClient = boto3.client("cloudformation", config=_CONFIG)
    return "ROLLBACK" in cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"]


def _refusal(lost: list[str], new: ProtectedStores) -> str:
    told = "; ".join(lost)
    logger.info("refused: %s", told)
    shown = told if len(told) <= MAX_LOSSES_LENGTH else f"{told[: MAX_LOSSES_LENGTH - 4]} ..."
    alone = "" if new.enabled else " and nothing else"
    return (
        f"{shown}. No store was touched. If it is meant: an update with UpdateProtection: false{alone}, then this one"
    )
