"""Limits of the input template, checked before it is read, so that the macro always answers in bounded time.

CloudFormation's quotas apply where they exist. A template within them can still have hundreds of thousands of values,
or repeat a value in each resource of a site; for those, the macro has its own limits.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from resilient_website.cloudformation.encoding import HOLDERS, PLAIN
from resilient_website.cloudformation.limits import MOVE, size
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.facts.cloudformation_quotas import MAX_PARAMETERS, MAX_RESOURCES, MAX_TEMPLATE_BYTES
from resilient_website.problems import InvalidTemplateError, Problem

# Of a parameter's value. CloudFormation's quota is 4,096 bytes; Parameter Store's advanced parameters have up to 8 KB.
# Source: "Understand CloudFormation quotas"; "Managing parameter tiers" in the AWS Systems Manager User Guide.
MAX_PARAMETER_LENGTH = 8_192

# No site has fewer resources (a test asserts it), so more sites than the quota divided by this exceed the quota.
MIN_SITE_RESOURCES = 30
MAX_SITES = MAX_RESOURCES // MIN_SITE_RESOURCES

# Maximum size of what is copied to each resource of a site: more would exceed CloudFormation's 1 MB per template.
MAX_CARRIED_BYTES = MAX_TEMPLATE_BYTES // MIN_SITE_RESOURCES
CARRIED = ("DependsOn",)

# Not a CloudFormation quota: ten bytes per value in the largest template; most templates have less than a tenth.
MAX_VALUES = 100_000

# Not a CloudFormation quota: reading takes up to four stack frames per level, of the thousand that Python allows.
MAX_LEVELS = 100


def check(template: Mapping[str, Any], resources: Mapping[str, Any]) -> None:
    """Raise InvalidTemplateError if a template (with its resources also passed separately) exceeds a limit."""
    problems = [*_whole(template)]
    if not problems:
        problems = [*_counts(template, resources), *_carried(resources)]
    if problems:
        raise InvalidTemplateError(problems)


def check_values(values: Mapping[str, Any]) -> None:
    """Raise InvalidTemplateError if a parameter's value is too long; errors never quote values."""
    problems = [
        Problem(
            f"Parameters.{name}",
            f"has a value of {length} bytes; CloudFormation allows {MAX_PARAMETER_LENGTH} per parameter",
            "write the value into the template, or store it in S3",
        )
        for name, length in ((name, size(value)) for name, value in values.items())
        if length > MAX_PARAMETER_LENGTH
    ]
    if problems:
        raise InvalidTemplateError(problems[:1])


def _whole(template: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the limits that the template as a whole exceeds, cheapest check first."""
    try:
        length = size(template)
    except RecursionError:
        yield _too_deep()
        return
    if length > MAX_TEMPLATE_BYTES:
        advice = f"store long texts and scripts in S3, or {MOVE}"
        yield Problem(
            "(template)", f"the template has {length} bytes; CloudFormation allows {MAX_TEMPLATE_BYTES}", advice
        )
        return
    values, deepest = _measured(template)
    if deepest > MAX_LEVELS:
        yield _too_deep()
    if values > MAX_VALUES:
        yield Problem(
            "(template)", f"the template has more than {MAX_VALUES} values, the most that the macro accepts", MOVE
        )


def _too_deep() -> Problem:
    found = f"maps, lists and functions are nested too deeply: the macro reads at most {MAX_LEVELS} levels"
    return Problem("(template)", found, "move parts of it to separate resources or parameters")


def _measured(template: Mapping[str, Any]) -> tuple[int, int]:
    """Return the number of values and of nested levels in a template. Stops when a limit is exceeded."""
    values = levels = 0
    level: list[Any] = [template]
    while level and levels <= MAX_LEVELS and values <= MAX_VALUES:
        values += len(level)
        levels += 1
        level = [
            item
            for holder in level
            if type(holder) not in PLAIN and isinstance(holder, HOLDERS)
            for item in (holder if isinstance(holder, list) else holder.values())
        ]
    return values + len(level), levels


def _counts(template: Mapping[str, Any], resources: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for more resources, sites or parameters than a stack can have."""
    parameters = template.get("Parameters")
    declared = len(parameters) if isinstance(parameters, Mapping) else 0
    sites = sum(isinstance(body, Mapping) and body.get("Type") in TYPES for body in resources.values())
    # A small excess is reported for the expanded template, with the final number and all other exceeded limits.
    if len(resources) > 2 * MAX_RESOURCES:
        found = f"the template has {len(resources)} resources; CloudFormation allows {MAX_RESOURCES}"
        yield Problem("Resources", found, MOVE)
    if sites > MAX_SITES:
        found = (
            f"found {sites} sites with at least {MIN_SITE_RESOURCES} resources each; "
            f"CloudFormation allows {MAX_RESOURCES}"
        )
        yield Problem(
            "Resources", found, "write one site per template: each is then deployed and rolled back independently"
        )
    if declared > MAX_PARAMETERS:
        found = f"the template has {declared} parameters; CloudFormation allows {MAX_PARAMETERS}"
        yield Problem("Parameters", found, "leave out those that are never set")


def _carried(resources: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield attributes that are too large to be copied to each resource of their site, for all sites together."""
    total = 0
    for name, body in resources.items():
        if not isinstance(body, Mapping) or body.get("Type") not in TYPES:
            continue
        properties = body.get("Properties")
        found = {f"Resources.{name}.{attribute}": body[attribute] for attribute in CARRIED if attribute in body}
        if isinstance(properties, Mapping) and "Tags" in properties:
            found[f"Resources.{name}.Properties.Tags"] = properties["Tags"]
        for path, value in found.items():
            length = size(value)
            total += length
            if total > MAX_CARRIED_BYTES:
                too_long = f"found {length} bytes, which would be copied to each of the site's resources"
                yield Problem(path, too_long, f"write no more than {MAX_CARRIED_BYTES} bytes, for all sites together")
                return
