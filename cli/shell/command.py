"""The command `shell`: a session on one of a deployed site's servers, or a command there."""

import json
import os
import shlex
import shutil

import click

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.deployed.site import SiteName, find_site
from cli.deployed.tools import clients
from cli.options import problems_on_stderr, site_option
from cli.region_options import aws_options
from cli.shell.instances import Instance, choose, read_instances
from resilient_website.problems import InvalidTemplateError, Problem

# Source: "Start a session (AWS CLI)", interactive commands, in the AWS Systems Manager User Guide.
INTERACTIVE = "AWS-StartInteractiveCommand"

# What the session needs on this machine, and where its guide is.
NEEDED = (
    ("aws", "install the AWS CLI: 'Installing or updating to the latest version of the AWS CLI' in its User Guide"),
    (
        "session-manager-plugin",
        "install it: 'Install the Session Manager plugin for the AWS CLI' in the AWS Systems Manager User Guide",
    ),
)

EXAMPLES = """
\b
Examples:
  build_templates.py shell my-site
  build_templates.py shell my-site --zone us-east-1b
  build_templates.py shell my-site -- sudo tail /var/log/cloud-init-output.log

\b
Exit status: 0 if the session ends with 0, and otherwise what it ends with;
1 if no server can be reached, or a program is missing here; 2 for a command
line that is not understood.
"""


@click.command(epilog=EXAMPLES)
@click.argument("stack")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
@site_option
@click.option("--zone", metavar="ZONE", help="A server of this Availability Zone.  [default: any]")
@click.option("--instance", metavar="ID", help="This server.  [default: a healthy one]")
@aws_options("The stack's Region.")
@problems_on_stderr
def shell(
    stack: str, command: tuple[str, ...], site: str | None, zone: str | None, instance: str | None, aws: AwsSettings
) -> None:
    """Open a session on a healthy server of the site in STACK, or run COMMAND there.

    By Session Manager: needs no open port, no key, and writes to CloudTrail who connected. Needs the AWS CLI and its
    Session Manager plugin on this machine.
    """
    session = aws.regional_session
    client, region = clients(session), str(session.region_name)
    try:
        found = find_site(client, SiteName(stack, site, "STACK"), region)
        chosen = choose(found, read_instances(found, client), instance, zone)
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"{stack} in {region}", error)]) from error
    words = session_command(chosen, command, region, aws.profile)
    missing = [Problem(name, "is not installed", fix) for name, fix in NEEDED if shutil.which(name) is None]
    if missing:
        click.echo(f"The command would be: {shlex.join(words)}", err=True)
        raise InvalidTemplateError(missing)
    click.echo(f"Connecting to {chosen}.", err=True)
    os.execvp(words[0], words)  # noqa: S606  # the session takes this process's place, with its terminal


def session_command(instance: Instance, command: tuple[str, ...], region: str, profile: str | None) -> list[str]:
    """Return the words of the AWS CLI that open a session, or run a command in one."""
    words = ["aws", "ssm", "start-session", "--target", instance.id, "--region", region]
    words += ["--profile", profile] if profile else []
    if command:
        parameters = json.dumps({"command": [shlex.join(command)]})
        words += ["--document-name", INTERACTIVE, "--parameters", parameters]
    return words
