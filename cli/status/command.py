"""The command `status`: what of a site is up, tier by tier."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import click
from rich.table import Table
from rich.text import Text

from cli.aws_findings.aws import Aws, clients
from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.console import report_console
from cli.deployed.site import DeployedSite, SiteName, find_site
from cli.deployed.visits import Internet
from cli.options import json_option, policy_option, print_json, problems_on_stderr, site_option
from cli.program_name import with_program_name
from cli.region_options import aws_options
from cli.status.permissions import action, policy
from cli.status.rows import BAD, Row, State
from cli.status.survey import survey
from resilient_website.problems import InvalidTemplateError

COLORS = {State.DEGRADED: "yellow", State.DOWN: "red", State.NOTE: "dim", State.OK: "green", State.UNREAD: "magenta"}

EXAMPLES = """
\b
Examples:
  build_templates.py status my-site --region eu-west-1
  build_templates.py status my-site --site Shop --json

\b
Exit status: 0 if all that could be read is well; 1 if something is down or
degraded, or the stack can't be read; 2 for a command line that is not
understood. Rows that are "not readable" do not change it.
"""


@click.command(epilog=EXAMPLES)
@click.argument("stack")
@site_option
@aws_options("The stack's Region.")
@json_option("all rows")
@policy_option(policy)
@problems_on_stderr
def status(stack: str, site: str | None, aws: AwsSettings, as_json: bool) -> None:
    """Show what of the site in STACK is up, tier by tier, from the front door to the last deployment.

    Only reads. What you have no permission to read is shown as "not readable", with the IAM action.
    """
    session = aws.regional_session
    asked = Aws(clients(session), str(session.region_name), datetime.now(UTC), action)
    try:
        found = find_site(asked.client, SiteName(stack, site, "STACK"), asked.region)
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"{stack} in {asked.region}", error)]) from error
    rows = survey(found, asked, Internet())
    if as_json:
        print_json(_json(found, rows, asked.now))
    else:
        report_console().print(_table(found, rows, asked.now))
        click.echo(_summary(rows))
    sys.exit(1 if any(row.state in BAD for row in rows) else 0)


def _table(site: DeployedSite, rows: Sequence[Row], now: datetime) -> Table:
    """Return a row for each part, with each tier named once."""
    shown = Table(title=f"{site.title} at {now:%Y-%m-%d %H:%M} UTC", title_justify="left")
    for column in ("Tier", "Part", "State", "Found"):
        shown.add_column(column, overflow="fold")
    before = ""
    for row in rows:
        if before and row.tier != before:
            shown.add_section()
        style = COLORS[row.state]
        shown.add_row(
            *(Text(row.tier if row.tier != before else ""), Text(row.part), Text(row.state, style)),
            Text(with_program_name(row.found)),
        )
        before = row.tier
    return shown


def _summary(rows: Sequence[Row]) -> str:
    counts = {state: sum(row.state is state for row in rows) for state in (State.DOWN, State.DEGRADED, State.UNREAD)}
    said = [f"{count} {state}" for state, count in counts.items() if count]
    return f"{', '.join(said) or 'All well'}."


def _json(site: DeployedSite, rows: Sequence[Row], now: datetime) -> dict[str, object]:
    return {
        "stack": site.stack,
        "site": site.name,
        "region": site.region,
        "at": now.isoformat(),
        "ok": not any(row.state in BAD for row in rows),
        "rows": [row.as_json() for row in rows],
    }
