"""The command `saved-pages`: save the pages of a deployed site now, or go back to the previous version."""

import json
from typing import TYPE_CHECKING, Any

import click
from botocore.config import Config
from botocore.exceptions import ClientError

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.options import problems_on_stderr
from cli.region_options import aws_options
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.saved_site.saving import FUNCTION

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient

SAVE, GO_BACK = "save", "go-back"
SCHEDULE = "SavedSiteSchedule"

# A synchronous Invoke returns when the function ends. A retry would crawl the site again.
# Source: "Invoke" in the Lambda API Reference, client time-outs.
WAITING = Config(read_timeout=FUNCTION.timeout + 30, tcp_keepalive=True, retries={"total_max_attempts": 1})

EXAMPLES = """
\b
Examples:
  build_templates.py saved-pages go-back my-site
  build_templates.py saved-pages save my-site

Exit status: 0 if the function saved the pages or went back; 1 if it did neither, or the call to AWS failed;
2 for a command line that is not understood.
"""


@click.command("saved-pages", epilog=EXAMPLES)
@click.argument("action", type=click.Choice([SAVE, GO_BACK]))
@click.argument("stack")
@click.option("--site", default="Site", show_default=True, help="The site's logical id in the stack's template.")
@aws_options("The stack's Region.")
@problems_on_stderr
def saved_pages(action: str, stack: str, site: str, aws: AwsSettings) -> None:
    """Save the pages of a site in STACK now, or go back to the previous version (and stop the schedule).

    For a site with Fallback.Source. go-back disables the schedule, because its next run would save a new version;
    save enables it again.
    """
    try:
        session = aws.regional_session
        cloudformation, events = session.client("cloudformation"), session.client("events")
        functions = waiting_client(session)
        click.echo(json.dumps(run(action, stack, site, cloudformation, events, functions)))
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(_where(stack, site), error)]) from error


def waiting_client(session: "boto3.Session") -> "LambdaClient":
    """Return a client whose Invoke waits as long as the function may run, and is not retried."""
    return session.client("lambda", config=WAITING)


def run(
    action: str,
    stack: str,
    site: str,
    cloudformation: "CloudFormationClient",
    events: "EventBridgeClient",
    functions: "LambdaClient",
) -> dict[str, Any]:
    """Return the function's result: which version is current. Raises InvalidTemplateError with its reason."""
    rule = _schedule(cloudformation, stack, site)
    (target,) = events.list_targets_by_rule(Rule=rule)["Targets"]
    event = {**json.loads(target["Input"]), "Action": action}
    scheduled = events.describe_rule(Name=rule)["State"] != "DISABLED"
    if action == GO_BACK:
        events.disable_rule(Name=rule)
    answer = functions.invoke(FunctionName=target["Arn"], Payload=json.dumps(event).encode())
    result: dict[str, Any] = json.loads(answer["Payload"].read() or b"{}")
    if "FunctionError" in answer:
        found = str(result.get("errorMessage", result))
    else:
        found = "" if result.get("Version") else str(result.get("Reason", result))
    if found:
        if scheduled:
            events.enable_rule(Name=rule)
        raise InvalidTemplateError([Problem(_where(stack, site), found, "the current version has not changed")])
    if action == SAVE:
        events.enable_rule(Name=rule)
    return result


def _where(stack: str, site: str) -> str:
    """Return how errors name a site."""
    return f"site {site} of stack {stack}"


def _schedule(cloudformation: "CloudFormationClient", stack: str, site: str) -> str:
    """Return the name of the rule that saves a site on a schedule."""
    logical_id = f"{site}{SCHEDULE}"
    try:
        found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        refused = f"stack {stack} has no {logical_id} ({error.response['Error']['Message']})"
        advice = "give a stack in this Region (--region), and in --site the logical id of a site with Fallback.Source"
        raise InvalidTemplateError([Problem(_where(stack, site), refused, advice)]) from error
    return str(found["StackResourceDetail"]["PhysicalResourceId"]).rpartition("/")[2]
