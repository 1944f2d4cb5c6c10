"""The sites behind the reference: the examples, and variants with one property changed, for every property."""

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from cli.analysis.updates.property_tree import Located, every_property
from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.reading.versions import NEWEST
from resilient_website.tiers.secondary_region.spec import BACKUPS
from tools.reference.needs import get, missing
from tools.reference.novelty import Shown
from tools.reference.samples import samples
from tools.repository import ROOT

REGION = "us-east-1"

Json = dict[str, Any]


@dataclass(frozen=True)
class ExpandedSite:
    """One site of a template, and the resources that it becomes.

    `changed` names the property that was changed, if one was; `alone` is whether no other had to be set with it.
    `region` is the Region of the expansion.
    """

    name: str
    template: Json
    resources: Json
    changed: str = ""
    alone: bool = True
    region: str = REGION


@dataclass(frozen=True)
class Observation:
    """A site, and its expansions with one property changed, for each property and sample that expands."""

    site: ExpandedSite
    changed: tuple[ExpandedSite, ...]


def observe() -> list[Observation]:
    """Return the sites of the examples with their changes: some 1,300 expansions, 20 seconds."""
    sites, shown = examples(), Shown()
    return [*(Observation(site, tuple(variants(site, shown))) for site in sites), *halves(sites)]


def halves(sites: Iterable[ExpandedSite]) -> Iterator[Observation]:
    """Yield both halves of the sites with a copy, before and after a switch, with each property of the copy changed."""
    for site in sites:
        secondary = site.template["Resources"][site.name].get("Properties", {}).get("Secondary")
        if not isinstance(secondary, dict):
            continue
        for active in (REGION, secondary["Region"]):
            template = _set_in(site, {("Secondary", "ActiveRegion"): active})
            # Without a stack on standby, there is a copy only once it is the active half.
            there = active != REGION or secondary.get("Mode") != BACKUPS
            for region in (REGION, secondary["Region"]) if there else (REGION,):
                half = ExpandedSite(site.name, template, _expanded(template, region), region=region)
                of_copy = (located for located in every_property() if located.path[0] == "Secondary")
                yield Observation(half, tuple(chain.from_iterable(changed(half, located) for located in of_copy)))


def examples() -> list[ExpandedSite]:
    """Return the site of every example that has one, expanded. An empty one comes first: the defaults.

    Of those that expand to the same, the first one: so would their variants.
    """
    templates = [{"Resources": {"Site": {"Type": TYPES[0], "Properties": {"Version": NEWEST}}}}]
    read = [read_template(path) for path in sorted((ROOT / "examples").glob("*.yaml"))]
    templates += [template for template in read if _has_one_site(template)]
    found: list[ExpandedSite] = []
    for template in templates:
        (name,) = (name for name, body in template["Resources"].items() if body.get("Type") in TYPES)
        site = ExpandedSite(name, template, _expanded(template))
        if all(site.resources != other.resources for other in found):
            found.append(site)
    return found


def _has_one_site(template: Json) -> bool:
    return sum(body.get("Type") in TYPES for body in template["Resources"].values()) == 1


def variants(site: ExpandedSite, shown: Shown) -> Iterator[ExpandedSite]:
    """Yield the site with one property changed, for every property that may do something in it as nowhere else.

    In the empty site, that is every property with every valid sample of its type. A site with another front door has
    other resources for most properties. One with a group has them for the properties that have the group's name in
    their path, as one with `Cache` for `Teardown.Cache`, if it has something that the sites before it (`shown`) have
    not. There, the first sample that changes anything says what a property maps to.
    """
    properties = site.template["Resources"][site.name].get("Properties", {})
    given = properties.keys() - {"Version"}
    new = shown.look(site.name, properties, site.resources)
    for located in every_property():
        if located.is_plain_group:
            continue
        if not given:
            yield from changed(site, located)
        elif "FrontDoor" in given or (not given.isdisjoint(located.path) and new.concerns(located)):
            yield from _until_changed(site, changed(site, located))


def _until_changed(site: ExpandedSite, found: Iterable[ExpandedSite]) -> Iterator[ExpandedSite]:
    """Yield variants of a site up to the first that has other resources."""
    for each in found:
        yield each
        if each.resources != site.resources:
            return


def changed(site: ExpandedSite, located: Located) -> Iterator[ExpandedSite]:
    """Yield the site with this property changed to each sample that expands, and with the properties that it needs.

    Without these, the property is refused or has no effect: tests/reference/test_needs.py proves it.
    """
    properties = site.template["Resources"][site.name].get("Properties", {})
    for value in samples(located.row):
        if value == get(properties, located.path):
            continue
        found = set_in(site, {located.path: value, **missing(properties, located, value)}, located.name)
        if found:
            yield found


def set_in(site: ExpandedSite, values: dict[tuple[str, ...], Any], changed: str = "") -> ExpandedSite | None:
    """Return the site with properties set, by path; None if it is refused."""
    template = _set_in(site, values)
    try:
        resources = _shared(_expanded(template, site.region), site.resources)
    except InvalidTemplateError:
        return None
    return ExpandedSite(site.name, template, resources, changed, alone=len(values) == 1, region=site.region)


def _set_in(site: ExpandedSite, values: dict[tuple[str, ...], Any]) -> Json:
    """Return the site's template with properties set, by path."""
    template = copy.deepcopy(site.template)
    properties = template["Resources"][site.name].setdefault("Properties", {})
    for path, value in values.items():
        _set(properties, path, value)
    return template


def _shared(resources: Json, base: Json) -> Json:
    """Return resources that share equal bodies with the base, to save memory."""
    return {name: base[name] if base.get(name) == body else body for name, body in resources.items()}


def _set(properties: Json, path: tuple[str, ...], value: Any) -> None:
    """Set a value, creating the containing maps and (for `Name[]` and `Name.*`) lists and maps with one entry."""
    *outer, last = path
    for name in outer:
        plain = name.removesuffix("[]").removesuffix(".*")
        inner = properties.get(plain)
        if name.endswith("[]"):
            inner = inner if isinstance(inner, list) and inner else [{}]
            properties[plain], properties = inner, inner[0]
        elif name.endswith(".*"):
            inner = inner if isinstance(inner, dict) and inner else {"sample": {}}
            properties[plain], properties = inner, next(iter(inner.values()))
        else:
            properties[plain] = dict(inner) if isinstance(inner, dict) and "Ref" not in inner else {}
            properties = properties[plain]
    properties[last] = value


def _expanded(template: Json, region: str = REGION) -> Json:
    """Return the resources that a site becomes, its functions included, without the rest of its template."""
    made = expand_template(template, parameter_values(template, {}), region)["Resources"]
    return {name: body for name, body in made.items() if name not in template["Resources"]}
