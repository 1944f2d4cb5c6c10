"""Expands every ResilientWebsite of a template: parse them all, build them, merge, rewrite the references.

A pure function of its arguments: no clock, no network, no environment, no randomness. The Lambda function and the
command line both call it, and so create the same resources.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any

from resilient_website import shared_functions, site, site_checks, site_spec
from resilient_website.attributes import NEEDS, available
from resilient_website.cloudformation import (
    circles,
    computed,
    declared_parameters,
    derived_limits,
    host_names,
    input_limits,
    language_extensions,
    limits,
    loops,
    overridden_checks,
    overrides,
    role_limits,
    snippets,
    structure,
    template_checks,
)
from resilient_website.cloudformation.declared_parameters import no_echo
from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.references import Rewriter, Target, depends_on, references
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.cloudformation.transforms import without_macro
from resilient_website.context import Context
from resilient_website.functions.code import FunctionCode, Layer
from resilient_website.problems import InvalidTemplateError, Problem, shown
from resilient_website.reading import known_values
from resilient_website.reading.compact_resource import (
    COMPACT_ATTRIBUTES,
    carry_over,
    check_attributes,
    with_known_policies,
)
from resilient_website.reading.reader import Reader
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.tags import SITE_TAG, site_name, tagged
from resilient_website.tiers.update_protection import protected

DEFAULT_MACRO = "ResilientWebsite"

Json = dict[str, Any]


@dataclass(frozen=True)
class Deployment:
    """The arguments of an expansion; see `expand_template`."""

    parameters: Mapping[str, Any]
    region: str
    macro: str = DEFAULT_MACRO
    code: FunctionCode | None = None
    settled: bool = True
    account: str = ""
    listed: bool = True


@dataclass(frozen=True)
class ReadTemplate:
    """A template whose sites are read: their specifications, its resources, and what computes its functions.

    The policies of the sites' own resources are computed, where they are functions of what is known.
    """

    specs: Mapping[str, SiteSpec]
    resources: Mapping[str, Any]
    computer: computed.Computer


@dataclass(frozen=True)
class Expansion:
    """An expanded template, and the parameters that its sites no longer refer to."""

    template: Json
    used_up: frozenset[str]


def expand_template(
    template: object,
    parameters: Mapping[str, Any],
    region: str,
    macro: str = DEFAULT_MACRO,
    code: FunctionCode | None = None,
    *,
    settled: bool = True,
    account: str = "",
    listed: bool = True,
) -> Json:
    """Return the template with every site expanded, and without the macro's own name in `Transform`.

    `template` is the parsed JSON, intrinsics in their long form; `parameters` are the values of the template's
    parameters; `region` is where it will be deployed; `macro` is the name under which the macro is installed; `code`
    says how the code of the sites' functions comes into the stack: `Layer(arn)`, for one. Without it the template is
    for looking at, not for deploying. `settled` is whether the parameters keep these values, as where the macro is run
    for each deployment; else only what decides which resources there are follows from them. `account` is the id
    of the account that the template is for, where it is known. `listed` is whether the
    template has its Transform section still: the macro's event has none, so that what other transforms add, which are
    run later, is not known. Raises InvalidTemplateError with every problem of every site.
    """
    made_for = Deployment(parameters, region, macro, code, settled=settled, account=account, listed=listed)
    return expansion(template, made_for).template


def expansion(template: object, made_for: Deployment) -> Expansion:
    """Return the result of `expand_template` with the consumed parameters. Raises the same errors."""
    read = _read_template(template, made_for)
    specs, resources = read.specs, read.resources
    problems: list[Problem] = []
    source: Any = template
    hidden = no_echo(template)
    extended = language_extensions.listed(template) or language_extensions.used(template)
    contexts = {name: Context(name, made_for.region, spec.version, spec.security.roles) for name, spec in specs.items()}
    built = {name: site.build(contexts[name], spec) for name, spec in specs.items()}
    limits.refuse_too_many(len(resources) - len(built) + sum(len(made.resources) for made in built.values()))
    made_of = {
        name: _made(contexts[name], built[name], specs[name], resources[name], hidden, problems, extended=extended)
        for name in built
    }
    definitions = {name: own.definitions for name, own in made_of.items()}
    users = [_user(name, specs[name], built[name], made_of[name], resources[name]) for name in built]
    problems += shared_functions.disagreements(users)
    functions = shared_functions.build(users, made_for.code or Layer.any())
    merged = _merge(template, resources, definitions, functions, problems)
    targets = {name: Target(encoded(dict(built[name].attributes)), _sinks(made_of[name])) for name in built}
    rewriter = Rewriter(targets, NEEDS)
    expanded = rewriter.template(without_macro(merged, made_for.macro))
    problems += [*rewriter.problems, *limits.check(expanded), *role_limits.check(expanded["Resources"], functions)]
    made = {logical_id: name for name, own in definitions.items() for logical_id in own} | dict.fromkeys(functions, "")
    problems += host_names.check(expanded["Resources"], made)
    named = {logical_id: found for own in made_of.values() for logical_id, found in own.named.items()}
    judged = circles.Expansion(resources, made, merged["Resources"], expanded["Resources"], targets, named)
    problems += _structure(without_macro(source, made_for.macro), judged, read.computer, listed=made_for.listed)
    if problems:
        raise InvalidTemplateError(problems)
    return Expansion(expanded, frozenset().union(*(own.used_up for own in made_of.values())))


def _structure(
    template: Json, expansion: circles.Expansion, computer: computed.Computer, *, listed: bool
) -> list[Problem]:
    """Return problems with the names in a template, and with circular dependencies in its expansion."""
    names = expansion.resources.keys()
    wrong = [
        *structure.duplicates(template, names, expansion.made),
        *(structure.unresolved(template, names, expansion.sites) if listed else ()),
        *islice(loops.computed_sites(template, expansion.sites, computer), structure.MAX_TOLD),
    ]
    return wrong or circles.check(expansion, computer.taken)


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
    return dict(_read_template(template, made_for).specs)


def _read_template(template: object, made_for: Deployment) -> ReadTemplate:
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
    check_attributes(name, resource, path, reader)
    spec = site_spec.read(resource.get("Properties", {}), f"{path}.Properties", reader)
    site_checks.check(known_values.known(spec, reader), f"{path}.Properties", reader)
    problems += reader.problems
    return replace(spec, teardown=spec.teardown.under(resource.get("DeletionPolicy")))


def _check_references(template: object, specs: Mapping[str, SiteSpec], problems: list[Problem]) -> None:
    """Add problems of the references, although the sites can't be built: all problems are reported together."""
    rewriter = Rewriter({name: Target(dict.fromkeys(available(spec), "")) for name, spec in specs.items()}, NEEDS)
    rewriter.template(template)  # type: ignore[arg-type]
    problems += rewriter.problems


@dataclass(frozen=True)
class _Made:
    """What is made of a site: its resources as template JSON, and the parameters that the expansion has used up.

    `named` is what each resource's properties refer to: collected once, as several steps ask for it.
    """

    definitions: dict[str, Json]
    used_up: list[str]
    named: dict[str, set[str]]


def _made(
    context: Context,
    made: site.Site,
    spec: SiteSpec,
    compact: Mapping[str, Any],
    hidden: Set[str],
    problems: list[Problem],
    *,
    extended: bool,
) -> _Made:
    """Return a site's resources: tagged, overridden, with the compact resource's own attributes."""
    definitions: dict[str, Json] = {}
    tags = _tags(context, spec)
    for resource in made.resources:
        if resource.title in definitions:
            raise AssertionError(f"two resources of the site are called {resource.title}")
        definitions[resource.title] = tagged(resource, encoded(resource), tags)
    problems += derived_limits.check(context.site, definitions)
    path = f"Resources.{context.site}.Properties.Overrides"
    overridden = overrides.apply(context.site, definitions, encoded(dict(spec.overrides or {})), path, problems)
    if isinstance(spec.overrides, Mapping):
        problems += overridden_checks.check(context.site, overridden, spec.overrides)
    first = made.resources[0].title
    named = {name: references(body.get("Properties", {})) for name, body in overridden.items()}
    used_up = _used_up(compact, overridden, named, hidden)
    overridden[first] = _with_parameters(overridden[first], used_up)
    attributes = {k: v for k, v in compact.items() if k in COMPACT_ATTRIBUTES}
    # Run once for the stores' policies, which update protection needs, and once for the protection's resources.
    taken = language_extensions.as_it_takes if extended else dict
    guarded = protected(context, taken(carry_over(attributes, overridden)), enabled=spec.update_protection)
    named |= {name: references(guarded[name]["Properties"]) for name in guarded.keys() - named.keys()}
    return _Made(taken(carry_over(attributes, guarded)), used_up, named)


def _tags(context: Context, spec: SiteSpec) -> list[Json]:
    own = {"Key": SITE_TAG, "Value": encoded(site_name(context))}
    return [own, *(tag for tag in encoded(list(spec.tags)) if tag["Key"] != SITE_TAG)]


def _user(
    name: str, spec: SiteSpec, built: site.Site, made: _Made, compact: Mapping[str, Any]
) -> shared_functions.UsingSite:
    return shared_functions.UsingSite(
        name,
        referred=set().union(*made.named.values()),
        roles=spec.security.roles,
        retention_days=spec.monitoring.log_retention_days,
        tags=encoded(list(spec.tags)),
        alarm_topic=built.attributes["AlarmTopicArn"],
        condition=compact.get("Condition"),
    )


def _used_up(
    compact: Mapping[str, Any], definitions: Mapping[str, Json], named: Mapping[str, Set[str]], hidden: Set[str]
) -> list[str]:
    """Return the parameters that a site refers to but its resources don't, without the `hidden` ones.

    `named` is what the resources' properties refer to.
    """
    others = [{key: item for key, item in body.items() if key != "Properties"} for body in definitions.values()]
    left = references(others).union(*named.values())
    return [name for name in sorted(references(compact.get("Properties", {})) - left - hidden) if "::" not in name]


def _with_parameters(definition: Json, used_up: list[str]) -> Json:
    """Return the definition with the consumed parameters in its Metadata.

    So the stack records the values of the expansion, and linters don't report the parameters as unused. NoEcho does not
    mask values in a resource's Metadata.
    """
    return (
        {**definition, "Metadata": {"ExpandedFor": {name: {"Ref": name} for name in used_up}}}
        if used_up
        else definition
    )


def _merge(
    template: Any,
    resources: Mapping[str, Any],
    definitions: Mapping[str, dict[str, Json]],
    functions: Mapping[str, Json],
    problems: list[Problem],
) -> Json:
    """Return the template with each site replaced by its resources, followed by the shared functions."""
    merged: Json = {}
    for name, body in resources.items():
        for logical_id, definition in definitions.get(name, {name: body}).items():
            if name in definitions and (logical_id in merged or logical_id in resources):
                found = f"{logical_id}, which the site creates, is also the logical id of another resource"
                problems.append(Problem(f"Resources.{name}", found, "rename one of the two"))
            merged[logical_id] = definition
    for logical_id in functions:
        if logical_id in merged:
            found = f"found {logical_id}, which is reserved for a resource that the site's functions need"
            problems.append(Problem(f"Resources.{logical_id}", found, "rename it"))
    return {**template, "Resources": {**merged, **functions}}


def _sinks(made: _Made) -> list[str]:
    """Return the resources that no other resource of the site depends on: they complete the site."""
    awaited = set().union(*made.named.values(), *map(depends_on, made.definitions.values()))
    return [logical_id for logical_id in made.definitions if logical_id not in awaited]
