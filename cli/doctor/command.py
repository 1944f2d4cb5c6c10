"""The command `doctor`: reports what of a template goes out of support, and what to do."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from cli.analysis.availability import resources as template_resources
from cli.console import print_wrapped
from cli.doctor.examine import OLD_FACTS, SOON, Ending, NewerDefault, endings, later, newer_defaults, old_facts
from cli.macro_listed import require_macro
from cli.options import json_option, print_json, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template
from cli.template_parameters import template_parameters_option
from resilient_website.expand import expand_template
from resilient_website.facts.lifetimes import LIFETIMES

EXAMPLES = """
\b
Examples:
  build_templates.py doctor site.yaml
  build_templates.py doctor site.yaml --today 2027-06-01 --json

Exit status: 0 if nothing ends within 180 days; 1 if something has ended or ends within 180 days, or if FILE has
problems; 2 for a command line that is not understood.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@template_parameters_option
@region_option
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to report for.  [default: the current day, UTC]",
)
@json_option("every finding")
@problems_on_stderr
def doctor(file: Path, parameters: dict[str, str], region: str, today: datetime | None, as_json: bool) -> None:
    """Report what in FILE goes out of support, when, and what to do.

    The dates are facts of this version, each with its source; the command does not call AWS. Upgrade the command line
    to get newer ones.
    """
    template = read_template(file)
    require_macro(template)
    values = parameter_values(template, parameters)
    resources = template_resources.read(expand_template(template, values, region), region, values)
    day = (today or datetime.now(UTC)).date()
    due, rest, defaults = endings(resources, day), later(resources, day), tuple(newer_defaults(resources))
    if as_json:
        print_json(_as_json(due, rest, defaults, day))
    else:
        _report(due, rest, defaults, day)
    if due:
        sys.exit(1)


def _report(due: tuple[Ending, ...], rest: tuple[Ending, ...], defaults: tuple[NewerDefault, ...], day: date) -> None:
    """Print what is `due`, newer defaults, and the `rest` that ends later, as of a day."""
    for each in due:
        left = each.days_left(day)
        when = f"ends in {left} days" if left > 0 else f"ended {-left} days ago"
        print_wrapped(f"{each.lifetime.what} {when}, on {each.lifetime.ends}: {', '.join(each.resources)}")
        print_wrapped(f"  Then: {each.lifetime.then}.")
        print_wrapped(f"  What to do: {each.lifetime.advice}.")
        print_wrapped(f"  Source: {each.lifetime.source}, compared on {each.lifetime.checked}.")
    for default in defaults:
        print_wrapped(
            f"{default.resource}: its {default.what} is {default.found}; today's default is {default.default}"
        )
    if not due:
        print_wrapped(f"Nothing ends within {SOON.days} days.")
    for each in rest:
        print_wrapped(f"Later: {each.lifetime.what}, on {each.lifetime.ends}")
    old = old_facts(day)
    if old:
        print_wrapped(
            f"{len(old)} of {len(LIFETIMES)} dates were compared with their sources more than {OLD_FACTS.days} days "
            "ago: upgrade the command line"
        )


def _as_json(
    due: tuple[Ending, ...], rest: tuple[Ending, ...], defaults: tuple[NewerDefault, ...], day: date
) -> dict[str, Any]:
    return {
        "today": str(day),
        "ending": [_ending(each, day) for each in due],
        "later": [_ending(each, day) for each in rest],
        "newerDefaults": [
            {"logicalId": each.resource, "what": each.what, "found": each.found, "default": each.default}
            for each in defaults
        ],
        "oldFacts": [each.what for each in old_facts(day)],
    }


def _ending(each: Ending, day: date) -> dict[str, Any]:
    lifetime = each.lifetime
    return {
        "what": lifetime.what,
        "ends": str(lifetime.ends),
        "daysLeft": each.days_left(day),
        "resources": list(each.resources),
        "then": lifetime.then,
        "fix": lifetime.advice,
        "source": lifetime.source,
        "checked": str(lifetime.checked),
    }
