"""The command `diff`: shows an update's effects on a stack's stores and other resources, from two templates alone."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from cli.aws_session import AwsSettings
from cli.console import report_console
from cli.diff.as_json import report_json
from cli.diff.compared import compared
from cli.diff.markdown import report_markdown
from cli.diff.report import print_report
from cli.options import assumed_region, json_option, name_and_value, print_json, problems_on_stderr
from cli.region_options import aws_options
from cli.template_parameters import template_parameters_option
from cli.template_source import read_source

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
@template_parameters_option
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
    or as NAME if no file has that name. NEW keeps the parameter values of a stack unless --parameter, or samconfig.toml
    beside NEW, gives others.

    For a site with a copy in another Region, --region says which half is compared. The report says what the other one
    needs, and in which order to deploy.
    """
    if as_json and as_markdown:
        raise click.UsageError("give --json or --markdown, not both")
    if aws.region is None:
        assumed_region(aws.expansion_region)
    before, after = read_source(old, aws), read_source(new, aws)
    report, old_stack = compared(before, after, parameters, old_parameters, aws)
    with _broken_pipe_ignored():
        if as_json:
            print_json(report_json(report))
        elif as_markdown:
            click.echo(report_markdown(report, old_stack, old, new))
        else:
            print_report(report_console(), report, old_stack)
    if not report.safe or report.refused:
        sys.exit(UNSAFE)


@contextmanager
def _broken_pipe_ignored() -> Iterator[None]:
    """Keep the exit status of the comparison if the reader closes the pipe early, as in `diff ... | head`."""
    try:
        yield
    except (BrokenPipeError, SystemExit):
        # rich turns a broken pipe into an exit. Redirect stdout, since Python flushes it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
