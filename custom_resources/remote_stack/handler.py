"""CloudFormation's door to stacks in another Region. crhelper answers it, whatever happens; the work is done elsewhere.

The function waits for the other stack itself, most of its 15 minutes if need be. crhelper's polling would not do: its
rule has no room for the template, which is still needed when the remains of a failed stack have to go first.
"""

import json
import logging
import os
import time
from collections.abc import Callable
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

# Kept for the answer, and for what has to be tidied up first.
MARGIN_SECONDS = 20

# An answer has 4,096 bytes at most. The rest is ids, of which a stack's are the long ones. Source: "Custom resource
# response objects" in the CloudFormation User Guide.
MAX_DATA = 3000

# Even a slow call ends soon; there is patience for more than one. crhelper makes its own clients, of this session.
_session = botocore.session.get_session()
_session.set_default_client_config(
    Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
)
boto3.setup_default_session(botocore_session=_session)

helper = CustomResource()


def handler(event: Event, context: Any) -> None:
    """Answer one request of CloudFormation's."""
    helper(event, context)


def _told_briefly(work: Callable[[Event, Any], str | None]) -> Callable[[Event, Any], str | None]:
    """Wrap what crhelper calls: it would cut the beginning off what AWS answers, where the code is."""

    def told(event: Event, context: Any) -> str | None:
        try:
            return work(event, context)
        except InvalidPropertiesError as error:
            raise ValueError(str(error)) from None
        except (ClientError, BotoCoreError) as error:
            raise failures.brief(error, str(event["ResourceProperties"].get("Region", "")) or "unknown") from error

    return told


@helper.create
@_told_briefly
def create(event: Event, context: Any) -> str:
    """Create the stack. The id is the stack's as soon as there is one, so that Delete gets it if the rest fails."""
    helper.PhysicalResourceId = helper.generate_physical_id(event)

    def begun(stack_id: str) -> None:
        helper.PhysicalResourceId = stack_id

    return _deployed(event, _wanted(event), context, begun)


@helper.update
@_told_briefly
def update(event: Event, context: Any) -> str:
    """Update the stack; in another Region it is another one, and CloudFormation then deletes the old one itself."""
    helper.PhysicalResourceId = current = str(event["PhysicalResourceId"])
    wanted = _wanted(event)
    new: list[str] = []
    try:
        answer = _deployed(event, wanted, context, new.append)
    except Exception:
        # The answer names the old stack, so nobody else would delete the new one.
        for stack_id in new:
            removal.abandon(_cloudformation(wanted.region), stack_id, _role())
        raise
    _delete_strays(event, kept=(current, answer))
    return answer


@helper.delete
@_told_briefly
def delete(event: Event, context: Any) -> str:
    """Delete the stack; nothing, if the id is that of a stack which the function's own stack has not made.

    An id that is none is of a request that failed, or was cancelled: the stack is looked for by its name.
    """
    helper.PhysicalResourceId = current = str(event.get("PhysicalResourceId", ""))
    owner = Owner.of(event)
    if stack.is_of_another(current, owner):
        logger.warning("%s is no stack of this function's stack, nothing is deleted", current)
        return current
    region = stack.region_of(current, owner) or _region(event["ResourceProperties"], owner)
    if region is None:
        logger.info("nothing was made, nothing is deleted")
        return current
    patience, cloudformation = _patience(context), _cloudformation(region)
    name = current if stack.region_of(current, owner) else stack.name_of(owner)
    found = patience.retry(lambda: stack.state(cloudformation, name))
    if found and found.status.startswith(("UPDATE_", "DELETE_")) and found.in_progress:
        found = stack.settled(cloudformation, name, patience)
    if found and owner.tags.items() <= found.tags.items():
        removal.delete(cloudformation, found, _role(), patience)
    return current


def _deployed(event: Event, wanted: RemoteStack, context: Any, begun: Callable[[str], None]) -> str:
    """Deploy, put the outputs into `helper.Data`, and return the stack's id."""
    deployment = deploy.Deployment(wanted, Owner.of(event), _role(), event["RequestId"])
    found = deploy.deploy(_cloudformation(wanted.region), deployment, _patience(context), begun)
    size = len(json.dumps(dict(found.outputs)))
    if size > MAX_DATA:
        raise failures.too_much(size, MAX_DATA)
    helper.Data.update(found.outputs)
    return found.stack_id


def _delete_strays(event: Event, kept: tuple[str, ...]) -> None:
    """Begin to delete what an update to another Region left there that was cancelled before it had an answer.

    CloudFormation then asks for the old Region again, and knows no id of the new stack.
    """
    owner = Owner.of(event)
    region = _region(event.get("OldResourceProperties", {}), owner)
    if region is None or region in [stack.region_of(stack_id, owner) for stack_id in kept]:
        return
    cloudformation = _cloudformation(region)
    try:
        found = stack.state(cloudformation, stack.name_of(owner))
    except (ClientError, BotoCoreError):
        logger.exception("a stack of this resource may be left over in %s: delete it by hand", region)
        return
    if found and owner.tags.items() <= found.tags.items():
        removal.abandon(cloudformation, found.stack_id, _role())


def _wanted(event: Event) -> RemoteStack:
    return read(event["ResourceProperties"], Owner.of(event).region)


def _region(properties: dict[str, Any], owner: Owner) -> str | None:
    """Return the Region of properties that a stack may have been made with; None of such as can't have been."""
    try:
        return read(properties, owner.region).region
    except InvalidPropertiesError:
        return None


def _patience(context: Any) -> Deadline:
    return Deadline(time.monotonic() + context.get_remaining_time_in_millis() / 1000 - MARGIN_SECONDS)


def _role() -> str:
    """Return the role that CloudFormation makes the stack's resources with, from the function's configuration."""
    return os.environ["STACK_ROLE_ARN"]


def _cloudformation(region: str) -> "CloudFormationClient":
    return boto3.client("cloudformation", region_name=region)
