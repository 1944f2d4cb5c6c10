"""The command `maintenance`: turn the friendly page on and off on purpose, and show whether it is on."""

import ipaddress
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.deployed.site import DeployedSite, SiteName, find_site
from cli.deployed.tools import clients
from cli.maintenance.listener import Listener, find_listener, forwarding_of, present, turn_off, turn_on
from cli.maintenance.rules import (
    ADDRESSES,
    COOKIE,
    MAX_PATH,
    MAX_VALUES,
    PASS,
    VISITORS,
    Bypass,
    Forwarding,
    secret_of,
    wanted,
)
from cli.options import json_option, print_json, problems_on_stderr, site_option
from cli.region_options import aws_options
from resilient_website.problems import InvalidTemplateError, Problem

ON, OFF, STATUS = "on", "off", "status"
SECRET_BYTES = 16

EXAMPLES = """
\b
Examples:
  build_templates.py maintenance on my-site
  build_templates.py maintenance on my-site --allow 192.0.2.0/24
  build_templates.py maintenance status my-site
  build_templates.py maintenance off my-site

\b
Exit status: 0 if maintenance is on or off as asked, or its state is shown; 1
if not, or AWS refused a call; 2 for a command line that is not understood.
"""


@dataclass(frozen=True)
class State:
    """Whether maintenance is on, and who may enter."""

    site: str
    on: bool
    behind_cloudfront: bool
    secret: str | None
    blocks: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it for --json."""
        cookie = None if self.secret is None else f"{COOKIE}={self.secret}"
        return {"site": self.site, "maintenance": self.on, "cookie": cookie, "allowed": list(self.blocks)}


def networks(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the blocks of --allow, in CIDR notation."""
    try:
        return tuple(str(ipaddress.ip_network(value)) for value in values)
    except ValueError as error:
        refused = click.BadParameter(f"{error}; write a CIDR block, as in 192.0.2.0/24")
        refused.exit_code = 1
        raise refused from error


@click.command(epilog=EXAMPLES)
@click.argument("action", type=click.Choice([ON, OFF, STATUS]))
@click.argument("stack")
@site_option
@click.option(
    "--allow",
    "blocks",
    multiple=True,
    metavar="CIDR",
    callback=networks,
    help="Who else may enter, by address. Only with FrontDoor: LoadBalancer. Repeatable.",
)
@aws_options("The stack's Region.")
@json_option("the state")
@problems_on_stderr
def maintenance(
    action: str, stack: str, site: str | None, blocks: tuple[str, ...], aws: AwsSettings, as_json: bool
) -> None:
    """Show visitors of a site in STACK the friendly page on purpose, or end it, or show whether it is on.

    It takes effect within seconds, and stays on until you turn it off, also through deployments. Requests with the
    cookie that `on` prints reach the site. DNS does not fail over, and no server is replaced.
    """
    if blocks and action != ON:
        raise click.UsageError(f"{action} takes no --allow")
    session = aws.regional_session
    client, region = clients(session), str(session.region_name)
    try:
        found = find_site(client, SiteName(stack, site, "STACK"), region)
        state = run(action, found, client, blocks, lambda: secrets.token_hex(SECRET_BYTES))
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"stack {stack} in {region}", error)]) from error
    if as_json:
        print_json(state.as_json())
    else:
        click.echo("\n".join(lines(state, action)))


def run(
    action: str,
    site: DeployedSite,
    client: Callable[[str, str], Any],
    blocks: tuple[str, ...],
    new_secret: Callable[[], str],
) -> State:
    """Do the action and return the state after it. A repeated `on` keeps the pass."""
    listener = find_listener(client("elbv2", site.region), site)
    if action == ON:
        _refuse(listener, blocks)
        there = present(listener)
        secret = secret_of(there[PASS]["Conditions"]) if PASS in there else new_secret()
        forwarding = forwarding_of(listener)
        path = _health_check_path(site, client, forwarding)
        rules = wanted(Bypass(secret, blocks), path, forwarding, behind_cloudfront=listener.behind_cloudfront)
        turn_on(listener, list(rules))
    elif action == OFF:
        turn_off(listener)
    return _state(site, listener)


def lines(state: State, action: str) -> list[str]:
    """Return what to show of the state after an action."""
    if not state.on:
        cached = " CloudFront shows the friendly page for up to 5 more seconds."
        return [f"Maintenance of {state.site} is off.{cached if action == OFF and state.behind_cloudfront else ''}"]
    page = "the friendly page" if state.behind_cloudfront else "a short page"
    shown = [f"Maintenance of {state.site} is on: visitors get {page} with status 503."]
    if state.behind_cloudfront:
        shown.append("Pages and assets that CloudFront has cached are still served; docs/on-call.md has the purge.")
    shown += [
        "Alarms on errors start. DNS does not fail over, since Route 53's health check still reaches a server.",
        "To see the site, open it, run this in the browser's console, and reload:",
        f'  document.cookie = "{COOKIE}={state.secret}; path=/; secure"',
    ]
    return [*shown, *(f"Addresses that may enter: {block}" for block in state.blocks)]


def _refuse(listener: Listener, blocks: tuple[str, ...]) -> None:
    """Raise InvalidTemplateError if these addresses can't be let in."""
    if blocks and listener.behind_cloudfront:
        found = "the load balancer sees CloudFront's addresses, not the visitors'"
        raise InvalidTemplateError(
            [Problem("--allow", found, "leave it out, and enter with the cookie that `on` prints")]
        )
    if len(blocks) > MAX_VALUES:
        raise InvalidTemplateError([Problem("--allow", f"found {len(blocks)} blocks", f"give at most {MAX_VALUES}")])


def _health_check_path(site: DeployedSite, client: Callable[[str, str], Any], forwarding: Forwarding) -> str:
    """Return the path that Route 53's health check asks, without its query.

    Without a health check in the stack (no domain, or the copy of a site), it is the path that the load balancer asks,
    which is also the default of the former.
    """
    check = site.resources.get(f"{site.name}HealthCheck")
    if check is not None:
        config = client("route53", site.region).get_health_check(HealthCheckId=check.physical_id)["HealthCheck"]
        asked = config["HealthCheckConfig"].get("ResourcePath", "/")
    else:
        arns = [each["TargetGroupArn"] for each in forwarding.actions if "TargetGroupArn" in each]
        (group,) = client("elbv2", site.region).describe_target_groups(TargetGroupArns=arns)["TargetGroups"]
        asked = group["HealthCheckPath"]
    path = str(asked).partition("?")[0]
    if len(path) > MAX_PATH:
        found = f"the health check's path has {len(path)} characters; a listener rule takes {MAX_PATH}"
        raise InvalidTemplateError([Problem(site.title, found, "choose a shorter HealthCheck.ResourcePath")])
    return path


def _state(site: DeployedSite, listener: Listener) -> State:
    there = present(listener)
    secret = secret_of(there[PASS]["Conditions"]) if PASS in there else None
    sources = there.get(ADDRESSES, {}).get("Conditions", [])
    blocks = tuple(value for each in sources for value in each.get("SourceIpConfig", {}).get("Values", ()))
    return State(site.title, VISITORS in there, listener.behind_cloudfront, secret, blocks)
