"""The command `deployer-policy`: what may be done for a template's stack by whoever deploys it."""

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
    MAX_INLINE_LENGTH,
    MAX_MANAGED,
    MAX_MANAGED_LENGTH,
    Json,
    Statement,
    document,
    documents,
    length,
)
from cli.options import parameters_option, problems_on_stderr, region_option
from cli.parameter_values import parameter_values
from cli.template_file import read_template, to_json, write_file
from resilient_website.expand import DEFAULT_MACRO, expand_template
from resilient_website.problems import InvalidTemplateError, Problem

# Source: StackName of "CreateStack" in the CloudFormation API Reference.
_STACK_NAME = re.compile(r"\*|[A-Za-z][A-Za-z0-9-]{0,127}\*?")
_ACCOUNT = re.compile(r"\*|\d{12}")
# Source: "IAM identifiers" in the IAM User Guide.
_ROLE = re.compile(r"(?:arn:aws:iam::(?P<account>\d{12}):role/)?(?P<name>[\w+=,.@/-]+)", re.ASCII)


def _shaped(shape: re.Pattern[str], example: str) -> Any:
    """Return a callback of click's that refuses what has another shape, as wrong input."""

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
  build_templates.py deployer-policy site.yaml --stack-name my-site --region eu-west-1 -o policies
  build_templates.py deployer-policy site.yaml --stack-name my-site --service-role deployers/website -o policies

\b
Exit status: 0 if the policies are printed or written; 1 if FILE or an option has problems;
2 for a command line that is not understood.
"""


@click.command("deployer-policy", epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a file for each policy into this folder.")
@parameters_option
@region_option
@click.option(
    "--stack-name",
    default="*",
    show_default=True,
    callback=_shaped(_STACK_NAME, "my-site, or my-*"),
    help="The stack: limits roles, functions and buckets to its names. * allows those of every stack.",
)
@click.option(
    "--account",
    default="*",
    show_default=True,
    callback=_shaped(_ACCOUNT, "123456789012"),
    help="The account's id, for ARNs. * is whichever account the policy is used in.",
)
@click.option("--macro", default=DEFAULT_MACRO, show_default=True, help="The macro's name in FILE's Transform.")
@click.option(
    "--macro-function",
    metavar="ARN",
    help="The macro's function, if it is known; else every function with -MacroFunction- in its name.",
)
@click.option(
    "--service-role",
    metavar="ROLE",
    callback=_shaped(_ROLE, "website-deployer, or arn:aws:iam::123456789012:role/website-deployer"),
    help="Print the policies for this service role of CloudFormation, its trust policy, and what a person needs.",
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
    """Print the IAM policies that making, changing and deleting the stack of FILE takes, compact or plain, as JSON.

    Permissions is a list of policy documents, each short enough for a managed policy. They come from the handlers in
    CloudFormation's resource schemas. With --service-role, Trust is the role's trust policy, and Person what a person
    needs who deploys with that role. Notes on what they allow and on what is not in them go to standard error.
    """
    template = read_template(file)
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
    _notes(file, [f"what {loop} gives is not known here, and not in the policies" for loop in loops(expanded)])
    if output:
        _write(output, policies)
    else:
        click.echo(json.dumps(policies, indent=2))


def _refuse_itself(role: str, granted: Iterable[Statement], place: Place) -> None:
    """Refuse a service role that might change itself, since its name is like those of the stack's roles.

    Raises InvalidTemplateError, but not where every stack is meant: then that is told with the rest.
    """
    changed = [each for statement in granted if BOUNDED & {*statement.actions} for each in statement.resources]
    if place.stack_name != "*" and any(fnmatchcase(role, pattern) for pattern in changed):
        found = f"found {role}, which the policies let change itself: the stack's roles have names like it"
        advice = "name it otherwise, as in deployers/website, or give the site's roles a path of their own"
        raise InvalidTemplateError([Problem("--service-role", found, advice)])


def _form(whole: int, permissions: list[Json]) -> list[str]:
    """Return what the permissions fit into: managed policies, and a role's inline policy too if they are short."""
    inline = "or one inline policy" if whole <= MAX_INLINE_LENGTH else "too long for inline policies"
    lengths = ", ".join(f"{length(each):,}" for each in permissions)
    form = (
        f"{len(permissions)} managed policies ({lengths} of {MAX_MANAGED_LENGTH:,} characters each); "
        f"{inline} of a role ({whole:,} of {MAX_INLINE_LENGTH:,})"
    )
    over = len(permissions) > MAX_MANAGED
    return [form, *([f"a role takes {MAX_MANAGED} managed policies: divide the template into stacks"] if over else [])]


def _names(place: Place) -> list[str]:
    """Return what a name of stacks allows beyond one stack."""
    if place.stack_name == "*":
        return ["without --stack-name, every role, function and bucket is allowed, a service role itself among them"]
    return [f"{place.stack_name}-* also names what stacks make whose names begin with {place.stack_name.rstrip('*')}-"]


def _notes(file: Path, lines: list[str]) -> None:
    for line in lines:
        click.echo(f"{file}: {line}", err=True)


def _write(folder: Path, policies: Json) -> None:
    """Write each policy into a file of its own, and print the files."""
    numbered = {f"permissions-{number}": each for number, each in enumerate(policies["Permissions"], 1)}
    others = {name.lower(): policies[name] for name in ("Trust", "Person") if name in policies}
    for name, policy in (numbered | others).items():
        path = folder / f"{name}.json"
        write_file(path, to_json(policy))
        click.echo(path)
