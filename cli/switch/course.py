"""The course of a switch: the halves, their state and the steps, also of a half that is not created yet."""

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
class Asked:
    """What is asked for: the Region that takes over, the site's file and parameters, and how."""

    name: SiteName
    region: str
    is_planned: bool = False
    file: Path | None = None
    parameters: Mapping[str, str] | None = None
    checks: bool = True


@dataclass(frozen=True)
class Course:
    """The halves, of which `source` is the other one of a planned switch, and what was read of them.

    `file` is what the target is created from, None if it exists.
    """

    target: Half
    source: Half | None
    seen: Survey
    file: SiteFile | None


def read_course(tools: Tools, asked: Asked) -> Course:
    """Read the halves, and the file if the target is created from it. Raises InvalidTemplateError if it can't begin."""
    target = find_half(tools.client, asked.name, asked.region)
    whole_name = SiteName(target.stack, target.site)
    source = find_half(tools.client, whole_name, target.other_region) if asked.is_planned else None
    file = None if target.made else site_file(asked.file, asked.parameters or {}, target)
    if source is not None and file is not None and file.restore_time is not None:
        found = f"found {file.restore_time}, but a planned switch loses nothing"
        advice = "leave it out, or leave out --planned"
        raise InvalidTemplateError([Problem("Secondary.RestoreTime", found, advice)])
    seen = survey(tools, (target, source) if source else (target,))
    refuse(tools, target, source, seen)
    return Course(target, source, seen, file)


def run_course(tools: Tools, course: Course, asked: Asked) -> tuple[Result, ...]:
    """Do the steps. Raises InvalidTemplateError at the first that fails."""
    first, then = _steps(tools, course, asked)
    if not first:
        return run(then, tools)
    results = run(first, tools, after=len(then))
    try:
        made = replace(course, target=find_half(tools.client, asked.name, asked.region))
    except AWS_ERRORS as error:
        raise InvalidTemplateError([refusal(course.target.name, error)]) from error
    _, then = _steps(tools, made, asked)
    return *results, *run(then, tools, before=len(first))


def show_course(tools: Tools, course: Course, asked: Asked) -> tuple[Result, ...]:
    """Return the steps and which of them are left, by reading only."""
    first, then = _steps(tools, course, asked)
    return dry_run(first, then) if first else dry_run(then)


def _steps(tools: Tools, course: Course, asked: Asked) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """Return the steps until the target half is created, and the other ones."""
    target, source = course.target, course.source
    first: tuple[Step, ...] = ()
    if course.file is not None:
        first, then = recovery(tools, target, course.file, source), after_recovery(tools, target, source)
    else:
        then = planned(tools, target, source) if source else unplanned(tools, target)
    return first, tuple(step for step in then if asked.checks or not isinstance(step, Verify))
