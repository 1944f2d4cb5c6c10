"""The command `check`: ask AWS, before a deployment, what would make it fail; and warn of what is unwise."""

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from botocore.exceptions import ClientError

from cli.aws_findings.aws import Aws, clients
from cli.aws_findings.findings import CheckResult, Skipped, Unavailable
from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.check import two_regions
from cli.check.change_set import PATH as CHANGE_SET
from cli.check.change_set import Trial, validation
from cli.check.checks import Report
from cli.check.checks import check as checked
from cli.check.permissions import action, policy
from cli.check.report import print_report, report_json
from cli.check.site import Checked, Stack, read
from cli.console import report_console
from cli.located_problems import places
from cli.macro_listed import require_macro
from cli.options import json_option, policy_option, print_json, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import aws_options
from cli.template_file import read_template, to_json
from cli.template_parameters import template_parameters_option
from cli.template_source import stack_values
from resilient_website.facts.cloudformation_quotas import HIDDEN_VALUE, STACK_NAME, STACK_NAME_FORM
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import DEFAULT_MACRO

if TYPE_CHECKING:
    import boto3

# Lines are never wrapped in a file or a pipe, and at the terminal's width on a terminal.
UNWRAPPED = 100_000

EXAMPLES = """
\b
Examples:
  build_templates.py check site.yaml
  build_templates.py check site.yaml --stack-name my-site \\
      --region eu-west-1 --profile production
  build_templates.py check site.yaml --stack-name my-site --change-set
  build_templates.py check site.yaml --json
"""
EXIT_STATUS = """
Exit status: 0 if there are no errors (there may be warnings, and places that were not checked); 1 if there are errors,
that is, what would make the deployment fail, if the macro would reject FILE, or if AWS can't be asked; 2 for a command
line that is not understood.
"""


@click.command(epilog=EXAMPLES + EXIT_STATUS)
@click.argument("file", type=click.Path(path_type=Path))
@template_parameters_option
@aws_options("The Region to deploy to.")
@click.option("--stack-name", help="The stack to update: its own resources are not reported as conflicts.")
@click.option(
    "--change-set",
    is_flag=True,
    help="Also have CloudFormation and its Hooks validate a change set for --stack-name, and delete it afterwards.",
)
@click.option("--macro", default=DEFAULT_MACRO, show_default=True, help="The name under which the macro is installed.")
@json_option("all findings")
@policy_option(policy)
@problems_on_stderr
def check(
    file: Path,
    parameters: dict[str, str],
    aws: AwsSettings,
    stack_name: str | None,
    change_set: bool,
    macro: str,
    as_json: bool,
) -> None:
    """Ask AWS, before FILE is deployed, what would make the deployment fail, and warn of what is unwise.

    Uses your own credentials, and only reads. Checks domain names and their hosted zone, certificates, Availability
    Zones, instance types, images, subnets, versions, classes, keys, snapshots, buckets, quotas, and whether the macro
    is installed. For a site with a copy in another Region, it asks there too. What you have no permission to read, and
    what only the deployment can show, is listed as not checked.

    Only --change-set writes: it creates a change set, and for a new stack the empty stack that holds it. Both are
    deleted afterwards, also if you interrupt the command.

    With --stack-name, parameters keep the values that they have in the stack, unless --parameter or samconfig.toml
    gives others, as for `sam deploy`.
    """
    if change_set and stack_name is None:
        advice = "name the stack to deploy: --stack-name my-site"
        raise InvalidTemplateError([Problem("--change-set", "no --stack-name is given", advice)])
    template = read_template(file)
    require_macro(template, macro)
    try:
        session = aws.regional_session
        asked = Aws(clients(session), session.region_name, datetime.now(UTC), action)
        stack = Stack(_stack_name(stack_name))
        kept, unread = _kept(asked, stack, template)
        values = parameter_values(template, {**kept, **parameters})
        account = cache(lambda: _account(session, asked.region))
        sites = read(template, values, asked.region, macro, stack, account)
        if not sites.sites:
            found = "it has no ResilientWebsite, or only ones whose condition is false"
            raise InvalidTemplateError([Problem(str(file), found, "give the compact template of a site")])
        report = checked(sites, asked).with_more(_in_both_regions(asked, template, parameters, sites, account))
        if change_set:
            report = report.with_more(_validated(session, asked, stack, template, {**kept, **parameters}))
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem("AWS", error)]) from error
    _show(Report(report.findings, (*unread, *report.not_checked)), account(), asked.region, as_json=as_json)
    sys.exit(0 if report.ok else 1)


def _in_both_regions(
    aws: Aws, template: Mapping[str, Any], given: Mapping[str, str], here: Checked, account: Callable[[], str]
) -> list[CheckResult]:
    """Return what the other Region of a site with a copy lacks. Parameters keep the values of the stack there."""

    def values(region: str) -> dict[str, Any]:
        kept, _ = _kept(two_regions.in_region(aws, region), here.stack, template)
        return parameter_values(template, {**given, **kept})

    return two_regions.check(two_regions.Template(template, here.macro, values, account), here, aws)


def _validated(
    session: "boto3.Session", aws: Aws, stack: Stack, template: Mapping[str, Any], given: Mapping[str, str]
) -> list[CheckResult]:
    """Return CloudFormation's findings on a change set. Parameters without a value get the template's default."""
    described = aws.find("cloudformation", "describe_stacks", missing=("ValidationError",), StackName=stack.name)
    (found,) = described["Stacks"] if described else (None,)
    existing = {entry["ParameterKey"] for entry in (found or {}).get("Parameters", [])}
    kept = tuple(sorted((existing & (template.get("Parameters") or {}).keys()) - given.keys()))
    status = str(found["StackStatus"]) if found else None
    trial = Trial(str(stack.name), to_json(dict(template)), given, kept, status)
    client = session.client("cloudformation", region_name=aws.region)
    try:
        return validation(client, trial)
    except ClientError as refused:
        return [Skipped(CHANGE_SET, f"CloudFormation made no change set ({refused})")]


def _stack_name(name: str | None) -> str | None:
    """Return a stack's name or ARN. Raises InvalidTemplateError for what can be neither."""
    if name is not None and not name.startswith("arn:") and not STACK_NAME.fullmatch(name):
        advice = f"a stack name has {STACK_NAME_FORM}"
        raise InvalidTemplateError([Problem("--stack-name", f"found {name!r}", advice)])
    return name


def _account(session: "boto3.Session", region: str) -> str:
    """Return the caller's account. This needs no permission, so it fails only without valid credentials."""
    return str(session.client("sts", region_name=region).get_caller_identity()["Account"])


def _kept(aws: Aws, stack: Stack, template: Mapping[str, Any]) -> tuple[dict[str, str], tuple[Skipped, ...]]:
    """Return the values that parameters keep from the stack, and what could not be read."""
    if stack.name is None:
        return {}, ()
    declared = template.get("Parameters") or {}
    try:
        described = aws.find("cloudformation", "describe_stacks", missing=("ValidationError",), StackName=stack.name)
    except Unavailable as unread:
        return {}, (Skipped(f"the parameters of the stack {stack.name}", unread.why),)
    if described is None:
        return {}, (Skipped(f"the stack {stack.name}", "it does not exist yet, and is checked as a new stack"),)
    entries = [entry for found in described.get("Stacks", []) for entry in found.get("Parameters", [])]
    values = stack_values(entries)
    return {name: value for name, value in values.items() if name in declared and value != HIDDEN_VALUE}, ()


def _show(report: Report, account: str, region: str, *, as_json: bool) -> None:
    if as_json:
        print_json(report_json(report, account, region, places()))
        return
    print_report(report_console(plain_width=UNWRAPPED), report, f"account {account}, {region}", places())
