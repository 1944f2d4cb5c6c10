"""The command `restore`: restore a site's database to a point in time, or from a snapshot, and keep the old one."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

import click

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.console import report_console
from cli.deployed.site import DeployedSite, SiteName, find_site
from cli.deployed.step import Step
from cli.deployed.tools import AGAIN, Tools, tools_of
from cli.interruption import INTERRUPTED
from cli.options import problems_on_stderr, site_option
from cli.region_options import aws_options
from cli.restore.refusals import before_restore, before_swap, stack_is_busy
from cli.restore.report import after, comparison, look_inside, warning
from cli.restore.steps import Databases, steps
from cli.restore.target import Target, names
from resilient_website.problems import InvalidTemplateError, Problem

EXAMPLES = """
\b
Examples:
  build_templates.py restore my-site --to 2026-01-31T03:10:00Z --dry-run
  build_templates.py restore my-site --to 2026-01-31T03:10:00Z
  build_templates.py restore my-site --snapshot rds:my-site-2026-01-31-03-10

\b
Exit status: 0 if the restored database is in place, or the steps are shown;
1 if not, or you did not confirm it; 2 for a command line that is not
understood; 130 if you interrupted it. Run the command again to continue.
"""


def point_in_time(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    """Return the time of --to, which has a time zone."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        refused = click.BadParameter(f"found {value!r}; write date, time and time zone, as in 2026-01-31T03:10:00Z")
        refused.exit_code = 1
        raise refused
    return found.astimezone(UTC)


@click.command(epilog=EXAMPLES)
@click.argument("stack")
@click.option(
    "--to", "moment", metavar="TIME", callback=point_in_time, help="The point in time, as in 2026-01-31T03:10:00Z."
)
@click.option("--snapshot", metavar="ID", help="The DB snapshot, automated or manual.")
@site_option
@click.option("--dry-run", "is_dry", is_flag=True, help="Show which steps are left, and stop.")
@click.option("--yes", is_flag=True, help="Do not ask before the databases are swapped.")
@aws_options("The stack's Region.")
@problems_on_stderr
def restore(
    stack: str,
    moment: datetime | None,
    snapshot: str | None,
    site: str | None,
    is_dry: bool,
    yes: bool,
    aws: AwsSettings,
) -> None:
    """Restore the database of a site in STACK to a point in time, or from a snapshot, and keep the old one.

    A new database is restored beside the old one. After you have compared them, both are renamed, so that the site and
    the stack find the restored one at the same endpoint. You can interrupt the command and run it again.
    """
    if (moment is None) == (snapshot is None):
        raise click.UsageError("give --to or --snapshot")
    session = aws.regional_session
    region = str(session.region_name)
    tools = tools_of(session)
    try:
        found = find_site(tools.client, SiteName(stack, site, "STACK"), region)
        confirm = (lambda: True) if yes else (lambda: click.confirm("Swap the databases?", err=True))
        run(tools, found, Target(moment, snapshot), confirm, is_dry=is_dry)
    except AWS_ERRORS as error:
        problem = aws_problem(f"stack {stack} in {region}", error)
        raise InvalidTemplateError([Problem(problem.path, problem.found, f"{problem.fix}; then {AGAIN}")]) from error
    except KeyboardInterrupt:
        click.echo(f"Interrupted; to continue, {AGAIN}.", err=True)
        sys.exit(INTERRUPTED)


def run(tools: Tools, site: DeployedSite, target: Target, confirm: Callable[[], bool], *, is_dry: bool) -> None:
    """Restore, compare, ask, and swap; or show the steps.

    Raises InvalidTemplateError if something speaks against it, or a step fails.
    """
    identifier, secret = site.find("Database"), site.find("DatabaseSecret")
    if identifier is None or secret is None:
        found = f"{site.title} has no database of its own"
        raise InvalidTemplateError([Problem("STACK", found, "give a site with Database, in its active Region")])
    databases = Databases(tools, site.region, names(identifier, target))
    beside, swap = steps(databases, target, lambda: _password(tools, site.region, secret))
    _refuse(before_restore(databases, target))
    if is_dry:
        for step in (*beside, *swap):
            click.echo(f"{'already done' if step.done() else 'left'}: {step.title} ({step.takes})")
        for problem in before_swap(databases):
            click.echo(f"refused before the databases are renamed: {problem}")
        click.echo(warning(databases, target))
        return
    _do(tools, beside)
    old, new = databases.own(), databases.restored()
    if old is not None and new is not None:
        report_console(stderr=True).print(comparison(old, new))
        click.echo(f"{look_inside(new, site.stack)}\n{warning(databases, target)}", err=True)
        _refuse((*stack_is_busy(tools.client("cloudformation", site.region), site.stack), *before_swap(databases)))
        if not confirm():
            raise InvalidTemplateError([Problem(identifier, "the databases are not swapped", AGAIN)])
    _do(tools, swap)
    for line in after(databases):
        click.echo(line)


def _do(tools: Tools, wanted: Sequence[Step]) -> None:
    """Do every step that is not done yet."""
    for step in wanted:
        if step.done():
            tools.say(f"already done: {step.title}")
            continue
        tools.say(f"{step.title} ({step.takes})")
        step.do()
        tools.say(f"  done at {tools.now():%H:%M:%S} UTC")


def _refuse(problems: Iterable[Problem]) -> None:
    found = list(problems)
    if found:
        raise InvalidTemplateError(found)


def _password(tools: Tools, region: str, secret: str) -> str:
    """Return the master user's current password."""
    value = tools.client("secretsmanager", region).get_secret_value(SecretId=secret)["SecretString"]
    return str(json.loads(value)["password"])
