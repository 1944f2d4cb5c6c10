"""The command `saved-pages`: saves a deployed site's pages now, or goes back to the version before."""

import json
from typing import TYPE_CHECKING, Any

import boto3
import click
from botocore.config import Config
from botocore.exceptions import ClientError

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.options import problems_on_stderr, region_option
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.saved_site.saving import FUNCTION

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_lambda import LambdaClient

SAVE, GO_BACK = "save", "go-back"
SCHEDULE = "SavedSiteSchedule"

# An Invoke that waits for the function has no answer before the function ends. One that is sent again would have the
# site crawled once more. Source: "Invoke" in the Lambda API Reference, time-outs of clients.
WAITING = Config(read_timeout=FUNCTION.timeout + 30, tcp_keepalive=True, retries={"total_max_attempts": 1})

EXAMPLES = """
\b
Examples:
  build_templates.py saved-pages go-back my-site
  build_templates.py saved-pages save my-site

\b
Exit status: 0 if the function saved the pages or went back; 1 if it did neither, or the call to AWS failed;
2 for a command line that is not understood.
"""


@click.command("saved-pages", epilog=EXAMPLES)
@click.argument("action", type=click.Choice([SAVE, GO_BACK]))
@click.argument("stack")
@click.option("--site", default="Site", show_default=True, help="The site's logical id in the stack's template.")
@region_option
@problems_on_stderr
def saved_pages(action: str, stack: str, site: str, region: str) -> None:
    """Save the pages of a site of STACK now, or go back to the version before (and stop the schedule).

    For a site with Fallback.Source. Going back stops the schedule, since its next run would switch forward again;
    `save` starts it again.
    """
    try:
        cloudformation = boto3.client("cloudformation", region_name=region)
        events, functions = boto3.client("events", region_name=region), waiting_client(region)
        click.echo(json.dumps(run(action, stack, site, cloudformation, events, functions)))
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(_where(stack, site), error)]) from error


def waiting_client(region: str) -> "LambdaClient":
    """Return a client whose Invoke waits for as long as the function may run, and is sent once."""
    return boto3.client("lambda", region_name=region, config=WAITING)


def run(
    action: str,
    stack: str,
    site: str,
    cloudformation: "CloudFormationClient",
    events: "EventBridgeClient",
    functions: "LambdaClient",
) -> dict[str, Any]:
    """Return what the function answers: which version is current. Raises InvalidTemplateError with the reason."""
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
        raise InvalidTemplateError([Problem(_where(stack, site), found, "what was current still is")])
    if action == SAVE:
        events.enable_rule(Name=rule)
    return result


def _where(stack: str, site: str) -> str:
    """Return how errors name a site."""
    return f"site {site} of stack {stack}"


def _schedule(cloudformation: "CloudFormationClient", stack: str, site: str) -> str:
    """Return the name of the rule that has a site saved on a schedule."""
    logical_id = f"{site}{SCHEDULE}"
    try:
        found = cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        refused = f"stack {stack} has no {logical_id} ({error.response['Error']['Message']})"
        advice = "name a stack of this Region (--region), and with --site a site in it, that has Fallback.Source"
        raise InvalidTemplateError([Problem(_where(stack, site), refused, advice)]) from error
    return str(found["StackResourceDetail"]["PhysicalResourceId"]).rpartition("/")[2]
