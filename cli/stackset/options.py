"""The options of the command `stackset`, and what they make of a command line."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from cli.options import comma_separated
from cli.stackset.request import Preferences, Request, Targets, permission_model
from cli.stackset.template_problems import BODY_BYTES
from cli.template_file import TemplateFile, read_template_file, to_compact_json

ACCOUNT_PARAMETER = "ACCOUNT:NAME=VALUE"


def _by_account(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for value in values:
        account, colon, pair = value.partition(":")
        name, equals, text = pair.partition("=")
        if not (account and colon and name and equals):
            raise click.BadParameter(f"{value!r} is not {ACCOUNT_PARAMETER}")
        found.setdefault(account, {})[name] = text
    return found


PERCENTAGE = click.IntRange(1, 100)

OPTIONS = (
    click.option("--name", required=True, help="The stack set's name."),
    click.option("--accounts", callback=comma_separated, metavar="ID,...", help="Account ids, comma-separated."),
    click.option("--organizational-units", callback=comma_separated, metavar="OU,...",
                 help="Ids of units (or the root) of AWS "
                 "Organizations: all accounts in them and below."),
    click.option("--regions", callback=comma_separated, metavar="REGION,...",
                 help="The Regions, in the order to be done."),
    click.option("--account-parameter", "account_parameters", multiple=True, metavar=ACCOUNT_PARAMETER,
                 callback=_by_account, help="A value that one account gets instead of --parameter's. Repeatable."),
    click.option("--permission-model", type=click.Choice(["self-managed", "service-managed"]),
                 help="By default: service-managed with --organizational-units, else self-managed."),
    click.option("--account-filter", type=click.Choice(["difference", "intersection", "union"]),
                 help="How --accounts go with --organizational-units: all but these, only these, or these too."),
    click.option("--max-concurrent-count", type=click.IntRange(1), help="Accounts at a time.  [default: 1]"),
    click.option("--max-concurrent-percentage", type=PERCENTAGE, help="The same, as a percentage."),
    click.option("--failure-tolerance-count", type=click.IntRange(0), help="Accounts a Region that may fail before "
                 "StackSets stops.  [default: 0]"),
    click.option("--failure-tolerance-percentage", type=click.IntRange(0, 100), help="The same, as a percentage."),
    click.option("--region-concurrency", type=click.Choice(["sequential", "parallel"]), default="sequential",
                 show_default=True, help="Regions one after another, or all at once."),
    click.option("--concurrency-mode", type=click.Choice(["strict", "soft"]), default="strict", show_default=True,
                 help="Whether failures slow an operation down (strict), or only stop it (soft)."),
    click.option("--auto-deployment/--no-auto-deployment", default=None, help="Whether accounts that join a unit later "
                 "get a stack by themselves.  [default: no]"),
    click.option("--retain-stacks", is_flag=True, help="Keep the stacks and what is in them: of accounts that leave a "
                 "unit, or with --delete."),
    click.option("--call-as", type=click.Choice(["self", "delegated-admin"]), default="self", show_default=True,
                 help="delegated-admin in a member account that administers StackSets for its organisation."),
    click.option("--administration-role-arn", help="Self-managed: the role of this account that StackSets uses."),
    click.option("--execution-role-name", help="Self-managed: the role in every target account."),
    click.option("--template-url", help=f"Where FILE is in S3, if it is over {BODY_BYTES:,} bytes (see `publish`)."),
)  # fmt: skip


def stackset_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options, in their order."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def as_request(file: Path | None, parameters: Mapping[str, str], asked: Mapping[str, Any]) -> Request:
    """Return the request that a command line makes. Without a file, for a deletion, there is no template.

    Raises InvalidTemplateError if the file can't be read.
    """
    read = read_template_file(file) if file else TemplateFile({}, b"")
    template, text = read.template, read.content.decode("utf-8")
    if len(read.content) > BODY_BYTES:
        # White space does not count for CloudFormation but for the API.
        text = to_compact_json(template)
    units = asked["organizational_units"]
    account_filter = asked["account_filter"]
    return Request(
        name=asked["name"],
        targets=Targets(asked["accounts"], units, account_filter and account_filter.upper(), asked["regions"]),
        preferences=_preferences(asked),
        permission_model=permission_model(asked["permission_model"], units),
        template=template,
        template_text=text,
        template_sha256=sha256(read.content).hexdigest() if file else "",
        template_url=asked["template_url"],
        parameters=parameters,
        account_parameters=asked["account_parameters"],
        auto_deployment=asked["auto_deployment"],
        retain_stacks=asked["retain_stacks"],
        call_as=asked["call_as"].upper().replace("-", "_"),
        administration_role_arn=asked["administration_role_arn"],
        execution_role_name=asked["execution_role_name"],
    )


def _preferences(asked: Mapping[str, Any]) -> Preferences:
    return Preferences(
        asked["max_concurrent_count"],
        asked["max_concurrent_percentage"],
        asked["failure_tolerance_count"],
        asked["failure_tolerance_percentage"],
        asked["region_concurrency"].upper(),
        f"{asked['concurrency_mode'].upper()}_FAILURE_TOLERANCE",
    )
