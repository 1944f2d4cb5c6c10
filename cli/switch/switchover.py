"""A whole switch: the halves, their state and the steps, also of a half that is not created yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from cli.aws_problems import AWS_ERRORS
from cli.deployed.site import SiteName
from cli.deployed.step import Step
from cli.deployed.tools import Tools
from cli.switch.half import Half, find_half
from cli.switch.plan import after_recovery, planned, recovery, refuse, unplanned
from cli.switch.refusals import refusal
from cli.switch.run import Result, dry_run, run
from cli.switch.site_file import SiteFile, site_file
from cli.switch.steps.verify import Verify
from cli.switch.survey import Survey, survey
from resilient_website.problems import InvalidTemplateError, Problem


@dataclass(frozen=True)
class SwitchRequest:
    """What the command is called with: the Region that takes over, the site's file and parameters, and how."""

    name: SiteName
    region: str
    is_planned: bool = False
    file: Path | None = None
    parameters: Mapping[str, str] | None = None
    checks: bool = True


@dataclass(frozen=True)
class Switchover:
    """The halves, of which `source` is the other one of a planned switch, and what was read of them.

    `file` is what the target is created from, None if it exists.
    """

    target: Half
    source: Half | None
    seen: Survey
    file: SiteFile | None


def prepare(tools: Tools, request: SwitchRequest) -> Switchover:
    """Read the halves, and the file if the target is created from it. Raises InvalidTemplateError if it can't begin."""
    target = find_half(tools.client, request.name, request.region)
    whole_name = SiteName(target.stack, target.site)
    source = find_half(tools.client, whole_name, target.other_region) if request.is_planned else None
    file = None if target.made else site_file(request.file, request.parameters or {}, target)
    if source is not None and file is not None and file.restore_time is not None:
        found = f"found {file.restore_time}, but a planned switch loses nothing"
        advice = "leave it out, or leave out --planned"
        raise InvalidTemplateError([Problem("Secondary.RestoreTime", found, advice)])
    seen = survey(tools, (target, source) if source else (target,))
    refuse(tools, target, source, seen)
    return Switchover(target, source, seen, file)


def execute(tools: Tools, switchover: Switchover, request: SwitchRequest) -> tuple[Result, ...]:
    """Do the steps. Raises InvalidTemplateError at the first that fails."""
    first, then = _steps(tools, switchover, request)
    if not first:
        return run(then, tools)
    results = run(first, tools, after=len(then))
    try:
        made = replace(switchover, target=find_half(tools.client, request.name, request.region))
    except AWS_ERRORS as error:
        raise InvalidTemplateError([refusal(switchover.target.name, error)]) from error
    _, then = _steps(tools, made, request)
    return *results, *run(then, tools, before=len(first))


def preview(tools: Tools, switchover: Switchover, request: SwitchRequest) -> tuple[Result, ...]:
    """Return the steps and which of them are left, by reading only."""
    first, then = _steps(tools, switchover, request)
    return dry_run(first, then) if first else dry_run(then)


def _steps(tools: Tools, switchover: Switchover, request: SwitchRequest) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Return the steps until the target half is created, and the other ones."""
    target, source = switchover.target, switchover.source
    first: tuple[Step, ...] = ()
    if switchover.file is not None:
        first, then = recovery(tools, target, switchover.file, source), after_recovery(tools, target, source)
    else:
        then = planned(tools, target, source) if source else unplanned(tools, target)
    return first, tuple(step for step in then if request.checks or not isinstance(step, Verify))
