"""The command `stack-policy`: a policy that keeps stack updates from replacing or deleting data stores."""

import json
import shlex
from pathlib import Path
from typing import Any

import click

from cli.analysis.updates.stack import loops, stack
from cli.analysis.updates.stack_policy import MAX_POLICY_LENGTH, stack_policy
from cli.macro_listed import require_macro
from cli.options import problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template
from cli.template_parameters import template_parameters_option
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError, Problem

EXAMPLES = """
\b
Examples:
  build_templates.py stack-policy site.yaml > policy.json
  build_templates.py stack-policy site.yaml --stack-name my-site --command

Exit status: 0 if the policy is printed; 1 if FILE has problems, or the policy is too large for CloudFormation;
2 for a command line that is not understood.
"""


@click.command("stack-policy", epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@template_parameters_option
@region_option
@click.option("--stack-name", default="STACK", show_default=True, help="The stack's name in the commands.")
@click.option("--command", "as_command", is_flag=True, help="Print the commands that set the policy, not the policy.")
@problems_on_stderr
def print_stack_policy(file: Path, parameters: dict[str, str], region: str, stack_name: str, as_command: bool) -> None:
    """Print a stack policy that denies Replace and Delete of every data store in FILE.

    FILE is a template, compact or expanded. The commands that set the policy and enable termination protection go to
    standard error; with --command, to standard output.
    """
    template = read_template(file)
    require_macro(template)
    values = parameter_values(template, parameters)
    expanded = expand_template(template, values, region)
    policy = stack_policy(stack(expanded, region, values))
    _note_what_is_left_out(file, expanded, policy)
    short = json.dumps(policy, separators=(",", ":"))
    if len(short) > MAX_POLICY_LENGTH:
        found = f"the policy for its data stores has {len(short)} characters; CloudFormation allows {MAX_POLICY_LENGTH}"
        raise InvalidTemplateError([Problem(str(file), found, "split the template into several stacks")])
    where = f"--stack-name {shlex.quote(stack_name)} --region {shlex.quote(region)}"
    body = shlex.quote(short) if as_command else "file://policy.json"
    click.echo(
        f"aws cloudformation set-stack-policy {where} --stack-policy-body {body}\n"
        f"aws cloudformation update-termination-protection {where} --enable-termination-protection",
        err=not as_command,
    )
    if not as_command:
        click.echo(json.dumps(policy, indent=2))


def _note_what_is_left_out(file: Path, expanded: dict[str, Any], policy: dict[str, Any]) -> None:
    """Say on standard error which resources the policy does not cover, and whether it denies anything."""
    for loop in loops(expanded):
        click.echo(
            f"{file}: the resources that {loop} creates are not known here, so the policy does not cover them", err=True
        )
    if not any(statement["Effect"] == "Deny" for statement in policy["Statement"]):
        click.echo(f"{file}: it has no site and no data store, so the policy denies nothing", err=True)
