"""The options of the command `stackset`, and the request that they make."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from cli.options import comma_separated
from cli.stackset.request import Preferences, Request, Targets, permission_model
from cli.template_file import TemplateFile, read_template_file, to_compact_json
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES

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
                 help="The Regions, in deployment order."),
    click.option("--account-parameter", "account_parameters", multiple=True, metavar=ACCOUNT_PARAMETER,
                 callback=_by_account, help="A parameter's value for one account. Repeatable."),
    click.option("--permission-model", type=click.Choice(["self-managed", "service-managed"]),
                 help="By default: service-managed with --organizational-units, else self-managed."),
    click.option("--account-filter", type=click.Choice(["difference", "intersection", "union"]),
                 help="How --accounts combine with --organizational-units: all but these, only these, or these too."),
    click.option("--max-concurrent-count", type=click.IntRange(1), help="Accounts at a time.  [default: 1]"),
    click.option("--max-concurrent-percentage", type=PERCENTAGE, help="The same, as a percentage."),
    click.option("--failure-tolerance-count", type=click.IntRange(0), help="Failed accounts per Region after "
                 "which StackSets stops.  [default: 0]"),
    click.option("--failure-tolerance-percentage", type=click.IntRange(0, 100), help="The same, as a percentage."),
    click.option("--region-concurrency", type=click.Choice(["sequential", "parallel"]), default="sequential",
                 show_default=True, help="Deploy to one Region after another, or to all at once."),
    click.option("--concurrency-mode", type=click.Choice(["strict", "soft"]), default="strict", show_default=True,
                 help="Whether failures reduce the concurrency (strict) or not (soft)."),
    click.option("--auto-deployment/--no-auto-deployment", default=None, help="Create stacks automatically in "
                 "accounts that join a unit later.  [default: no]"),
    click.option("--retain-stacks", is_flag=True, help="Keep the stacks and their resources: with --delete, or of "
                 "accounts that leave a unit."),
    click.option("--call-as", type=click.Choice(["self", "delegated-admin"]), default="self", show_default=True,
                 help="delegated-admin: in a member account that administers StackSets for its organization."),
    click.option("--administration-role-arn", help="Self-managed: the role in this account that StackSets assumes."),
    click.option("--execution-role-name", help="Self-managed: the role in every target account."),
    click.option("--template-url", help=f"The URL of FILE in S3, if over {MAX_BODY_BYTES:,} bytes (see `publish`)."),
)  # fmt: skip


def stackset_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def as_request(file: Path | None, parameters: Mapping[str, str], options: Mapping[str, Any]) -> Request:
    """Return the request that a command line makes. Without a file, for a deletion, there is no template.

    Raises InvalidTemplateError if the file can't be read.
    """
    read = read_template_file(file) if file else TemplateFile({}, b"")
    template, text = read.template, read.content.decode("utf-8")
    if len(read.content) > MAX_BODY_BYTES:
        # Whitespace counts towards the API's limit only.
        text = to_compact_json(template)
    units = options["organizational_units"]
    account_filter = options["account_filter"]
    return Request(
        name=options["name"],
        targets=Targets(options["accounts"], units, account_filter and account_filter.upper(), options["regions"]),
        preferences=_preferences(options),
        permission_model=permission_model(options["permission_model"], units),
        template=template,
        template_text=text,
        template_sha256=sha256(read.content).hexdigest() if file else "",
        template_url=options["template_url"],
        parameters=parameters,
        account_parameters=options["account_parameters"],
        auto_deployment=options["auto_deployment"],
        retain_stacks=options["retain_stacks"],
        call_as=options["call_as"].upper().replace("-", "_"),
        administration_role_arn=options["administration_role_arn"],
        execution_role_name=options["execution_role_name"],
    )


def _preferences(options: Mapping[str, Any]) -> Preferences:
    return Preferences(
        options["max_concurrent_count"],
        options["max_concurrent_percentage"],
        options["failure_tolerance_count"],
        options["failure_tolerance_percentage"],
        options["region_concurrency"].upper(),
        f"{options['concurrency_mode'].upper()}_FAILURE_TOLERANCE",
    )
