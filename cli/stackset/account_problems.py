"""Problems that only AWS can show before a roll-out: roles, trusted access, Regions. Denied requests are ignored."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from cli.aws_pages import pages
from cli.aws_problems import AWS_ERRORS
from cli.stackset.aws import Aws
from cli.stackset.request import ADMINISTRATION_ROLE, EXECUTION_ROLE, Request
from resilient_website.problems import Problem, known_names

T = TypeVar("T")

# Source: ListRegions in the AWS Account Management API reference.
USABLE = ("ENABLED", "ENABLED_BY_DEFAULT")
SERVICE = "member.org.stacksets.cloudformation.amazonaws.com"


def account_problems(request: Request, aws: Aws, accounts: tuple[str, ...]) -> list[Problem]:
    """Return what this account, its organization and the target accounts lack, as far as AWS shows it."""
    found = list(_regions(request, aws, accounts))
    return found + list(_trusted_access(request, aws) if request.service_managed else _roles(request, aws))


def _permitted(ask: Callable[[], T]) -> T | None:
    """Return a response, or None if AWS refuses it (no permission, no such API)."""
    try:
        return ask()
    except AWS_ERRORS:
        return None


def _trusted_access(request: Request, aws: Aws) -> Iterator[Problem]:
    answer = _permitted(lambda: aws.cloudformation.describe_organizations_access(CallAs=request.call_as))
    if answer and answer.get("Status") in ("DISABLED", "DISABLED_PERMANENTLY"):
        advice = f"in the management account: aws cloudformation activate-organizations-access (trusts {SERVICE})"
        yield Problem("--organizational-units", "StackSets has no trusted access to the organization", advice)


def _roles(request: Request, aws: Aws) -> Iterator[Problem]:
    """Yield problems of the two roles of self-managed permissions, as far as this account may read them."""
    own = _permitted(lambda: aws.sts.get_caller_identity()["Account"])
    arn = request.administration_role_arn
    name = arn.rpartition("/")[2] if arn else ADMINISTRATION_ROLE
    if arn and own and arn.split(":")[4:5] != [own]:
        advice = f"give a role of account {own}, which has the stack set"
        yield Problem("--administration-role-arn", f"found {arn}", advice)
        return
    role, missing = _role(aws, name)
    if missing:
        advice = 'create it ("Grant self-managed permissions" in the CloudFormation user guide), or give another'
        yield Problem("--administration-role-arn", f"this account has no role {name}", advice)
    elif role and not _trusts_cloudformation(role):
        advice = "allow cloudformation.amazonaws.com to assume it"
        yield Problem("--administration-role-arn", f"the role {name} does not trust CloudFormation", advice)
    execution = request.execution_role_name or EXECUTION_ROLE
    if own in request.targets.accounts and _role(aws, execution)[1]:
        advice = f"create it there, trusting account {own}, or give another"
        yield Problem("--execution-role-name", f"account {own} has no role {execution}", advice)
    if role:
        yield from _may_assume(request, aws, role, execution)


def _role(aws: Aws, name: str) -> tuple[dict[str, Any] | None, bool]:
    """Return a role of this account if it can be read, and whether it is known to be missing."""
    try:
        return aws.iam.get_role(RoleName=name)["Role"], False
    except ClientError as error:
        return None, error.response["Error"]["Code"] in ("NoSuchEntity", "NoSuchEntityException")
    except BotoCoreError:
        return None, False


def _trusts_cloudformation(role: dict[str, Any]) -> bool:
    return "cloudformation." in str(role.get("AssumeRolePolicyDocument", "cloudformation."))


def _may_assume(request: Request, aws: Aws, role: dict[str, Any], execution: str) -> Iterator[Problem]:
    """Simulate whether the administration role may assume the execution role of each account."""
    partition = role["Arn"].split(":")[1]
    targets = {f"arn:{partition}:iam::{account}:role/{execution}": account for account in request.targets.accounts}
    answer = _permitted(
        lambda: pages(
            aws.iam,
            "simulate_principal_policy",
            "EvaluationResults",
            PolicySourceArn=role["Arn"],
            ActionNames=["sts:AssumeRole"],
            ResourceArns=list(targets),
        )
    )
    for result in answer or []:
        if result["EvalDecision"] != "allowed" and result.get("EvalResourceName") in targets:
            account = targets[result["EvalResourceName"]]
            found = f"{role['Arn'].rpartition('/')[2]} may not assume {execution} in account {account}"
            yield Problem("--administration-role-arn", found, "allow it sts:AssumeRole on that role")


def _regions(request: Request, aws: Aws, accounts: tuple[str, ...]) -> Iterator[Problem]:
    """Check that each account has each Region enabled, and this account too, as StackSets requires."""
    for account in ("", *accounts):
        arguments = {"AccountId": account} if account else {}
        answer = _permitted(partial(pages, aws.account, "list_regions", "Regions", **arguments))
        if not answer:
            continue
        states = {entry["RegionName"]: entry["RegionOptStatus"] for entry in answer}
        who = f"account {account}" if account else "this account"
        for region in request.targets.regions:
            if region not in states:
                yield Problem("--regions", f"{who} has no Region {region}", known_names(region, states))
            elif states[region] not in USABLE:
                advice = f"enable it (aws account enable-region --region-name {region}), or leave it out"
                yield Problem("--regions", f"{region} is {states[region]} in {who}", advice)
