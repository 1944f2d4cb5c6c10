"""The answers about a new site, and their problems, found before anything is written."""

from dataclasses import dataclass

from cli.init.kinds import KINDS
from cli.region_options import REGION, REGION_FORM
from resilient_website.facts.cloudformation_quotas import STACK_NAME, STACK_NAME_FORM
from resilient_website.facts.prefix_lists import CLOUDFRONT_PREFIX_LISTS, looked_up
from resilient_website.facts.regions import DEFAULT_REGION, OF_OTHER_PARTITIONS, REGIONS
from resilient_website.problems import NEAR, Problem, allowing, known_names
from resilient_website.reading.property_types import PropertyType
from resilient_website.reading.reader import Reader


@dataclass(frozen=True)
class Answers:
    """A new site as the user described it; texts are empty for what it does not have."""

    stack_name: str
    region: str
    domain_name: str
    hosted_zone_id: str
    certificate_arn: str
    database: bool
    cache: bool
    contact_email: str
    alarm_email: str
    macro: str
    # The name of one of KINDS.
    kind: str = ""
    # The id of CloudFront's prefix list, in a Region where the macro does not know it.
    prefix_list: str = ""


def stack_name_problem(name: str) -> tuple[str, str] | None:
    """Return what was found, and what to write instead; None for a valid name."""
    if STACK_NAME.fullmatch(name):
        return None
    return f"found {name!r}", f"a stack name has {STACK_NAME_FORM}"


def kind_problem(name: str) -> tuple[str, str] | None:
    """Return what was found, and what to write instead; None for a kind of application, or none."""
    return None if name in ("", *KINDS) else (f"found {name!r}", allowing(f"{', '.join(KINDS)}, or nothing"))


def region_problem(region: str) -> tuple[str, str] | None:
    """Return what was found, and what to write instead; None for a Region, also one that the macro refuses."""
    if not REGION.fullmatch(region):
        return f"found {region!r}", REGION_FORM
    if region in REGIONS or region.startswith(OF_OTHER_PARTITIONS):
        return None
    return f"found {region!r}, which is no Region that this version knows", known_names(region, REGIONS, typo=NEAR)


def needs_prefix_list(region: str) -> bool:
    """Return whether the macro does not know the id of CloudFront's prefix list in a Region."""
    return region in REGIONS and region not in CLOUDFRONT_PREFIX_LISTS


def property_problem(kind: PropertyType, value: str) -> tuple[str, str] | None:
    """Return what the macro would report of a property's value; None for a valid value."""
    reader = Reader({}, DEFAULT_REGION)
    kind.read(value, "answer", reader)
    return (reader.problems[0].found, reader.problems[0].fix) if reader.problems else None


def answer_problems(answers: Answers) -> list[Problem]:
    """Return the problems with the answers that the macro does not find."""
    given = (("--stack-name", stack_name_problem(answers.stack_name)), ("--region", region_problem(answers.region)))
    problems = [Problem(option, *found) for option, found in given if found]
    if answers.domain_name and not answers.hosted_zone_id:
        advice = f"give the id of the Route 53 zone of {answers.domain_name} (aws route53 list-hosted-zones)"
        problems.append(Problem("--hosted-zone-id", "not given, with a domain name", advice))
    if not answers.domain_name and (answers.hosted_zone_id or answers.certificate_arn):
        advice = "give the domain name too, or neither hosted zone nor certificate"
        problems.append(Problem("--domain-name", "not given, with a hosted zone or a certificate", advice))
    if answers.kind and KINDS[answers.kind].needs_database and not answers.database:
        advice = "leave it out: this application needs one"
        problems.append(Problem("--no-database", f"found, with --kind {answers.kind}", advice))
    if needs_prefix_list(answers.region) and not answers.prefix_list:
        found = f"not given, and the macro doesn't know the id in {answers.region}"
        problems.append(Problem("--prefix-list-id", found, f"give the output of: {looked_up(answers.region)}"))
    return problems
