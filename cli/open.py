"""The command `open`: the page of a deployed site, or one of its pages in the AWS Management Console."""

import webbrowser
from collections.abc import Callable
from typing import Any

import click

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.console_pages import dashboard_page, database_page, group_page, stack_page
from cli.deployed.address import url
from cli.deployed.site import DeployedSite, SiteName, find_site
from cli.deployed.tools import clients
from cli.options import problems_on_stderr, site_option
from cli.region_options import aws_options
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.tiers.database.instances import PRIMARY
from resilient_website.tiers.web_servers.group import GROUP

PAGE, DASHBOARD, STACK, DATABASE, GROUP_PAGE = "page", "dashboard", "stack", "database", "group"

# What is in a stack only with a property: the suffix of its logical id, its page, and the property.
IN_CONSOLE: dict[str, tuple[str, Callable[[str, str], str], str]] = {
    DASHBOARD: ("Dashboard", dashboard_page, "leave out Monitoring.Dashboard: false"),
    DATABASE: (PRIMARY, database_page, "leave out Database: false; in a copy's half, a mode with a database"),
    GROUP_PAGE: (GROUP, group_page, "give the stack of a website"),
}

EXAMPLES = """
\b
Examples:
  build_templates.py open my-site
  build_templates.py open my-site dashboard
  build_templates.py open my-site stack --print

\b
Exit status: 0 if the address is printed; 1 if the stack has no such page, or
can't be read; 2 for a command line that is not understood.
"""


@click.command("open", epilog=EXAMPLES)
@click.argument("stack")
@click.argument("what", type=click.Choice([PAGE, DASHBOARD, STACK, DATABASE, GROUP_PAGE]), default=PAGE)
@site_option
@click.option("--print", "only_prints", is_flag=True, help="Print the address, and open no browser.")
@aws_options("The stack's Region.")
@problems_on_stderr
def open_page(stack: str, what: str, site: str | None, only_prints: bool, aws: AwsSettings) -> None:
    """Print and open the page of the site in STACK, or its dashboard, stack, database or group in the Console.

    You have to be signed in to the Console in your browser, in the same account.
    """
    session = aws.regional_session
    client, region = clients(session), str(session.region_name)
    try:
        address = address_of(find_site(client, SiteName(stack, site, "STACK"), region), what, client)
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"{stack} in {region}", error)]) from error
    click.echo(address)
    if not only_prints and not webbrowser.open(address):
        click.echo("No browser can be opened here; open the address yourself.", err=True)


def address_of(site: DeployedSite, what: str, client: Callable[[str, str], Any]) -> str:
    """Return the address of a page. Raises InvalidTemplateError if the site has none."""
    if what == PAGE:
        found = url(site, client)
        if found is None:
            advice = "give the Region of the site's primary half (--region)"
            raise InvalidTemplateError([Problem(site.title, "this half of a site has no front door", advice)])
        return found
    if what == STACK:
        described = client("cloudformation", site.region).describe_stacks(StackName=site.stack)
        return stack_page(site.region, described["Stacks"][0]["StackId"])
    suffix, page, fix = IN_CONSOLE[what]
    resource = site.resources.get(site.name + suffix)
    if resource is None:
        raise InvalidTemplateError([Problem(site.title, f"the stack has no {site.name}{suffix}", fix)])
    return page(site.region, resource.physical_id)
