"""Reads a template with its sites: checks its shape, computes what is known, and reads every site's specification."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any, NamedTuple

from resilient_website import read_site, site_checks
from resilient_website.attributes import NEEDS, available
from resilient_website.cloudformation import computed, declared_parameters, input_limits, snippets, template_checks
from resilient_website.cloudformation.rewriting import Rewriter, Target
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.functions.code import FunctionCode
from resilient_website.problems import InvalidTemplateError, Problem, shown
from resilient_website.reading import known_values
from resilient_website.reading.compact_resource import check_attributes, with_known_policies
from resilient_website.reading.reader import Reader
from resilient_website.site_halves import half_of
from resilient_website.site_spec import ALL_PROPERTIES, SiteSpec

DEFAULT_MACRO = "ResilientWebsite"


class Deployment(NamedTuple):
    """The arguments of an expansion; see `expand_template`."""

    parameters: Mapping[str, Any]
    region: str
    macro: str = DEFAULT_MACRO
    code: FunctionCode | None = None
    settled: bool = True
    account: str = ""
    listed: bool = True


class ReadTemplate(NamedTuple):
    """A template whose sites are read: their specifications, its resources, and what computes its functions.

    The policies of the sites' own resources are computed, where they are functions of what is known.
    """

    specs: Mapping[str, SiteSpec]
    resources: Mapping[str, Any]
    computer: computed.Computer


def read_sites(
    template: object,
    parameters: Mapping[str, Any],
    region: str,
    macro: str = DEFAULT_MACRO,
    *,
    settled: bool = True,
    account: str = "",
) -> dict[str, SiteSpec]:
    """Return the specification of every site of a template by its logical id; the arguments are `expand_template`'s.

    Raises InvalidTemplateError with every problem of every site, and of the references to them.
    """
    made_for = Deployment(parameters, region, macro, settled=settled, account=account)
    return dict(read_template(template, made_for).specs)


def read_template(template: object, made_for: Deployment) -> ReadTemplate:
    """Return the template with its sites read. Raises InvalidTemplateError with every problem, as `read_sites` does."""
    resources = _resources(template, made_for.macro)
    input_limits.check(template, resources)  # type: ignore[arg-type]
    problems = template_checks.check(template, resources)  # type: ignore[arg-type]
    known = declared_parameters.known_values(template, made_for.parameters)
    computer = computed.of_template(template, known, made_for.region)  # type: ignore[arg-type]
    reader = Reader(known, made_for.region, computer=computer, settled=made_for.settled, account=made_for.account)
    unread = snippets.in_sites(resources, sites(resources), made_for.macro)
    problems += chain.from_iterable(unread.values())
    compact = {name: with_known_policies(resources[name], computer) for name in sites(resources)}
    specs = {name: _read(name, body, reader, problems) for name, body in compact.items() if name not in unread}
    if problems:
        _check_references(template, specs, problems)
        raise InvalidTemplateError(problems)
    return ReadTemplate(specs, {**resources, **compact}, computer)


def _resources(template: object, macro: str) -> Mapping[str, Any]:
    if not isinstance(template, Mapping):
        advice = "write a CloudFormation template: a map with a Resources section"
        raise InvalidTemplateError([Problem("(template)", f"found {shown(template)}", advice)])
    resources = template.get("Resources")
    if not isinstance(resources, Mapping) or not resources:
        advice = "write at least one resource, as in Resources: {Site: {Type: ResilientWebsite}}"
        found = f"found {shown(resources)}" if "Resources" in template else "missing"
        if resources is None:
            advice += f"; where Fn::Transform calls the macro, list it at the top: {snippets.listing(macro)}"
        raise InvalidTemplateError([Problem("Resources", found, advice)])
    return resources


def sites(resources: Mapping[str, Any]) -> list[str]:
    """Return the logical ids of a template's sites."""
    return [name for name, body in resources.items() if isinstance(body, Mapping) and body.get("Type") in TYPES]


def _read(name: str, resource: Mapping[str, Any], common: Reader, problems: list[Problem]) -> SiteSpec:
    reader = replace(common, problems=[])
    path = f"Resources.{name}"
    check_attributes(name, resource, path, reader, [row.name for row in ALL_PROPERTIES])
    spec = read_site.read(resource.get("Properties", {}), f"{path}.Properties", reader)
    site_checks.check(known_values.known(spec, reader), f"{path}.Properties", reader)
    site_checks.check_as_written(spec, resource.get("Properties", {}), f"{path}.Properties", reader)
    problems += reader.problems
    return half_of(replace(spec, teardown=spec.teardown.under(resource.get("DeletionPolicy"))))


def _check_references(template: object, specs: Mapping[str, SiteSpec], problems: list[Problem]) -> None:
    """Add problems of the references, although the sites can't be built: all problems are reported together."""
    rewriter = Rewriter({name: Target(dict.fromkeys(available(spec), "")) for name, spec in specs.items()}, NEEDS)
    rewriter.template(template)  # type: ignore[arg-type]
    problems += rewriter.problems
