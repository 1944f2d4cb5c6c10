"""Lambda entry point of the custom resource for stacks in another Region.

The function waits for the other stack itself, for most of its 15 minutes if necessary. crhelper's polling is not used:
its rule has no room for the template, which is needed again if a failed stack has to be deleted first.
"""

import json
import logging
import os
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from remote_stack import deploy, failures, removal, stack
from remote_stack.properties import RemoteStack, read
from remote_stack.waiting import Deadline
from shared.cfn_response.owner import Owner
from shared.cfn_response.properties import InvalidPropertiesError
from shared.cfn_response.resource import CustomResource

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

Event = dict[str, Any]

logger = logging.getLogger(__name__)

# Reserved for cleanup and for the response.
MARGIN_SECONDS = 20

# A response has at most 4,096 bytes, of which the ids take the rest. Source: "Custom resource response objects" in the
# CloudFormation User Guide.
MAX_DATA = 3000

# Short timeouts, so that slow calls can be retried.
_session = botocore.session.get_session()
_session.set_default_client_config(
    Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
)
boto3.setup_default_session(botocore_session=_session)

helper = CustomResource()


def handler(event: Event, context: Any) -> None:
    """Handle one CloudFormation request."""
    helper(event, context)


def _with_short_errors(work: Callable[[Event, Any], str | None]) -> Callable[[Event, Any], str | None]:
    """Wrap a function that crhelper calls, so that it raises AWS errors with a message that is not cut."""

    def wrapped(event: Event, context: Any) -> str | None:
        try:
            return work(event, context)
        except (ClientError, BotoCoreError) as error:
            raise failures.brief(error, str(event["ResourceProperties"].get("Region", "")) or "unknown") from error

    return wrapped


@helper.create
@_with_short_errors
def create(event: Event, context: Any) -> str:
    """Create the stack. Its id is set as soon as it exists, so that Delete receives it if a later step fails."""
    helper.PhysicalResourceId = helper.generate_physical_id(event)

    def on_start(stack_id: str) -> None:
        helper.PhysicalResourceId = stack_id

    return _deployed(event, _wanted(event), context, on_start)


@helper.update
@_with_short_errors
def update(event: Event, context: Any) -> str:
    """Update the stack. A new Region means a new stack: CloudFormation then deletes the old one."""
    helper.PhysicalResourceId = current = str(event["PhysicalResourceId"])
    wanted = _wanted(event)
    new: list[str] = []
    try:
        answer = _deployed(event, wanted, context, new.append)
    except Exception:
        # The response names the old stack, so CloudFormation sends no Delete for the new one.
        for stack_id in new:
            removal.abandon(_cloudformation(wanted.region), stack_id, _role())
        raise
    _delete_strays(event, kept=(current, answer))
    return answer


@helper.delete
@_with_short_errors
def delete(event: Event, context: Any) -> str:
    """Delete the stack, unless its id names a stack that the function's own stack has not created.

    If the id is not a stack id, the creation failed or was cancelled: the stack is found by its name.
    """
    helper.PhysicalResourceId = current = str(event.get("PhysicalResourceId", ""))
    owner = Owner.of(event)
    if stack.is_of_another(current, owner):
        logger.warning("%s was not created by this function's stack; nothing is deleted", current)
        return current
    region = stack.region_of(current, owner) or _region(event["ResourceProperties"], owner)
    if region is None:
        logger.info("nothing was created; nothing is deleted")
        return current
    deadline, cloudformation = _deadline(context), _cloudformation(region)
    name = current if stack.region_of(current, owner) else stack.name_of(owner)
    found = deadline.retry(lambda: stack.state(cloudformation, name))
    if found and found.status.startswith(("UPDATE_", "DELETE_")) and found.in_progress:
        found = stack.settled(cloudformation, name, deadline)
    if found and owner.tags.items() <= found.tags.items():
        removal.delete(cloudformation, found, _role(), deadline)
    return current


def _deployed(event: Event, wanted: RemoteStack, context: Any, on_start: Callable[[str], None]) -> str:
    """Deploy the stack, copy its outputs to `helper.Data`, and return its id."""
    deployment = deploy.Deployment(wanted, Owner.of(event), _role(), event["RequestId"])
    found = deploy.deploy(_cloudformation(wanted.region), deployment, _deadline(context), on_start)
    size = len(json.dumps(dict(found.outputs)))
    if size > MAX_DATA:
        raise failures.too_much(size, MAX_DATA)
    helper.Data.update(found.outputs)
    return found.stack_id


def _delete_strays(event: Event, kept: tuple[str, ...]) -> None:
    """Start deleting the new stack of an update to another Region that was cancelled before its response.

    CloudFormation then requests the old Region again, and has no id of the new stack.
    """
    owner = Owner.of(event)
    region = _region(event.get("OldResourceProperties", {}), owner)
    if region is None or region in [stack.region_of(stack_id, owner) for stack_id in kept]:
        return
    cloudformation = _cloudformation(region)
    try:
        found = stack.state(cloudformation, stack.name_of(owner))
    except (ClientError, BotoCoreError):
        logger.exception("a stack of this resource may still exist in %s: delete it manually", region)
        return
    if found and owner.tags.items() <= found.tags.items():
        removal.abandon(cloudformation, found.stack_id, _role())


def _wanted(event: Event) -> RemoteStack:
    return read(event["ResourceProperties"], Owner.of(event).region)


def _region(properties: dict[str, Any], owner: Owner) -> str | None:
    """Return the Region in valid properties; None if they are invalid, since no stack was created with them."""
    try:
        return read(properties, owner.region).region
    except InvalidPropertiesError:
        return None


def _deadline(context: Any) -> Deadline:
    return Deadline(time.monotonic() + context.get_remaining_time_in_millis() / 1000 - MARGIN_SECONDS)


def _role() -> str:
    """Return the role with which CloudFormation creates the stack's resources, from the environment."""
    return os.environ["STACK_ROLE_ARN"]


@cache
def _cloudformation(region: str) -> "CloudFormationClient":
    return boto3.client("cloudformation", region_name=region)
