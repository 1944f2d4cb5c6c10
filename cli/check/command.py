"""The command `check`: asks AWS before a deployment what would make it fail, and tells what is unwise."""

import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import click
from botocore.exceptions import ClientError, ProfileNotFound
from rich.console import Console

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.check.aws import Aws, clients
from cli.check.change_set import PATH as CHANGE_SET
from cli.check.change_set import Trial, validation
from cli.check.checks import Report
from cli.check.checks import check as checked
from cli.check.findings import CheckResult, Skipped, Unavailable
from cli.check.permissions import policy
from cli.check.report import as_json, print_report
from cli.check.site import Stack, read
from cli.macro_listed import require_macro
from cli.options import parameters_option, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.template_file import read_template, to_json
from cli.template_source import HIDDEN, STACK_NAME, stack_values
from resilient_website.expand import DEFAULT_MACRO
from resilient_website.problems import InvalidTemplateError, Problem

# A line in a file or a pipe is never broken; on a terminal, where that ends.
PLAIN_WIDTH = 100_000

EXAMPLES = """
\b
Examples:
  build_templates.py check site.yaml
  build_templates.py check site.yaml --stack-name my-site --region eu-west-1 --profile production
  build_templates.py check site.yaml --stack-name my-site --change-set
  build_templates.py check site.yaml --json
"""
EXIT_STATUS = """
\b
Exit status: 0 if nothing was found that lets the deployment fail (there may be warnings, and what was not checked), 1
if something was, if the macro would refuse FILE, or if AWS can't be asked; 2 for a command line that is not understood.
"""


def _print_policy(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(to_json(policy()), nl=False)
        context.exit()


@click.command(epilog=EXAMPLES + EXIT_STATUS)
@click.argument("file", type=click.Path(path_type=Path))
@parameters_option
@click.option(
    "--region",
    envvar=["AWS_REGION", "AWS_DEFAULT_REGION"],
    help="Where the template will be deployed. Also taken from AWS_REGION, AWS_DEFAULT_REGION or the profile.",
)
@click.option("--profile", help="The profile of the AWS CLI to ask with.  [default: AWS_PROFILE, or the default one]")
@click.option("--stack-name", help="The stack to be updated: what is its own is in nobody's way.")
@click.option(
    "--change-set",
    is_flag=True,
    help="Also let CloudFormation and its Hooks validate a change set of the stack --stack-name, and delete it again.",
)
@click.option("--macro", default=DEFAULT_MACRO, show_default=True, help="The name under which the macro is installed.")
@click.option("--json", "in_json", is_flag=True, help="For scripts: all that was found, as JSON.")
@click.option(
    "--print-policy",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_policy,
    help="Print the IAM policy that lets somebody check, and do nothing else.",
)
@problems_on_stderr
def check(
    file: Path,
    parameters: dict[str, str],
    region: str | None,
    profile: str | None,
    stack_name: str | None,
    change_set: bool,
    macro: str,
    in_json: bool,
) -> None:
    """Ask AWS, before FILE is deployed, what would make the deployment fail or is unwise.

    With your own credentials, and read-only: nothing is changed. Names and their zone, certificates, zones, instance
    types, images, subnets, versions, classes, keys, snapshots, buckets, quotas, and whether the macro is installed.
    What you may not ask, and what only the deployment can tell, is listed as not checked.

    --change-set is the one thing that writes: a change set, and for a new stack the empty stack that holds it. Both are
    deleted again, also when it is interrupted.

    With --stack-name the parameters keep the values that they have in the stack, unless --parameter gives others.
    """
    if change_set and stack_name is None:
        advice = "name the stack that is to be deployed: --stack-name my-site"
        raise InvalidTemplateError([Problem("--change-set", "no --stack-name is given", advice)])
    template = read_template(file)
    require_macro(template, macro)
    try:
        session = boto3.Session(profile_name=profile, region_name=region)
        aws = Aws(clients(session), _region(session), datetime.now(UTC))
        stack = Stack(_stack_name(stack_name))
        kept, untold = _kept(aws, stack, template)
        values = parameter_values(template, {**kept, **parameters})
        account = cache(lambda: _account(session, aws.region))
        sites = read(template, values, aws.region, macro, stack, account)
        if not sites.sites:
            found = "no ResilientWebsite in it, or only ones that a condition switches off"
            raise InvalidTemplateError([Problem(str(file), found, "name the template of a site, as it is written")])
        report = checked(sites, aws)
        if change_set:
            report = report.with_more(_validated(session, aws, stack, template, {**kept, **parameters}))
    except ProfileNotFound as error:
        found = f"there is no profile {profile or os.environ.get('AWS_PROFILE', '')}"
        advice = (
            f"name one of {', '.join(botocore.session.Session().available_profiles) or 'your AWS CLI: it has none'}"
        )
        raise InvalidTemplateError([Problem("--profile", found, advice)]) from error
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem("AWS", error)]) from error
    _show(Report(report.findings, (*untold, *report.not_checked)), account(), aws.region, in_json=in_json)
    sys.exit(0 if report.ok else 1)


def _validated(
    session: boto3.Session, aws: Aws, stack: Stack, template: Mapping[str, Any], given: Mapping[str, str]
) -> list[CheckResult]:
    """Return what CloudFormation says of a change set; a value that nobody gave has the template's default."""
    told = aws.find("cloudformation", "describe_stacks", missing=("ValidationError",), StackName=stack.name)
    (found,) = told["Stacks"] if told else (None,)
    there = {entry["ParameterKey"] for entry in (found or {}).get("Parameters", [])}
    kept = tuple(sorted((there & (template.get("Parameters") or {}).keys()) - given.keys()))
    status = str(found["StackStatus"]) if found else None
    trial = Trial(str(stack.name), to_json(dict(template)), given, kept, status)
    client = session.client("cloudformation", region_name=aws.region)
    try:
        return validation(client, trial)
    except ClientError as refused:
        return [Skipped(CHANGE_SET, f"CloudFormation made no change set ({refused})")]


def _region(session: boto3.Session) -> str:
    if not session.region_name:
        advice = "give --region, or set AWS_REGION: what AWS has differs from Region to Region"
        raise InvalidTemplateError([Problem("--region", "no Region is given", advice)])
    return str(session.region_name)


def _stack_name(name: str | None) -> str | None:
    """Return the stack's name, or its ARN. Raises InvalidTemplateError for what can be neither."""
    if name is not None and not name.startswith("arn:") and not STACK_NAME.fullmatch(name):
        advice = "a stack's name has letters, digits and hyphens, a letter first, 128 at most"
        raise InvalidTemplateError([Problem("--stack-name", f"found {name!r}", advice)])
    return name


def _account(session: boto3.Session, region: str) -> str:
    """Return the caller's account: whoever has credentials may ask, so this tells whether there are any."""
    return str(session.client("sts", region_name=region).get_caller_identity()["Account"])


def _kept(aws: Aws, stack: Stack, template: Mapping[str, Any]) -> tuple[dict[str, str], tuple[Skipped, ...]]:
    """Return the values that the stack's parameters keep in the template, or that they could not be read."""
    if stack.name is None:
        return {}, ()
    declared = template.get("Parameters") or {}
    try:
        told = aws.find("cloudformation", "describe_stacks", missing=("ValidationError",), StackName=stack.name)
    except Unavailable as unread:
        return {}, (Skipped(f"the parameters of the stack {stack.name}", unread.why),)
    if told is None:
        return {}, (Skipped(f"the stack {stack.name}", "there is none yet: it is taken for a new one"),)
    entries = [entry for found in told.get("Stacks", []) for entry in found.get("Parameters", [])]
    values = stack_values(entries)
    return {name: value for name, value in values.items() if name in declared and value != HIDDEN}, ()


def _show(report: Report, account: str, region: str, *, in_json: bool) -> None:
    if in_json:
        click.echo(json.dumps(as_json(report, account, region), indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    print_report(console, report, f"account {account}, {region}")
