"""The command `stackset`: roll a template out to accounts and Regions, and report the result."""

import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.console import report_console
from cli.interruption import INTERRUPTED
from cli.options import json_option, parameters_option, print_json, problems_on_stderr
from cli.region_options import aws_options
from cli.stackset.aws import Aws, clients
from cli.stackset.costs import cost_text
from cli.stackset.options import as_request, stackset_options
from cli.stackset.plan import wanted
from cli.stackset.progress import Progress
from cli.stackset.report import Row, as_table, deletion_rows, report_json, rows, succeeded
from cli.stackset.request import SERVICE_MANAGED, Request
from cli.stackset.roll_out import RolledOut, check, delete, roll_out
from cli.stackset.state import existing
from cli.stackset.target_problems import target_problems
from resilient_website.problems import InvalidTemplateError, Problem

EXAMPLES = """
\b
Examples:
  build_templates.py stackset site.json --name site \\
      --accounts 111111111111,222222222222 --regions eu-west-1,us-east-1
  build_templates.py stackset site.json --name site \\
      --organizational-units ou-ab12-34567890 --regions eu-west-1
  build_templates.py stackset --delete --name site

Exit status: 0 if everything succeeded; 1 if something was refused or failed; 2 for a command line that is not
understood; 130 if you interrupted it. The operation continues in AWS: run the command again to follow it.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@parameters_option
@stackset_options
@aws_options("The Region of the stack set itself.")
@click.option(
    "--delete",
    "deleting",
    is_flag=True,
    help="Delete the stacks in the targets (by default, all), and the stack set when it has none left.",
)
@click.option("--yes", is_flag=True, help="Do not ask before deleting.")
@json_option("what was done")
@problems_on_stderr
def stackset(
    file: Path | None,
    parameters: dict[str, str],
    aws: AwsSettings,
    deleting: bool,
    yes: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Roll FILE out to accounts and Regions as a CloudFormation stack set, and wait until it is done.

    FILE is a template without macros and transforms. You can run the command again: it changes only stacks that are
    missing, outdated or failed, and joins a running operation. By default it deploys to one account at a time and one
    Region after another, and stops at the first failure. It first says what the roll-out changes in the monthly cost.
    """
    if not file and not deleting:
        raise click.UsageError("Missing argument 'FILE'.")
    request = as_request(file, parameters, options)
    notes = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        services = clients(aws.regional_session, time.sleep)
        if deleting:
            done = _deleted(request, services, notes, yes)
            table = deletion_rows(done)
        else:
            checked = check(request, services)
            cost = cost_text(checked)
            if cost:
                notes.print(cost)
            region = services.cloudformation.meta.region_name
            done = _watched(request, notes, region, lambda watch: roll_out(checked, services, watch))
            table = rows(wanted(request, checked.accounts), done)
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"stack set {request.name}", error)]) from error
    _report(request, table, done, as_json=as_json)
    sys.exit(0 if succeeded(table, done) else 1)


def _watched(request: Request, notes: Console, region: str, run: Callable[[Progress], RolledOut]) -> RolledOut:
    """Run something, showing its progress. If interrupted, say how to follow it, and exit."""
    progress = Progress(notes, time.monotonic)
    try:
        with progress:
            return run(progress)
    except KeyboardInterrupt:
        # Not with the console: it may print nothing more if it was interrupted while printing.
        click.echo(_how_to_follow(request, region, progress), err=True)
        sys.exit(INTERRUPTED)


def _how_to_follow(request: Request, region: str, progress: Progress) -> str:
    if not progress.operation:
        return "Interrupted before an operation started. Run the same command again to continue."
    which = ["--stack-set-name", request.name, "--operation-id", progress.operation.id, "--region", region]
    if request.call_as != "SELF":
        which += ["--call-as", request.call_as]
    return (
        f"Interrupted. Operation {progress.operation.id} continues in AWS. To follow it, run the same command again.\n"
        f"To show it:    aws cloudformation list-stack-set-operation-results {shlex.join(which)}\n"
        f"To stop it:    aws cloudformation stop-stack-set-operation {shlex.join(which)}"
    )


def _deleted(request: Request, aws: Aws, notes: Console, yes: bool) -> RolledOut:
    """Ask for confirmation, then delete the stacks and the stack set. Raises InvalidTemplateError."""
    problems = target_problems(request, deleting=True)
    if problems:
        raise InvalidTemplateError(problems)
    found = existing(aws, request.name, request.call_as)
    if not found:
        advice = "check `aws cloudformation list-stack-sets`, --region and --call-as"
        raise InvalidTemplateError([Problem("--name", f"there is no stack set {request.name}", advice)])
    fate = "kept, without the stack set" if request.retain_stacks else "deleted with all their resources"
    if not yes:
        click.confirm(
            f"Stacks of {request.name} ({len(found.instances)} in all) will be {fate}. Continue?", abort=True, err=True
        )
    as_made = request.made_as(found.definition.get("PermissionModel", SERVICE_MANAGED))
    region = aws.cloudformation.meta.region_name
    return _watched(request, notes, region, lambda watch: delete(as_made, aws, watch))


def _report(request: Request, table: list[Row], done: RolledOut, *, as_json: bool) -> None:
    if as_json:
        print_json(report_json(request, table, done))
        return
    console = report_console()
    console.print(as_table(request, table))
    if not done.operations:
        console.print("Nothing to do.")
