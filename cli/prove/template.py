"""The template that is deployed: a site under a fresh name, which leaves nothing behind when it is deleted."""

import copy
from collections.abc import Mapping
from typing import Any

from cli.flat.template import flat_template
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import DEFAULT_MACRO
from resilient_website.tiers.teardown import DELETE

# What is deployed without a FILE: every tier by its defaults, and the drills.
SMALLEST: dict[str, Any] = {
    "Transform": DEFAULT_MACRO,
    "Resources": {"Site": {"Type": TYPES[0], "Properties": {"Drills": True}}},
}

# What outlives a stack unless these say otherwise.
TEARDOWN = ("Database", "Assets", "Logs")
TEARDOWN_OF = {"Cache": "Cache", "Files": "Files"}


def throwaway(template: Mapping[str, Any], given: Mapping[str, str], values: Mapping[str, Any], region: str) -> Any:
    """Return FILE as a template without the macro, whose stores are deleted with the stack.

    `given` are the parameters of the command line. Raises InvalidTemplateError if FILE is not fit to be deployed a
    second time, and for every problem of the template itself.
    """
    wanted = copy.deepcopy(dict(template))
    sites = {
        name: body
        for name, body in (wanted.get("Resources") or {}).items()
        if isinstance(body, dict) and body.get("Type") in TYPES
    }
    problems = [problem for name, body in sites.items() for problem in _problems(name, body, given)]
    if not sites:
        problems.append(Problem("Resources", "found no ResilientWebsite", "give a template with a site"))
    if len(sites) > 1:
        problems.append(Problem("Resources", f"found {len(sites)} sites", "give a template with one"))
    if problems:
        raise InvalidTemplateError(problems)
    for body in sites.values():
        properties = body["Properties"] = dict(body.get("Properties") or {})
        properties["Teardown"] = _teardown(properties)
        body.pop("DeletionPolicy", None)
    return flat_template(wanted, values, region)


def _problems(name: str, body: Mapping[str, Any], given: Mapping[str, str]) -> list[Problem]:
    properties = body.get("Properties") or {}
    found = []
    domain = properties.get("DomainName")
    if domain is not None and not _is_given(domain, given):
        advice = "make it a parameter, and give an unused name with --parameter: your site's visitors must not get here"
        found.append(Problem(f"Resources.{name}.Properties.DomainName", f"found {domain!r}", advice))
    others = properties.get("AlternateDomainNames")
    if others and not all(_is_given(each, given) for each in (others if isinstance(others, list) else [others])):
        advice = "leave it out, or make each name a parameter as well: CloudFront gives a name to one distribution"
        found.append(Problem(f"Resources.{name}.Properties.AlternateDomainNames", f"found {others!r}", advice))
    if isinstance(properties.get("Secondary"), Mapping):
        advice = "leave it out: a copy in another Region is tried by `switch --planned` (see docs/switch.md)"
        found.append(Problem(f"Resources.{name}.Properties.Secondary", "found a copy", advice))
    return found


def _is_given(value: Any, given: Mapping[str, str]) -> bool:
    """Return whether a value is a Ref to a parameter of the command line."""
    return isinstance(value, Mapping) and value.get("Ref") in given


def _teardown(properties: Mapping[str, Any]) -> dict[str, str]:
    optional = [name for group, name in TEARDOWN_OF.items() if properties.get(group) not in (None, False)]
    kept = [name for name in TEARDOWN if not (name == "Database" and properties.get("Database") is False)]
    return dict.fromkeys((*kept, *optional), DELETE)
