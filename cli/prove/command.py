"""The command `prove`: deploy a site, break it, compare with `failures`, and remove everything."""

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from cli.analysis.costs.charge import Traffic
from cli.analysis.costs.estimate import estimate
from cli.analysis.costs.price_list import price_list
from cli.analysis.month import HOURS as HOURS_A_MONTH
from cli.aws_problems import AWS_ERRORS, aws_problem
from cli.aws_session import AwsSettings
from cli.console import print_wrapped
from cli.deployed.tools import tools_of
from cli.deployed.visits import ask
from cli.interruption import INTERRUPTED
from cli.options import parameters_option, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.prove.record import Record, digest_of, load
from cli.prove.report import is_as_predicted, markdown
from cli.prove.run import REMOVE, STEPS, TAKES, Run
from cli.prove.run import prove as run_all
from cli.prove.template import SMALLEST, throwaway
from cli.prove.trials import EXPERIMENT_TYPE
from cli.region_options import aws_options
from cli.template_file import read_template, write_file
from resilient_website.problems import InvalidTemplateError, Problem

# What the limits of the steps add up to: an hour for each of four failures, and one for each of the stack's operations.
HOURS = 6

# What stays in the account. Sources: "Start an experiment from a template" and "Use service-linked roles for AWS Fault
# Injection Service" in the AWS FIS User Guide; IAM has no price.
LINKED_ROLE = (
    "The first drill in an account makes AWS FIS create the role AWSServiceRoleForFIS, which stays and costs nothing."
)

EXAMPLES = """
\b
Examples:
  build_templates.py prove --dry-run --region eu-west-1
  build_templates.py prove --region eu-west-1
  build_templates.py prove site.yaml --parameter Name=proof.example.com \\
      --accept-cost 5

\b
Exit status: 0 if every failure was caused and came as predicted, and nothing
is left; 1 if not, or you did not confirm the cost; 2 for a command line that
is not understood; 130 if you interrupted it. Everything is removed then.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@parameters_option
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    default="prove.json",
    show_default=True,
    help="The run's state. An interrupted run continues from it.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default="prove.md",
    show_default=True,
    help="Write the report here.",
)
@click.option(
    "--accept-cost",
    "accepted",
    type=click.FloatRange(min=0),
    metavar="DOLLARS",
    help="Do not ask, if the run costs at most this.",
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Show the cost and the steps, and stop. Asks AWS nothing.")
@aws_options("The Region to deploy to.")
@problems_on_stderr
def prove(
    file: Path | None,
    parameters: dict[str, str],
    record: Path,
    output: Path,
    accepted: float | None,
    is_dry: bool,
    aws: AwsSettings,
) -> None:
    """Deploy FILE's site under a fresh name, break it on purpose, and measure what visitors get.

    Without FILE, the smallest site. Each failure's duration is compared with what `failures` predicts. Then everything
    is deleted, and AWS is asked what is left. Run it in an account for tests: it terminates servers, and costs money.
    """
    if record.resolve() == output.resolve():
        raise click.UsageError("give --record and --output different files")
    if is_dry:
        _show_plan(_planned(file, parameters, aws.expansion_region))
        return
    earlier = _unfinished(record)
    region = str(aws.regional_session.region_name)
    planned, tools = _planned(file, parameters, region), tools_of(aws.regional_session)
    if earlier:
        _refuse_another_run(earlier, region, planned, record)
    begun = earlier or _begun(tools.now(), region, planned, accepted)
    try:
        # What is missing is noticed now, before there is a record: credentials, and a folder for the report.
        tools.client("sts", region).get_caller_identity()
        write_file(output, markdown(begun))
        done = run_all(Run(tools, ask, record, planned.template, parameters, planned.values), begun)
    except AWS_ERRORS as error:
        raise InvalidTemplateError([aws_problem(f"stack {begun.stack} in {region}", error)]) from error
    except KeyboardInterrupt:
        latest = load(record)
        rest = (
            "Everything is removed"
            if latest and latest.is_done(REMOVE)
            else "Run the command again, to remove the rest"
        )
        click.echo(f"Interrupted. {rest}.", err=True)
        sys.exit(INTERRUPTED)
    finally:
        latest = load(record)
        if latest:
            write_file(output, markdown(latest))
    click.echo(markdown(done), nl=False)
    sys.exit(0 if is_as_predicted(done) else 1)


@dataclass(frozen=True)
class _Planned:
    """The template without the macro, the values of its parameters, and what the run costs in US dollars.

    `without_price` is what the cost leaves out. `file` and `digest` are those of the record.
    """

    template: dict[str, Any]
    values: dict[str, Any]
    dollars: float
    without_price: tuple[str, ...]
    file: str
    digest: str


def _planned(file: Path | None, parameters: dict[str, str], region: str) -> _Planned:
    template = read_template(file) if file else SMALLEST
    values = parameter_values(template, parameters)
    made = throwaway(template, parameters, values, region)
    a_month = estimate(made, region, values, price_list(), Traffic(0, 0))
    dollars = a_month.total.high * HOURS / HOURS_A_MONTH
    path = str(file.resolve()) if file else ""
    return _Planned(made, values, dollars, a_month.unknown, path, digest_of(template, parameters))


def _begun(now: datetime, region: str, planned: _Planned, accepted: float | None) -> Record:
    """Return a new run, once its cost is accepted. Raises InvalidTemplateError if it is not."""
    dollars = round(planned.dollars, 2)
    if accepted is None and sys.stdin.isatty():
        if not click.confirm(f"{_cost(planned)} Deploy it in {region}?", err=True):
            raise InvalidTemplateError(
                [Problem("prove", "the cost was not confirmed: nothing is deployed", "confirm it")]
            )
    # Nothing is at least "nan", which `float` reads.
    elif accepted is None or not accepted >= dollars:
        found = "not given, without a terminal" if accepted is None else f"found {accepted:.2f}"
        advice = f"write --accept-cost {dollars:.2f}, if you accept it: {_cost(planned)}"
        raise InvalidTemplateError([Problem("--accept-cost", found, advice)])
    begun = now.isoformat(timespec="seconds")
    return Record(f"prove-{now:%Y%m%d-%H%M%S}", region, begun, dollars, planned.file, planned.digest)


def _unfinished(path: Path) -> Record | None:
    """Return the run of an earlier call that has not removed everything yet."""
    found = load(path)
    return None if found is None or found.is_done(REMOVE) else found


def _refuse_another_run(earlier: Record, region: str, planned: _Planned, path: Path) -> None:
    """Raise InvalidTemplateError unless the run of an earlier call is the one that is asked for.

    A run that failed only removes its stack, for which it needs no template.
    """
    if earlier.region != region:
        found = f"has a run in {earlier.region}"
        raise InvalidTemplateError([Problem(str(path), found, f"give --region {earlier.region}, or another --record")])
    if earlier.digest == planned.digest or earlier.failed:
        return
    found = f"has a run of {earlier.file or 'the smallest site'}"
    needed = f"give {earlier.file}" if earlier.file else "give no FILE"
    if earlier.file == planned.file:
        found, needed = f"{found}, which has changed or had other parameters", "restore it"
    advice = (
        f"{needed}, with the same --parameter, to continue; or delete the stack {earlier.stack} and its bucket,"
        " and give another --record"
    )
    raise InvalidTemplateError([Problem(str(path), found, advice)])


def _show_plan(planned: _Planned) -> None:
    for name in (*STEPS, REMOVE):
        click.echo(f"{name}: {TAKES[name]}")
    print_wrapped(_cost(planned))


def _cost(planned: _Planned) -> str:
    prices = price_list()
    shown = (
        f"{len(planned.template['Resources'])} resources for {HOURS} hours cost about {planned.dollars:.2f} US dollars "
        f"(prices of {prices.as_of} in {prices.region}), without data transfer and FIS."
    )
    unknown = [f"No price is known for {', '.join(planned.without_price)}."] if planned.without_price else []
    has_drills = any(body["Type"] == EXPERIMENT_TYPE for body in planned.template["Resources"].values())
    return " ".join([shown, *unknown, *([LINKED_ROLE] if has_drills else [])])
