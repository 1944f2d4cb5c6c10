"""The command `deployer-policy`: the IAM policies needed to deploy a template's stack."""

import json
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from cli.analysis.updates.stack import loops, stack
from cli.deployer_policy.operations import macro_statements, pass_statements, stack_statements, trust_policy
from cli.deployer_policy.place import Place
from cli.deployer_policy.policy import needs
from cli.deployer_policy.scopes import BOUNDED
from cli.deployer_policy.statements import (
    Json,
    Statement,
    document,
    documents,
    length,
)
from cli.macro_listed import require_macro
from cli.options import problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template, to_json, write_file
from cli.template_parameters import template_parameters_option
from resilient_website.expand import expand_template
from resilient_website.facts.cloudformation_quotas import STACK_NAME
from resilient_website.facts.iam_quotas import (
    MAX_INLINE_POLICIES_LENGTH,
    MAX_MANAGED_POLICIES,
    MAX_MANAGED_POLICY_LENGTH,
)
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import DEFAULT_MACRO

# A stack's name, or the beginning of one and a wildcard.
_STACK_NAME = re.compile(rf"\*|{STACK_NAME.pattern}\*?")
_ACCOUNT = re.compile(r"\*|\d{12}")
# Source: "IAM identifiers" in the IAM User Guide.
_ROLE = re.compile(r"(?:arn:aws:iam::(?P<account>\d{12}):role/)?(?P<name>[\w+=,.@/-]+)", re.ASCII)


def _shaped(shape: re.Pattern[str], example: str) -> Any:
    """Return a click callback that rejects values of another form as invalid input."""

    def check(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
        if value is not None and not shape.fullmatch(value):
            refused = click.BadParameter(f"found {value!r}; write it like {example}")
            refused.exit_code = 1
            raise refused
        return value

    return check


EXAMPLES = """
\b
Examples:
  build_templates.py deployer-policy site.yaml --stack-name my-site \\
      --region eu-west-1 -o policies
  build_templates.py deployer-policy site.yaml --stack-name my-site \\
      --service-role deployers/website -o policies

Exit status: 0 if the policies are printed or written; 1 if FILE or an option has problems;
2 for a command line that is not understood.
"""


@click.command("deployer-policy", epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write each policy to a file in this folder.")
@template_parameters_option
@region_option
@click.option(
    "--stack-name",
    default="*",
    show_default=True,
    callback=_shaped(_STACK_NAME, "my-site, or my-*"),
    help="The stack: limits roles, functions and buckets to its names. * allows those of all stacks.",
)
@click.option(
    "--account",
    default="*",
    show_default=True,
    callback=_shaped(_ACCOUNT, "123456789012"),
    help="The account's id, for ARNs. * matches the account in which the policy is used.",
)
@click.option("--macro", default=DEFAULT_MACRO, show_default=True, help="The macro's name in FILE's Transform.")
@click.option(
    "--macro-function",
    metavar="ARN",
    help="The macro's function.  [default: every function with -MacroFunction- in its name]",
)
@click.option(
    "--service-role",
    metavar="ROLE",
    callback=_shaped(_ROLE, "website-deployer, or arn:aws:iam::123456789012:role/website-deployer"),
    help="Print the policies for this CloudFormation service role, its trust policy, and what a person needs.",
)
@problems_on_stderr
def deployer_policy(
    file: Path,
    output: Path | None,
    parameters: dict[str, str],
    region: str,
    stack_name: str,
    account: str,
    macro: str,
    macro_function: str | None,
    service_role: str | None,
) -> None:
    """Print the IAM policies needed to create, update and delete the stack of FILE, as JSON.

    FILE is a template, compact or expanded. Permissions is a list of policy documents, each short enough for a managed
    policy; they come from the handlers in CloudFormation's resource schemas. With --service-role, Trust is the role's
    trust policy, and Person is what a person needs to deploy with that role. Notes on what the policies allow, and what
    they lack, go to standard error.
    """
    template = read_template(file)
    require_macro(template, macro)
    values = parameter_values(template, parameters)
    expanded = expand_template(template, values, region, macro)
    match = _ROLE.fullmatch(service_role or "")
    place = Place(stack_name, region, (match and match["account"]) or account)
    found = needs(stack(expanded, region, values), expanded, values, place)
    invoked = macro_statements(template, macro, macro_function, place)
    operations = [*stack_statements(place), *invoked]
    granted = [*found.statements, *invoked] if match else [*operations, *found.statements]
    policies: Json = {"Permissions": documents(granted)}
    if match:
        role = place.global_arn("iam", f"role/{match['name'].removeprefix('/')}")
        _refuse_itself(role, granted, place)
        policies["Trust"] = trust_policy(place)
        policies["Person"] = document([*operations, *pass_statements(role)])
    _notes(file, [*_form(length(document(granted)), policies["Permissions"]), *_names(place), *found.notes])
    _notes(
        file,
        [
            f"the resources that {loop} creates are not known here, so the policies do not cover them"
            for loop in loops(expanded)
        ],
    )
    if output:
        _write(output, policies)
    else:
        click.echo(json.dumps(policies, indent=2))


def _refuse_itself(role: str, granted: Iterable[Statement], place: Place) -> None:
    """Refuse a service role that could change itself, because its name matches the stack's roles.

    Raises InvalidTemplateError, except for --stack-name *, which a note explains.
    """
    changed = [each for statement in granted if BOUNDED & {*statement.actions} for each in statement.resources]
    if place.stack_name != "*" and any(fnmatchcase(role, pattern) for pattern in changed):
        found = (
            f"found {role}, which the policies would allow to change itself: it matches the names of the stack's roles"
        )
        advice = "use another name, as in deployers/website, or give the site's roles their own path"
        raise InvalidTemplateError([Problem("--service-role", found, advice)])


def _form(whole: int, permissions: list[Json]) -> list[str]:
    """Return where the permissions fit: managed policies, or also a role's inline policy if they are short."""
    inline = "or one inline policy" if whole <= MAX_INLINE_POLICIES_LENGTH else "too long for inline policies"
    lengths = ", ".join(f"{length(each):,}" for each in permissions)
    form = (
        f"{'1 managed policy' if len(permissions) == 1 else f'{len(permissions)} managed policies'} "
        f"({lengths} of {MAX_MANAGED_POLICY_LENGTH:,} characters each); "
        f"{inline} of a role ({whole:,} of {MAX_INLINE_POLICIES_LENGTH:,})"
    )
    over = len(permissions) > MAX_MANAGED_POLICIES
    return [
        form,
        *(
            [f"a role allows {MAX_MANAGED_POLICIES} managed policies: split the template into several stacks"]
            if over
            else []
        ),
    ]


def _names(place: Place) -> list[str]:
    """Return what a stack name pattern allows beyond one stack."""
    if place.stack_name == "*":
        return ["without --stack-name, all roles, functions and buckets are allowed, including a service role itself"]
    return [
        f"{place.stack_name}-* also matches resources of stacks whose names begin with {place.stack_name.rstrip('*')}-"
    ]


def _notes(file: Path, lines: list[str]) -> None:
    for line in lines:
        click.echo(f"{file}: {line}", err=True)


def _write(folder: Path, policies: Json) -> None:
    """Write each policy to its own file, and print the file names."""
    numbered = {f"permissions-{number}": each for number, each in enumerate(policies["Permissions"], 1)}
    others = {name.lower(): policies[name] for name in ("Trust", "Person") if name in policies}
    for name, policy in (numbered | others).items():
        path = folder / f"{name}.json"
        write_file(path, to_json(policy))
        click.echo(path)
