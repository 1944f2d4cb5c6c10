"""Creates and updates a stack in another Region.

Each step can be repeated: a function may be killed, or called twice, at any point. What was deployed last stands in a
tag of the stack, so that a request repeated finds its work done, or waits for it.
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

# What a stack is when the last that was deployed is what there is.
COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")

# An Update answered so has nothing to do. Source: "UpdateStack" in the CloudFormation API Reference.
NO_UPDATES = "No updates are to be performed"


@dataclass(frozen=True)
class Deployment:
    """A stack to deploy: what it is to be, whose it is, and the role that makes its resources."""

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
        """The parameters, as the API takes them."""
        return [{"ParameterKey": key, "ParameterValue": value} for key, value in self.wanted.parameters]

    @property
    def tags(self) -> "list[TagTypeDef]":
        """The tags, as the API takes them."""
        own = {**self.owner.tags, stack.DIGEST_TAG: stack.digest(self.wanted, self.role_arn)}
        return [{"Key": key, "Value": value} for key, value in {**dict(self.wanted.tags), **own}.items()]


def deploy(
    cloudformation: "CloudFormationClient",
    deployment: Deployment,
    patience: Deadline,
    begun: Callable[[str], None],
) -> State:
    """Bring the stack to what is wanted, and return its state; `begun` is told the id of a stack that is created here.

    Raises RemoteStackError with the stack's first failure.
    """
    name = deployment.name
    found, up_to_date = _ready(cloudformation, deployment, patience), False
    if found is None:
        stack_id = patience.retry(lambda: _create(cloudformation, deployment))
        begun(stack_id)
        found = stack.settled(cloudformation, stack_id, patience)
        name = stack_id
    elif _deployed(found, deployment):
        return found
    else:
        up_to_date = patience.retry(lambda: _is_up_to_date(cloudformation, deployment))
        found = stack.settled(cloudformation, name, patience)
    if found is None or not (up_to_date or _deployed(found, deployment)):
        reason = removal.first_failure(cloudformation, name)
        raise failures.failed(found.status if found else "CREATE_FAILED", reason, name, cloudformation.meta.region_name)
    return found


def _ready(cloudformation: "CloudFormationClient", deployment: Deployment, patience: Deadline) -> State | None:
    """Return the stack once it can be updated; None if it has to be created, the remains of a failed one removed."""
    name, region = deployment.name, cloudformation.meta.region_name
    found = stack.settled(cloudformation, name, patience)
    if found is None:
        return None
    if not deployment.owner.tags.items() <= found.tags.items():
        raise failures.foreign(name, region)
    if found.never_was:
        logger.info("%s is %s: it is deleted and made again", name, found.status)
        removal.delete(cloudformation, found, deployment.role_arn, patience)
        return None
    if found.status == "UPDATE_ROLLBACK_FAILED":
        raise failures.stuck(found.status, name, region)
    return found


def _deployed(found: State, deployment: Deployment) -> bool:
    """Tell whether the stack is what is wanted, by its tag. After a rollback only CloudFormation can tell."""
    tag = found.tags.get(stack.DIGEST_TAG)
    return found.status in COMPLETE and tag == stack.digest(deployment.wanted, deployment.role_arn)


def _create(cloudformation: "CloudFormationClient", deployment: Deployment) -> str:
    """Start to create the stack; return its id. One that fails removes itself; what it failed by can still be read."""
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
        # A request repeated, whose answer was lost.
        found = stack.state(cloudformation, deployment.name)
        if found is None:
            raise
        return found.stack_id


def _is_up_to_date(cloudformation: "CloudFormationClient", deployment: Deployment) -> bool:
    """Start to update the stack, unless a request whose answer was lost has; return whether there is nothing to do."""
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
        # It is under way.
        if "IN_PROGRESS" not in str(error):
            raise
    return False
