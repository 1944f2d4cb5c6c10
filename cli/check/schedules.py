"""Auto Scaling: the times of scheduled actions are in the future."""

from collections.abc import Iterator
from datetime import datetime

from cli.aws_findings.aws import Aws
from cli.aws_findings.findings import CheckResult, Skipped, Unavailable, error, warning
from cli.check.site import Site
from resilient_website.reading.timestamps import FORM


def past(site: Site, aws: Aws) -> Iterator[CheckResult]:
    """Report a StartTime or EndTime in the past, which Auto Scaling refuses.

    For an action that is already in the stack, a warning: if unchanged, it is not scheduled again. Source:
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
            exists = site.is_deployed(aws, f"ScheduledAction{number}")
            found = f"{text} is in the past, which Auto Scaling refuses"
            later = "; an existing action may stay unchanged" if exists else ""
            report = warning if exists else error
            yield report(site.at(path), found + later, "write a time in the future, or remove the action")
