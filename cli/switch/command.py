"""The command `switch`: make the half in another Region the active one, or show both halves."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import click

from cli.aws_problems import AWS_ERRORS
from cli.aws_session import AwsSettings
from cli.console import report_console
from cli.deployed.site import SiteName
from cli.deployed.tools import AGAIN, Tools, tools_of
from cli.interruption import INTERRUPTED
from cli.options import json_option, parameters_option, print_json, problems_on_stderr
from cli.region_options import aws_options, known_region
from cli.switch.agreement import agreement
from cli.switch.half import find_half
from cli.switch.refusals import refusal
from cli.switch.report import (
    differing_text,
    lost_text,
    next_lines,
    results_json,
    results_table,
    survey_json,
    table,
)
from cli.switch.run import Result
from cli.switch.survey import Survey, survey
from cli.switch.switchover import Switchover, SwitchRequest, execute, prepare, preview
from resilient_website.problems import InvalidTemplateError

T = TypeVar("T")


STATUS = "status"

EXAMPLES = """
\b
Examples:
  build_templates.py switch status my-site --region us-west-2
  build_templates.py switch my-site --to us-west-2 --dry-run
  build_templates.py switch my-site --to us-west-2
  build_templates.py switch my-site --to us-east-1 --planned
  build_templates.py switch my-site --to us-west-2 --file site.yaml

Exit status: 0 if the switch is complete, or its state or steps are shown; 1 if it is not complete, or you did not
confirm it; 2 for a command line that is not understood; 130 if you interrupted it. Run the command again to continue.
"""


@click.command(epilog=EXAMPLES)
@click.argument("site", nargs=-1, required=True, metavar="[status] SITE")
@click.option(
    "--to",
    "target",
    callback=known_region,
    metavar="REGION",
    help="The Region that takes over. Not for status.",
)
@click.option(
    "--planned",
    "is_planned",
    is_flag=True,
    help="Lose nothing: stop the writes first, and wait until they are replicated. Needs both Regions.",
)
@click.option(
    "--file",
    type=click.Path(path_type=Path),
    help="The site's file. With Mode: Backups, the half is created from it.",
)
@parameters_option
@click.option("--dry-run", "is_dry", is_flag=True, help="Show what would be lost and which steps are left, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask before the first step.")
@click.option(
    "--check/--no-check",
    "checks",
    default=True,
    help="Check DNS and the site from this machine after DNS has turned.  [default: check]",
)
@aws_options("The Region that status asks first. A switch asks the one of --to first.")
@json_option("the state and the steps")
@problems_on_stderr
def switch(
    site: tuple[str, ...],
    target: str | None,
    is_planned: bool,
    file: Path | None,
    parameters: dict[str, str],
    is_dry: bool,
    yes: bool,
    checks: bool,
    aws: AwsSettings,
    as_json: bool,
) -> None:
    """Make the copy of SITE in another Region the active one, or show the state of both halves (status).

    SITE is a stack's name, or STACK:SITE if the stack has several websites. Without --planned, the command needs only
    the Region that takes over, and what was not replicated is lost. You can interrupt it at any time and run it again:
    it reads from AWS what is done. With Mode: Backups, it creates the half from --file.
    """
    if len(site) > 2 or (len(site) == 2 and site[0] != STATUS):
        raise click.UsageError("give [status] SITE")
    shows_status = len(site) == 2
    if shows_status and (target or is_planned or is_dry or yes or file):
        raise click.UsageError("status takes none of --to, --planned, --file, --dry-run and --yes")
    if not shows_status and not target:
        raise click.UsageError("Missing option '--to'.")
    session = (AwsSettings(aws.profile, target) if target else aws).regional_session
    name, region = SiteName.of(site[-1]), str(session.region_name)
    tools = tools_of(session)
    if shows_status:
        _show_status(tools, name, region, as_json)
    else:
        request = SwitchRequest(name, region, is_planned, file, parameters, checks)
        _switch(tools, request, is_dry=is_dry, yes=yes, as_json=as_json)


def _show_status(tools: Tools, name: SiteName, region: str, as_json: bool) -> None:
    seen = both(tools, name, region)
    if as_json:
        print_json(survey_json(seen))
        return
    _print(seen)
    for state in seen.states:
        if seen.visitors_get != state.half.region:
            click.echo(lost_text(seen, state.half))
    if seen.agreement is not None and seen.agreement.differing:
        click.echo(differing_text(seen.agreement))


def both(tools: Tools, name: SiteName, region: str) -> Survey:
    """Return the state of both halves. One that can't be read is in the result with the reason."""
    first = _with_advice(name, region, lambda: find_half(tools.client, name, region))
    try:
        second = find_half(tools.client, SiteName(first.stack, first.site), first.other_region)
        seen = _with_advice(name, region, lambda: survey(tools, (first, second)))
        return replace(seen, agreement=agreement(tools.client, (first, second)))
    except (InvalidTemplateError, *AWS_ERRORS) as error:
        reason = str(error) if isinstance(error, InvalidTemplateError) else refusal(first.other_region, error).found
        return _with_advice(name, region, lambda: survey(tools, (first,), ((first.other_region, reason),)))


def _switch(tools: Tools, request: SwitchRequest, *, is_dry: bool, yes: bool, as_json: bool) -> None:
    """Check, confirm and run a switch, and print its result; or print only what it would do (`is_dry`)."""
    switchover = _with_advice(request.name, request.region, lambda: prepare(tools, request))
    target, seen = switchover.target, switchover.seen
    if is_dry:
        _show_dry_run(tools, switchover, request, as_json)
        return
    if not yes:
        _print(seen, to_stderr=True)
        click.echo(_warning(switchover), err=True)
        click.confirm(f"Switch to {request.region}?", abort=True, err=True)
    results = _run(tools, switchover, request)
    after = next_lines(target, switchover.source)
    if as_json:
        print_json({"state": survey_json(seen), "steps": results_json(results), "next": list(after)})
        return
    click.echo(f"{target.stack}:{target.site} is served from {request.region}.")
    for line in after:
        click.echo(line)


def _run(tools: Tools, switchover: Switchover, request: SwitchRequest) -> tuple[Result, ...]:
    """Do the steps. If interrupted, say how to continue, and exit."""
    try:
        return execute(tools, switchover, request)
    except KeyboardInterrupt:
        click.echo(f"Interrupted; to continue, {AGAIN}.", err=True)
        sys.exit(INTERRUPTED)


def _show_dry_run(tools: Tools, switchover: Switchover, request: SwitchRequest, as_json: bool) -> None:
    results = preview(tools, switchover, request)
    if as_json:
        print_json({"state": survey_json(switchover.seen), "steps": results_json(results)})
        return
    _print(switchover.seen)
    click.echo(_warning(switchover))
    report_console().print(results_table(results))


def _warning(switchover: Switchover) -> str:
    """Return what the switch costs the visitors."""
    target = switchover.target
    if switchover.source is not None:
        return (
            f"A planned switch to {target.region} loses nothing. From the first step until DNS has turned, visitors "
            "get the friendly page."
        )
    if switchover.file is not None and switchover.file.restore_time is not None:
        return (
            f"A switch to {target.region} restores the database as it was at {switchover.file.restore_time} "
            "(Secondary.RestoreTime), and loses what was written later"
        )
    return lost_text(switchover.seen, target)


def _print(seen: Survey, *, to_stderr: bool = False) -> None:
    report_console(stderr=to_stderr).print(table(seen))


def _with_advice(name: SiteName, region: str, ask: Callable[[], T]) -> T:
    """Return what is asked; errors of AWS become problems that say what to do."""
    try:
        return ask()
    except AWS_ERRORS as error:
        raise InvalidTemplateError([refusal(f"{name.stack} in {region}", error)]) from error
