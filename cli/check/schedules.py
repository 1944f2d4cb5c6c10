"""Auto Scaling: the times of scheduled actions are still to come."""

from collections.abc import Iterator
from datetime import datetime

from cli.check.aws import Aws
from cli.check.findings import CheckResult, Skipped, Unavailable, error, warning
from cli.check.site import Site

FORM = "%Y-%m-%dT%H:%M:%S%z"


def past(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Tell of a StartTime or EndTime that is over: Auto Scaling refuses to schedule what is past.

    An action that is in the stack already, and stays as it is, is left alone: a warning. Source:
    "PutScheduledUpdateGroupAction" in the Amazon EC2 Auto Scaling API Reference.
    """
    for number, action in enumerate(site.spec.web_servers.scheduled_actions, start=1):
        for name, value in (("StartTime", action.start_time), ("EndTime", action.end_time)):
            path = f"WebServers.ScheduledActions[{number - 1}].{name}"
            try:
                text = "" if value is None else site.known(path, value)
            except Unavailable as unknown:
                yield Skipped(unknown.path or site.at(path), unknown.why)
                continue
            if not text or datetime.strptime(text, FORM) > aws.now:
                continue
            stands = site.stands(aws, f"ScheduledAction{number}")
            found = f"{text} is past, and Auto Scaling schedules nothing in the past"
            later = "; an action that is there already may stay as it is" if stands else ""
            told = warning if stands else error
            yield told(site.at(path), found + later, "write a time to come, or take the action away")
