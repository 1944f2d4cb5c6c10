"""Creates and updates a stack in another Region.

Each step is idempotent: Lambda may stop the function, or call it twice, at any point. A tag of the stack holds a digest
of what was deployed last, so that a repeated request finds its work done, or waits for it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remote_stack import failures, removal, stack
from remote_stack.properties import RemoteStack
from remote_stack.stack import State
from remote_stack.waiting import Deadline
from shared.cfn_response.owner import Owner

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef, TagTypeDef

logger = logging.getLogger(__name__)

# Statuses in which the last deployment is complete.
COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")

# The error message of an update without changes. Source: "UpdateStack" in the CloudFormation API Reference.
NO_UPDATES = "No updates are to be performed"


@dataclass(frozen=True)
class Deployment:
    """A stack to deploy, its owner, and the role with which CloudFormation creates its resources."""

    wanted: RemoteStack
    owner: Owner
    role_arn: str
    token: str

    @property
    def name(self) -> str:
        """The stack's name."""
        return stack.name_of(self.owner)

    @property
    def parameters(self) -> "list[ParameterTypeDef]":
        """The parameters in the API's format."""
        return [{"ParameterKey": key, "ParameterValue": value} for key, value in self.wanted.parameters]

    @property
    def tags(self) -> "list[TagTypeDef]":
        """The tags in the API's format."""
        own = {**self.owner.tags, stack.DIGEST_TAG: stack.digest(self.wanted, self.role_arn)}
        return [{"Key": key, "Value": value} for key, value in {**dict(self.wanted.tags), **own}.items()]


def deploy(
    cloudformation: "CloudFormationClient",
    deployment: Deployment,
    deadline: Deadline,
    on_start: Callable[[str], None],
) -> State:
    """Create or update the stack, and return its state. `on_start` is called with the id of a newly created stack.

    Raises RemoteStackError with the stack's first failure.
    """
    name = deployment.name
    found, up_to_date = _ready(cloudformation, deployment, deadline), False
    if found is None:
        stack_id = deadline.retry(lambda: _create(cloudformation, deployment))
        on_start(stack_id)
        found = stack.settled(cloudformation, stack_id, deadline)
        name = stack_id
    elif _deployed(found, deployment):
        return found
    else:
        up_to_date = deadline.retry(lambda: _is_up_to_date(cloudformation, deployment))
        found = stack.settled(cloudformation, name, deadline)
    if found is None or not (up_to_date or _deployed(found, deployment)):
        reason = removal.first_failure(cloudformation, name)
        raise failures.failed(found.status if found else "CREATE_FAILED", reason, name, cloudformation.meta.region_name)
    return found


def _ready(cloudformation: "CloudFormationClient", deployment: Deployment, deadline: Deadline) -> State | None:
    """Return the stack once it can be updated; None if it must be created. Deletes a stack whose creation failed."""
    name, region = deployment.name, cloudformation.meta.region_name
    found = stack.settled(cloudformation, name, deadline)
    if found is None:
        return None
    if not deployment.owner.tags.items() <= found.tags.items():
        raise failures.foreign(name, region)
    if found.must_be_recreated:
        logger.info("%s is %s: deleting it and creating it again", name, found.status)
        removal.delete(cloudformation, found, deployment.role_arn, deadline)
        return None
    if found.status == "UPDATE_ROLLBACK_FAILED":
        raise failures.stuck(found.status, name, region)
    return found


def _deployed(found: State, deployment: Deployment) -> bool:
    """Return whether the stack is complete and has the tag of this deployment."""
    tag = found.tags.get(stack.DIGEST_TAG)
    return found.status in COMPLETE and tag == stack.digest(deployment.wanted, deployment.role_arn)


def _create(cloudformation: "CloudFormationClient", deployment: Deployment) -> str:
    """Start creating the stack; return its id. If it fails, it deletes itself, and its events can still be read."""
    try:
        return cloudformation.create_stack(
            StackName=deployment.name,
            TemplateBody=deployment.wanted.template,
            Parameters=deployment.parameters,
            Tags=deployment.tags,
            RoleARN=deployment.role_arn,
            ClientRequestToken=deployment.token,
            OnFailure="DELETE",
        )["StackId"]
    except cloudformation.exceptions.AlreadyExistsException:
        # A repeated request whose first response was lost.
        found = stack.state(cloudformation, deployment.name)
        if found is None:
            raise
        return found.stack_id


def _is_up_to_date(cloudformation: "CloudFormationClient", deployment: Deployment) -> bool:
    """Start updating the stack, unless an update is in progress; return whether there is nothing to update."""
    try:
        cloudformation.update_stack(
            StackName=deployment.name,
            TemplateBody=deployment.wanted.template,
            Parameters=deployment.parameters,
            Tags=deployment.tags,
            RoleARN=deployment.role_arn,
            ClientRequestToken=deployment.token,
        )
    except cloudformation.exceptions.ClientError as error:
        if NO_UPDATES in str(error):
            return True
        # A repeated request: the update is already in progress.
        if "IN_PROGRESS" not in str(error):
            raise
    return False
