"""The questions about a new site: each answer is checked when it is typed, and asked again if it has a problem."""

import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.aws_session import AwsSettings
from cli.init.answers import (
    Answers,
    kind_problem,
    needs_prefix_list,
    property_problem,
    region_problem,
    stack_name_problem,
)
from cli.init.kinds import KINDS
from cli.region_options import REGION_VARIABLES
from resilient_website.facts.prefix_lists import looked_up
from resilient_website.reading.email_address import EMAIL
from resilient_website.reading.properties import properties
from resilient_website.reading.property_types import PropertyType
from resilient_website.tiers.domain import DomainSpec
from resilient_website.tiers.load_balancer.spec import LoadBalancerSpec

T = TypeVar("T")
Check = Callable[[str], tuple[str, str] | None]

TYPES = {row.name: row.kind for spec in (DomainSpec, LoadBalancerSpec) for row in properties(spec)}


def ask(folder: Path, given: dict[str, Any], yes: bool) -> Answers:
    """Return the answers: from options, else typed, else (with `yes`) defaults."""

    def answer(name: str, question: Callable[[], T], default: T) -> T:
        if given[name] is not None:
            return given[name]  # type: ignore[no-any-return]
        return default if yes else question()

    def text(name: str, question: str, check: Check, default: str = "", *, optional: bool = False) -> str:
        def typed() -> str:
            shown = default or ("" if optional else None)
            return str(click.prompt(question, default=shown, show_default=bool(default), value_proc=checked(check)))

        return answer(name, typed, default)

    def choice(name: str, question: str, default: bool) -> bool:
        return answer(name, lambda: click.confirm(question, default=default), default)

    def email(name: str, purpose: str) -> str:
        return text(name, f"Email address {purpose} (empty for none)", optionally(EMAIL), optional=True)

    stack = text("stack_name", "Stack name", stack_name_problem, _stack_name(folder))
    region = text("region", "AWS Region", region_problem, _region())
    prefix_list = given["prefix_list_id"] or ""
    if needs_prefix_list(region):
        list_id = partial(property_problem, TYPES["CloudFrontPrefixListId"])
        question = f"Id of CloudFront's prefix list, the output of\n  {looked_up(region)}\n"
        prefix_list = text("prefix_list_id", question, list_id)
    host = optionally(TYPES["DomainName"])
    domain = text("domain_name", "Domain name (empty for CloudFront's)", host, optional=True)
    zone = given["hosted_zone_id"] or ""
    if domain:
        zone_id = partial(property_problem, TYPES["HostedZoneId"])
        zone = text("hosted_zone_id", "Id of its Route 53 hosted zone", zone_id)
    kinds = ", ".join(KINDS)
    return Answers(
        stack_name=stack,
        region=region,
        domain_name=domain,
        hosted_zone_id=zone,
        certificate_arn=given["certificate_arn"] or "",
        database=choice("database", "A MySQL database?", True),
        cache=choice("cache", "A cache for query results?", False),
        contact_email=email("contact_email", "to show while the site is down"),
        alarm_email=email("alarm_email", "that gets the alarms"),
        macro=given["macro"],
        prefix_list=prefix_list,
        kind=text("kind", f"Application ({kinds}; empty for the sample)", kind_problem, optional=True),
    )


def checked(check: Check) -> Callable[[str], str]:
    """Return what makes click ask again for a value with a problem, which it shows."""

    def value_of(typed: str) -> str:
        value = typed.strip()
        problem = check(value)
        if problem:
            raise click.UsageError("; ".join(problem))
        return value

    return value_of


def optionally(kind: PropertyType) -> Check:
    """Return the check of a property's value that can be empty."""
    return lambda value: property_problem(kind, value) if value else None


def _region() -> str:
    """Return the Region of the environment, else the profile's, else the default."""
    named = next((os.environ[name] for name in REGION_VARIABLES if os.environ.get(name)), None)
    return AwsSettings(given_region=named).expansion_region


def _stack_name(folder: Path) -> str:
    """Return a stack name derived from a folder's name."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", folder.resolve().name).strip("-")
    return words if words[:1].isalpha() else f"site-{words}".rstrip("-")
