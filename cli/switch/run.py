"""Runs the steps of a switch in order, or shows in a dry run which are left."""

from collections.abc import Sequence
from dataclasses import dataclass

from cli.aws_problems import AWS_ERRORS
from cli.deployed.step import Step
from cli.deployed.tools import Tools
from cli.switch.refusals import refusal
from resilient_website.problems import InvalidTemplateError


@dataclass(frozen=True)
class Result:
    """A step, and what became of it: `already done`, `done`, or `left` in a dry run."""

    title: str
    takes: str
    state: str


ALREADY, DONE, LEFT = "already done", "done", "left"


def run(steps: Sequence[Step], tools: Tools, *, before: int = 0, after: int = 0) -> tuple[Result, ...]:
    """Do every step that is not done yet. Raises InvalidTemplateError at the first that fails.

    `before` and `after` are the numbers of steps that are run separately.
    """
    results = []
    for number, step in enumerate(steps, before + 1):
        where = f"step {number} of {before + len(steps) + after}: {step.title}"
        tools.say(where)
        try:
            if step.done():
                tools.say("  already done")
                results.append(Result(step.title, step.takes, ALREADY))
                continue
            tools.say(f"  takes {step.takes}")
            step.do()
        except AWS_ERRORS as error:
            raise InvalidTemplateError([refusal(where, error)]) from error
        tools.say(f"  done at {tools.now():%H:%M:%S} UTC")
        results.append(Result(step.title, step.takes, DONE))
    return tuple(results)


def dry_run(steps: Sequence[Step], later: Sequence[Step] = ()) -> tuple[Result, ...]:
    """Return which steps are left, by reading only; those of a half that is not created are, and are not asked."""
    results = []
    for number, step in enumerate(steps, 1):
        try:
            state = ALREADY if step.done() else LEFT
        except AWS_ERRORS as error:
            raise InvalidTemplateError([refusal(f"step {number} of {len(steps)}: {step.title}", error)]) from error
        results.append(Result(step.title, step.takes, state))
    return (*results, *(Result(step.title, step.takes, LEFT) for step in later))
