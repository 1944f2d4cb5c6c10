"""A kind of function: its code, limits, and permissions in every stack.

Permissions for a single site are added by a tier as a policy of that site (`rights`), which is deleted with the site,
after the resources that need it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, iam

from resilient_website.cloudformation.iam_documents import allow, document
from resilient_website.cloudformation.roles import RoleOptions, Statement
from resilient_website.cloudformation.stack_identity import STACK_ID
from resilient_website.context import Context


class FunctionKind(NamedTuple):
    """A function that the sites of a template share.

    `name` begins the logical ids of what belongs to it; `package` is its folder in custom_resources, whose handler is
    `handler.handler`. `timeout` is in seconds and `memory` in MB. `statements` name resources of the stack. A function
    that `polls` is invoked again each minute by an EventBridge rule. `invoked_by` is the service that calls it, if it
    is not CloudFormation. `variables` are further environment variables, and `roles` make further roles that it passes
    on. `failure` is the alarm text (meaning and action) for a function that runs outside a deployment; `logs_failures`
    is whether it logs a failure as an ERROR instead of raising.
    """

    name: str
    package: str
    description: str
    timeout: int
    memory: int = 256
    statements: tuple[Statement, ...] = ()
    polls: bool = False
    invoked_by: str | None = None
    variables: tuple[tuple[str, AWSHelperFn], ...] = ()
    roles: tuple[Callable[[RoleOptions], AWSObject], ...] = ()
    failure: tuple[str, str] | None = None
    logs_failures: bool = False

    @property
    def function(self) -> str:
        """The function's logical id."""
        return f"{self.name}Function"

    @property
    def role(self) -> str:
        """The logical id of its role."""
        return f"{self.name}Role"

    @property
    def log_group(self) -> str:
        """The logical id of its log group."""
        return f"{self.name}Logs"

    @property
    def answer_seconds(self) -> int:
        """How long CloudFormation is to wait for a response, instead of an hour: for three runs, and a minute more.

        Lambda repeats a run that fails after one minute, and again after two. Source: "How Lambda handles errors and
        retries with asynchronous invocation".
        """
        return 3 * self.timeout + 60 + 120 + 60

    @property
    def arn(self) -> AWSHelperFn:
        """The function's ARN."""
        return GetAtt(self.function, "Arn")

    @property
    def ready(self) -> tuple[str, ...]:
        """The logical ids that must exist before the function is invoked, besides the function itself."""
        polling = (f"{self.name}Polling",) if self.polls else ()
        return (*polling, *((f"{self.name}Permission",) if self.invoked_by else ()))


def rights(context: Context, suffix: str, role: str, statements: Sequence[Statement]) -> iam.PolicyType:
    """Return the policy that adds a site's statements to a role of the template, given by its logical id.

    Resources that use these permissions depend on the policy, so that CloudFormation deletes the policy last.
    """
    return iam.PolicyType(
        context.id(suffix),
        PolicyName=context.id(suffix),
        Roles=[Ref(role)],
        PolicyDocument=document(*statements),
    )


def ask_own_stack(*operations: str) -> Statement:
    """Return the statement that lets a function ask CloudFormation about its own stack, by the operations' names."""
    return allow([f"cloudformation:{operation}" for operation in operations], STACK_ID)
