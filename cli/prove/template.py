"""The template that is deployed: a site under a fresh name, which leaves nothing behind when it is deleted."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from cli.deployed.site import BALANCER_TYPE, INSTANCE_TYPE
from cli.flat.template import flat_template
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import DEFAULT_MACRO, read_sites
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.teardown import DELETE

# What is deployed without a FILE: every tier by its defaults, and the drills.
SMALLEST: dict[str, Any] = {
    "Transform": DEFAULT_MACRO,
    "Resources": {"Site": {"Type": TYPES[0], "Properties": {"Drills": True}}},
}

# The stores that outlive a stack unless Teardown says otherwise.
STORES = ("Database", "Assets", "Logs", "Cache", "Files")

BALANCER_PROTECTION = "deletion_protection.enabled"


def throwaway(
    template: Mapping[str, Any], given: Mapping[str, str], values: Mapping[str, Any], region: str
) -> dict[str, Any]:
    """Return FILE expanded, changed so that the deletion of its stack leaves nothing behind.

    `given` are the parameters of the command line. Raises InvalidTemplateError for every problem of the template
    itself, and if it can't be deployed a second time.
    """
    specs = read_sites(template, values, region)
    wanted = copy.deepcopy(dict(template))
    problems = [problem for name in specs for problem in _problems(name, wanted["Resources"][name], given)]
    if not specs:
        problems.append(Problem("Resources", "found no ResilientWebsite", "give a template with a site"))
    if len(specs) > 1:
        problems.append(Problem("Resources", f"found {len(specs)} sites", "give a template with one"))
    if problems:
        raise InvalidTemplateError(problems)
    for name, spec in specs.items():
        body = wanted["Resources"][name]
        body["Properties"] = {**(body.get("Properties") or {}), "Teardown": _teardown(spec)}
        body.pop("DeletionPolicy", None)
    flat = flat_template(wanted, values, region)
    for name, body in flat["Resources"].items():
        if name not in wanted["Resources"]:
            _allow_deletion(body)
    return flat


def _problems(name: str, body: Mapping[str, Any], given: Mapping[str, str]) -> Iterator[Problem]:
    properties = body.get("Properties") or {}
    for where, domain in _domains(properties):
        if not (isinstance(domain, Mapping) and domain.get("Ref") in given):
            advice = (
                "make it a parameter, and give an unused name with --parameter: your site's visitors must not get here"
            )
            yield Problem(f"Resources.{name}.Properties.{where}", f"found {domain!r}", advice)
    if isinstance(properties.get("Secondary"), Mapping):
        advice = "leave it out: a copy in another Region is tried by `switch --planned` (see docs/switch.md)"
        yield Problem(f"Resources.{name}.Properties.Secondary", "found a copy", advice)


def _domains(properties: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the domain names of a site as they are written, by their paths; empty ones count as absent."""
    alternate = properties.get("AlternateDomainNames")
    named = {
        "DomainName": properties.get("DomainName"),
        **(
            {f"AlternateDomainNames[{index}]": value for index, value in enumerate(alternate)}
            if isinstance(alternate, list)
            else {"AlternateDomainNames": alternate}
        ),
    }
    yield from ((where, value) for where, value in named.items() if value not in (None, ""))


def _teardown(spec: SiteSpec) -> dict[str, str]:
    """Return the property of a site whose stores are all deleted."""
    tiers = {"Database": spec.database, "Cache": spec.cache, "Files": spec.files}
    absent = {store for store, tier in tiers.items() if tier is None}
    return {store: DELETE for store in STORES if store not in absent}


def _allow_deletion(resource: dict[str, Any]) -> None:
    """Switch off what refuses a deletion: the protection of a live site's database and load balancer."""
    properties = resource.get("Properties") or {}
    if resource["Type"] == INSTANCE_TYPE:
        properties["DeletionProtection"] = False
    if resource["Type"] == BALANCER_TYPE:
        for attribute in properties["LoadBalancerAttributes"]:
            if attribute["Key"] == BALANCER_PROTECTION:
                attribute["Value"] = "false"
