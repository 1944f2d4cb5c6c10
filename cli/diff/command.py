"""The command `diff`: what an update does to a stack's stores and to every other resource, from two templates alone."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from cli.analysis.updates.comparison import compare
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.restoring import restoring
from cli.analysis.updates.stack import Stack, loops, stack
from cli.analysis.updates.stores import store_changes
from cli.diff.report import Report, as_json, print_report
from cli.function_layer import code_after, code_in
from cli.options import name_and_value, parameters_option, problems_on_stderr, region_option
from cli.template_source import expanded, read_source
from resilient_website.problems import InvalidTemplateError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient

# A table in a file or a pipe is as wide as this; on a terminal, as wide as that is.
PLAIN_WIDTH = 140

UNSAFE = 2

EXAMPLES = """
\b
Examples:
  build_templates.py diff my-site new-site.yaml
  build_templates.py diff old.yaml new.yaml --json

\b
Exit status: 0 if every store is kept or retained; 1 if the input has problems; 2 if a store would be replaced, emptied
or deleted, if AWS would refuse to change any resource, or for a command line that is not understood.
"""


@click.command(epilog=EXAMPLES)
@click.argument("old")
@click.argument("new")
@parameters_option
@click.option(
    "--old-parameter",
    "old_parameters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=name_and_value,
    help="The value of a parameter in OLD, where it is another one than in NEW. May be given several times.",
)
@region_option
@click.option("--json", "in_json", is_flag=True, help="For scripts: every change with all that is known.")
@problems_on_stderr
def diff(
    old: str, new: str, parameters: dict[str, str], old_parameters: dict[str, str], region: str, in_json: bool
) -> None:
    """Say what an update from OLD to NEW replaces, interrupts, changes and deletes: the stores first.

    OLD and NEW are template files, compact or already expanded, JSON or YAML; or deployed stacks: stack:NAME, or the
    name alone where no file is called so. A stack's parameters keep their values in NEW, unless --parameter gives
    others.
    """
    client = partial(_cloudformation, region)
    before, after = read_source(old, client), read_source(new, client)
    declared = before.template.get("Parameters") or {}
    shared = {} if before.deployed_with else {name: value for name, value in parameters.items() if name in declared}
    # A compact template says nothing of its functions' code: it is taken to be that of the template beside it.
    code = code_in(before.template) or code_in(after.template)
    old_template, old_values = expanded(before, {**shared, **old_parameters}, region, code=code)
    code = code_after(old_template, partial(_lambda, region)) if before.deployed else code
    kept = _kept(before.deployed_with, after.template)
    new_template, new_values = expanded(after, {**kept, **parameters}, region, code=code)
    old_stack, new_stack = stack(old_template, region, old_values), stack(new_template, region, new_values)
    changes = compare(old_stack, new_stack, region)
    same = (old_template, old_values) == (new_template, new_values)
    unknown = () if same else tuple(dict.fromkeys((*loops(old_template), *loops(new_template))))
    lost = {each.change.logical_id: each.change.effect for each in store_changes(changes, old_stack) if not each.safe}

    def effects(template: dict[str, Any]) -> dict[str, Effect] | None:
        try:
            tried, values = expanded(replace(after, template=template), {**kept, **parameters}, region, code=code)
        except InvalidTemplateError:
            return None
        found = compare(old_stack, stack(tried, region, values), region)
        return {change.logical_id: change.effect for change in found}

    restored = restoring(before.template, after.template, lost, effects) if lost else {}
    report = Report(changes, store_changes(changes, old_stack), unknown, restored)
    with _for_readers_who_leave():
        _show(report, old_stack, in_json=in_json)
    if not report.safe or report.refused:
        sys.exit(UNSAFE)


def _show(report: Report, old: Stack, *, in_json: bool) -> None:
    if in_json:
        click.echo(json.dumps(as_json(report), indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    print_report(console, report, old)


@contextmanager
def _for_readers_who_leave() -> Iterator[None]:
    """Let the exit status be the verdict though nobody reads to the end, as in `diff ... | head`."""
    try:
        yield
    except (BrokenPipeError, SystemExit):
        # rich turns a broken pipe into an exit. What is still to be written has to go somewhere when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _kept(deployed: Mapping[str, str], template: Mapping[str, Any]) -> dict[str, str]:
    """Return the values that a stack's parameters keep in another template that has them."""
    declared = template.get("Parameters") or {}
    return {name: value for name, value in deployed.items() if name in declared}


def _lambda(region: str) -> "LambdaClient":
    import boto3  # noqa: PLC0415  # files need no AWS

    return boto3.client("lambda", region_name=region)


def _cloudformation(region: str) -> "CloudFormationClient":
    import boto3  # noqa: PLC0415  # files need no AWS

    return boto3.client("cloudformation", region_name=region)
