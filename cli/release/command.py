"""The command `release`: an application's new version on a deployed site's servers, or the one before."""

import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.deployed.site import SiteName, find_site
from cli.deployed.tools import tools_of
from cli.interruption import INTERRUPTED
from cli.options import json_option, print_json, problems_on_stderr, site_option
from cli.region_options import aws_options
from cli.release import run
from cli.release.images import looks_like_image
from cli.release.release import Release
from cli.release.source import refuse_missing
from resilient_website.problems import InvalidTemplateError

RELEASED, UNCHANGED, DRY, ENDED = "released", "unchanged", "not released", "canary ended"

EXAMPLES = """
\b
Examples:
  build_templates.py release my-site ./dist --dry-run
  build_templates.py release my-site ./dist
  build_templates.py release my-site shop-1.4.2.tar.gz
  build_templates.py release my-site \\
    123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4.2
  build_templates.py release my-site --back

\b
Exit status: 0 if the release serves, or is the current one already, or for
--dry-run; 1 if it was refused or rolled back, or the page answers with an
error; 2 for a command line that is not understood; 130 if you interrupted it.
What has begun goes on in CloudFormation.
"""


@click.command(epilog=EXAMPLES)
@click.argument("stack")
@click.argument("path_or_image", required=False)
@site_option
@click.option("--back", "is_back", is_flag=True, help="Go back to the release before the current one.")
@click.option("--dry-run", "is_dry", is_flag=True, help="Show what the update changes, and stop. Uploads no release.")
@click.option("--with-infrastructure", "with_more", is_flag=True, help="Also allow changes of other resources.")
@click.option(
    "--s3-bucket",
    metavar="BUCKET",
    help="Where to put a template of more than 51,200 bytes, if not beside the archives.",
)
@click.option("--skip-canary", "skips_canary", is_flag=True, help="Replace the servers without a canary first.")
@aws_options("The stack's Region.")
@json_option("the release")
@problems_on_stderr
def release(
    stack: str,
    path_or_image: str | None,
    site: str | None,
    is_back: bool,
    is_dry: bool,
    with_more: bool,
    s3_bucket: str | None,
    skips_canary: bool,
    aws: AwsSettings,
    as_json: bool,
) -> None:
    """Release an application to the servers of the site in STACK, or go back to the release before.

    For a site with WebServers.Artifact, give the path of a folder or an archive: it is uploaded beside the current one,
    under its SHA-256. For one with WebServers.Container, give an image with its tag or its digest: it is released by
    its digest, which Amazon ECR returns for a tag.

    Updates the stack by a change set that may change the servers only. Servers are replaced as by any deployment, and
    CloudFormation rolls back if the new ones do not become healthy.

    With WebServers.Canary, a few new servers get a share of the requests first, and CloudFormation rolls back if their
    alarms go into ALARM. An interrupted canary is continued by the same command, or ended by --back.
    """
    if (path_or_image is None) != is_back:
        raise click.UsageError("give either PATH_OR_IMAGE or --back")
    if path_or_image is not None and not looks_like_image(path_or_image):
        refuse_missing(Path(path_or_image))
    session = aws.regional_session
    tools = tools_of(session)
    try:
        found = find_site(tools.client, SiteName(stack, site, "STACK"), str(session.region_name))
        to = run.target(tools, found, s3_bucket)
        ok = _release(to, ReleaseRequest(path_or_image, is_dry, with_more, skips_canary, as_json))
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"{stack} in {session.region_name}", error)]) from error
    except KeyboardInterrupt:
        click.echo("Interrupted. An update that has begun goes on: `status` shows it.", err=True)
        sys.exit(INTERRUPTED)
    sys.exit(0 if ok else 1)


@dataclass(frozen=True)
class ReleaseRequest:
    """What the command line asks for: without `given`, the way back."""

    given: str | None
    is_dry: bool
    with_more: bool
    skips_canary: bool
    as_json: bool


def _release(to: run.Target, request: ReleaseRequest) -> bool:
    """Do it, and return whether the page answers."""
    canary = to.application.canary
    if request.given is None and canary and canary.running:
        return _updated(to, (run.Update(to.application.current),), request, ENDED)
    wanted = run.before(to) if request.given is None else to.releases.release(request.given, is_dry=request.is_dry)
    planned = run.updates(to, wanted, skips_canary=request.skips_canary or request.given is None)
    if wanted.key == to.application.current.key:
        _show(to, wanted, (), UNCHANGED, None, as_json=request.as_json)
        return True
    return _updated(to, planned, request, RELEASED)


def _updated(to: run.Target, planned: tuple[run.Update, ...], request: ReleaseRequest, state: str) -> bool:
    """Make the updates one after the other, or show the first of them, and return whether the page answers."""
    now, wanted, beyond = to, planned[-1].release, set[str]()
    for update in planned:
        made = run.change_set(now, update)
        if made is None:
            _show(to, wanted, (), UNCHANGED, None, as_json=request.as_json)
            return True
        name, more = made
        beyond |= set(more)
        if request.is_dry or (more and not request.with_more):
            now.stack.delete(name)
        if more and not request.with_more:
            raise InvalidTemplateError([run.problem_of_more(to.site, more)])
        if request.is_dry:
            _show(to, wanted, more, DRY, None, as_json=request.as_json)
            return True
        _announce(now, update)
        run.execute(now, name, update)
        if update is not planned[-1]:
            now = run.target(to.tools, to.site, to.bucket)
    if state == RELEASED:
        run.note(to, wanted, is_back=request.given is None)
    address, answer = run.page(to)
    _show(to, wanted, tuple(sorted(beyond)), state, answer, as_json=request.as_json)
    if address is None:
        return True
    click.echo(f"{address} answers {answer}" if answer else f"{address} does not answer this machine", err=True)
    return answer is not None and answer < 500


def _announce(to: run.Target, update: run.Update) -> None:
    """Say how a release is tried out."""
    canary = to.application.canary
    if canary and update.tried:
        to.tools.say(
            f"{update.title}: {canary.percent} % of the requests for {canary.minutes} minutes; CloudFormation rolls "
            "it back if an alarm starts"
        )


def _show(
    to: run.Target, wanted: Release, more: tuple[str, ...], state: str, answer: int | None, *, as_json: bool
) -> None:
    """Print how a release ended (`state`), and what else it changes. `answer`: the page's status, if it was asked."""
    if as_json:
        print_json(run.json_of(to, wanted, more, state, answer))
        return
    before, canary = to.application.current, to.application.canary
    if state == ENDED and canary and canary.running:
        click.echo(f"{state}: {canary.running.title}; {before.title} serves")
    else:
        click.echo(f"{state}: {to.releases.title(wanted)} (before: {before.title})")
    if more:
        click.echo(f"also changes: {', '.join(more)}")
    if state == RELEASED and to.application.file_lines:
        kind, values = to.application.kind, asdict(wanted)
        by_name = {name: values[field] for field, name in kind.names.items()}
        lines = ", ".join(f"{name}: {by_name[name]}" for name in to.application.file_lines)
        click.echo(f"Write into the file, before its next deployment: {kind.path}: {{{lines}}}")
