"""The command `logs`: the logs of a deployed site, ordered by time."""

import re
import sys
import time
from datetime import UTC, datetime, timedelta

import click

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.deployed.site import SiteName, find_site
from cli.deployed.tools import clients
from cli.interruption import INTERRUPTED
from cli.logs.line import Source
from cli.logs.reading import follow, read
from cli.logs.sources import TIERS, Missing, sources
from cli.options import problems_on_stderr, site_option
from cli.region_options import aws_options
from resilient_website.problems import InvalidTemplateError

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

EXAMPLES = """
\b
Examples:
  build_templates.py logs my-site --since 15m
  build_templates.py logs my-site --tier web --follow
  build_templates.py logs my-site --tier database --tier functions --filter X

\b
Exit status: 0 if the logs were read, or you interrupted --follow; 1 if they
could not be read; 2 for a command line that is not understood; 130 if you
interrupted it. With --follow, an interruption is the end, and the status 0.
"""


def duration(_context: click.Context, _option: click.Parameter, value: str) -> timedelta:
    """Return the time that 90s, 15m, 1h or 2d means."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", value)
    if not found:
        raise click.BadParameter(f"found {value!r}; write a number and s, m, h or d, as in 15m")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


@click.command(epilog=EXAMPLES)
@click.argument("stack")
@site_option
@click.option(
    "--tier", "tiers", type=click.Choice(TIERS), multiple=True, help="Only this tier. Repeatable.  [default: all]"
)
@click.option("--since", default="1h", show_default=True, callback=duration, help="How far back, as in 90s, 15m, 1h.")
@click.option("--follow", "follows", is_flag=True, help="Show new lines as they arrive, until Ctrl-C.")
@click.option(
    "--filter",
    "pattern",
    default="",
    metavar="PATTERN",
    help="Only lines with this filter pattern of CloudWatch Logs; of the load balancer, with this text.",
)
@aws_options("The stack's Region.")
@problems_on_stderr
def logs(
    stack: str,
    site: str | None,
    tiers: tuple[str, ...],
    since: timedelta,
    follows: bool,
    pattern: str,
    aws: AwsSettings,
) -> None:
    """Show the logs of the site in STACK: servers, database, load balancer and functions, ordered by time.

    Each line has its time (UTC), its source, and the instance or stream that wrote it. For a log that is not
    collected, the property that turns it on is shown on standard error.
    """
    session = aws.regional_session
    client, region = clients(session), str(session.region_name)
    try:
        found = find_site(client, SiteName(stack, site, "STACK"), region)
        known: list[Source] = []
        for each in sources(found, client, tiers or TIERS, pattern):
            if isinstance(each, Missing):
                click.echo(str(each), err=True)
            else:
                known.append(each)
        now = datetime.now(UTC)
        shown = follow(known, now - since, _now, time.sleep) if follows else read(known, now - since, now)
        for line in shown:
            click.echo(str(line))
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"{stack} in {region}", error)]) from error
    except KeyboardInterrupt:
        sys.exit(0 if follows else INTERRUPTED)


def _now() -> datetime:
    return datetime.now(UTC)
