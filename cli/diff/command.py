"""The command `diff`: shows an update's effects on a stack's stores and other resources, from two templates alone."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from cli.analysis.costs.change import USUAL_TRAFFIC, CostChange
from cli.analysis.costs.estimate import estimate
from cli.analysis.costs.price_list import price_list
from cli.analysis.updates.comparison import compare
from cli.analysis.updates.effects import Effect
from cli.analysis.updates.halves import halves, notes
from cli.analysis.updates.restoring import restoring
from cli.analysis.updates.stack import loops, stack
from cli.analysis.updates.stores import store_changes
from cli.aws_session import AwsSettings
from cli.console import report_console
from cli.diff.markdown import report_markdown
from cli.diff.report import Report, print_report, report_json
from cli.function_layer import code_after, code_in
from cli.options import assumed_region, json_option, name_and_value, parameters_option, print_json, problems_on_stderr
from cli.region_options import aws_options
from cli.template_source import expanded, read_source
from resilient_website.problems import InvalidTemplateError

UNSAFE = 2

EXAMPLES = """
\b
Examples:
  build_templates.py diff my-site new-site.yaml
  build_templates.py diff old.yaml new.yaml --json
  build_templates.py diff my-site site.yaml --markdown > comment.md

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
    help="The value of a parameter in OLD, if it differs from NEW. Repeatable.",
)
@aws_options("The Region of the stack, or to deploy to.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a comment on a merge request.")
@json_option("every change with all details")
@problems_on_stderr
def diff(
    old: str,
    new: str,
    parameters: dict[str, str],
    old_parameters: dict[str, str],
    aws: AwsSettings,
    as_markdown: bool,
    as_json: bool,
) -> None:
    """Show what an update from OLD to NEW replaces, interrupts, changes and deletes, data stores first.

    OLD and NEW are template files (compact or expanded, JSON or YAML) or deployed stacks. Write a stack as stack:NAME,
    or as NAME if no file has that name. NEW keeps the parameter values of a stack unless --parameter overrides them.

    For a site with a copy in another Region, --region says which half is compared. The report says what the other one
    needs, and in which order to deploy.
    """
    if as_json and as_markdown:
        raise click.UsageError("give --json or --markdown, not both")
    region = aws.expansion_region
    if aws.region is None:
        assumed_region(region)
    before, after = read_source(old, aws), read_source(new, aws)
    declared = before.template.get("Parameters") or {}
    shared = {} if before.deployed_with else {name: value for name, value in parameters.items() if name in declared}
    # A compact template does not say where its functions' code is: assume the same as in the other template.
    code = code_in(before.template) or code_in(after.template)
    old_template, old_values = expanded(before, {**shared, **old_parameters}, region, code=code)
    code = code_after(old_template, lambda: aws.regional_session.client("lambda")) if before.deployed else code
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
    noted = notes(
        halves(before.template, old_values, region), halves(after.template, new_values, region), changes, region
    )
    cost = _cost_change((old_template, old_values), (new_template, new_values), region)
    report = Report(changes, store_changes(changes, old_stack), unknown, restored, noted, cost)
    with _broken_pipe_ignored():
        if as_json:
            print_json(report_json(report))
        elif as_markdown:
            click.echo(report_markdown(report, old_stack, old, new))
        else:
            print_report(report_console(), report, old_stack)
    if not report.safe or report.refused:
        sys.exit(UNSAFE)


def _cost_change(
    old: tuple[dict[str, Any], dict[str, Any]], new: tuple[dict[str, Any], dict[str, Any]], region: str
) -> CostChange:
    """Return what an update changes in the cost; `old` and `new` are templates with the values of their parameters."""
    prices = price_list()
    before, after = (estimate(template, region, values, prices, USUAL_TRAFFIC) for template, values in (old, new))
    return CostChange(before, after, prices.as_of, prices.region)


@contextmanager
def _broken_pipe_ignored() -> Iterator[None]:
    """Keep the exit status of the comparison if the reader closes the pipe early, as in `diff ... | head`."""
    try:
        yield
    except (BrokenPipeError, SystemExit):
        # rich turns a broken pipe into an exit. Redirect stdout, since Python flushes it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _kept(deployed: Mapping[str, str], template: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a deployed stack's parameters that another template declares too."""
    declared = template.get("Parameters") or {}
    return {name: value for name, value in deployed.items() if name in declared}
