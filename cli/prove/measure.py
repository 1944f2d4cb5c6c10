"""Causes a failure while requests go on, waits for its repair, and compares what came with what was predicted."""

from collections import Counter
from datetime import timedelta

from cli.analysis.availability import formatting
from cli.analysis.availability.answers import Outcome
from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.deployed.tools import Tools
from cli.prove.prediction import Prediction, lasted, problem
from cli.prove.record import Measured
from cli.prove.trials import REPAIR, Trial
from cli.prove.visitor import Ask, Visitor
from resilient_website.problems import InvalidTemplateError

# Requests after the repair show that the site stays as usual.
QUIET = timedelta(seconds=30)


def measure(tools: Tools, ask: Ask, url: str, trial: Trial, prediction: Prediction | None) -> Measured:
    """Return what was measured, or why the failure was not caused."""
    if prediction is None:
        return Measured(trial.failure, skipped="`failures` does not know it for this site")
    tools.wait("the page", lambda: _page(ask, url), REPAIR, "look at the site's dashboard")
    with Visitor(tools, ask, url) as visitor:
        try:
            repaired = trial.cause()
        except AWS_ERRORS as error:
            return Measured(trial.failure, prediction.text, skipped=str(aws_problem(trial.failure, error)))
        begun = tools.now()
        late = ""
        try:
            tools.wait(trial.failure, repaired, REPAIR, "look at the site's dashboard")
        except InvalidTemplateError as error:
            late = "; ".join(str(each) for each in error.problems)
        repair = (tools.now() - begun).total_seconds()
        _quiet(tools, visitor)
    seen = tuple(visitor.seen)
    counted = Counter(each.outcome for each in seen if each.outcome is not Outcome.PAGE)
    return Measured(
        failure=trial.failure,
        predicted=prediction.text,
        seen=tuple(f"{count} x {formatting.NAMES[kind]}" for kind, count in sorted(counted.items())),
        requests=len(seen),
        failed=counted.total(),
        lasted=round(lasted(seen), 1),
        repaired=round(repair, 1),
        problem=late or problem(prediction, seen),
    )


def _page(ask: Ask, url: str) -> bool:
    found = ask("GET", url)
    return found is not None and found.status < 400


def _quiet(tools: Tools, visitor: Visitor) -> None:
    """Wait until the page has come for a while, or the time for a repair is over."""
    end = tools.now() + REPAIR
    since = tools.now()
    while tools.now() - since < QUIET and tools.now() < end:
        tools.sleep(1)
        if visitor.last() is not Outcome.PAGE:
            since = tools.now()
