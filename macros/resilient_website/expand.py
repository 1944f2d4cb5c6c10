"""Expands every ResilientWebsite of a template: parse them all, build them, merge, rewrite the references.

A pure function of its arguments: no clock, no network, no environment, no randomness. The Lambda function and the
command line both call it, and so create the same resources.
"""

from collections.abc import Mapping
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from resilient_website import shared_functions, site
from resilient_website.attributes import NEEDS
from resilient_website.cloudformation import (
    circles,
    computed,
    host_names,
    language_extensions,
    limits,
    loops,
    role_limits,
    structure,
)
from resilient_website.cloudformation.declared_parameters import no_echo
from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.rewriting import Rewriter, Target
from resilient_website.cloudformation.transforms import without_macro
from resilient_website.context import Context
from resilient_website.functions.code import FunctionCode, Layer
from resilient_website.names_elsewhere import names_elsewhere
from resilient_website.problems import InvalidTemplateError, Problem
from resilient_website.read_template import DEFAULT_MACRO, Deployment, ReadTemplate, read_template
from resilient_website.site_resources import SiteResources, completed_by, site_resources, using_site

Json = dict[str, Any]


class Expansion(NamedTuple):
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
    account: str = "",
    listed: bool = True,
) -> Json:
    """Return the template with every site expanded, and without the macro's own name in `Transform`.

    `template` is the parsed JSON, with intrinsic functions in their long form; `parameters` are the values of the
    template's parameters; `region` is the Region of the deployment; `macro` is the name of the installed macro. `code`
    says how the stack gets the code of the sites' functions, as in `Layer(arn)`; without it, the result can be read but
    not deployed. `account` is the id of the template's account, if known. `listed` is true if the template still has
    its Transform section: the macro's event has none, and so the names that later transforms add are not known. Raises
    InvalidTemplateError with every problem of every site.
    """
    made_for = Deployment(parameters, region, macro, code, account=account, listed=listed)
    return expansion(template, made_for).template


def expansion(template: object, made_for: Deployment) -> Expansion:
    """Return the result of `expand_template` with the consumed parameters. Raises the same errors."""
    problems: list[Problem] = []
    read = read_template(template, made_for)
    contexts = {
        name: Context(name, made_for.region, spec.version, spec.security.roles) for name, spec in read.specs.items()
    }
    built = _built(read, contexts)
    own = _own_resources(template, read, contexts, built, made_for, problems)
    functions = _functions(read, built, own, made_for, problems)
    merged = _merge(template, read.resources, own, functions, problems)
    targets = {name: Target(encoded(dict(each.attributes)), completed_by(own[name])) for name, each in built.items()}
    rewriter = Rewriter(targets, NEEDS)
    named = {logical_id: found for each in own.values() for logical_id, found in each.named.items()}
    expanded = rewriter.template(without_macro(merged, made_for.macro), named)
    made = {logical_id: name for name, each in own.items() for logical_id in each.definitions}
    problems += [
        *_references(template, read, rewriter, made),
        *limits.check(expanded),
        *role_limits.check(expanded["Resources"], functions),
    ]
    made |= dict.fromkeys(functions, "")
    problems += host_names.check(expanded["Resources"], made)
    searched = circles.Input(read.resources, made, merged["Resources"], expanded["Resources"], targets, named)
    source: Any = template
    problems += _structure(without_macro(source, made_for.macro), searched, read.computer, listed=made_for.listed)
    if problems:
        raise InvalidTemplateError(problems)
    return Expansion(expanded, frozenset().union(*(each.used_up for each in own.values())))


def _built(read: ReadTemplate, contexts: Mapping[str, Context]) -> dict[str, site.Site]:
    """Return the resources of every site as troposphere objects. Raises InvalidTemplateError for too many in all."""
    built = {name: site.build(contexts[name], spec) for name, spec in read.specs.items()}
    limits.refuse_too_many(len(read.resources) - len(built) + sum(len(each.resources) for each in built.values()))
    return built


def _own_resources(
    template: object,
    read: ReadTemplate,
    contexts: Mapping[str, Context],
    built: Mapping[str, site.Site],
    made_for: Deployment,
    problems: list[Problem],
) -> dict[str, SiteResources]:
    """Return each site's resources as template JSON, by the site's logical id. Adds to `problems`."""
    hidden = no_echo(template)
    extended = language_extensions.listed(template) or language_extensions.used(template)
    return {
        name: site_resources(
            contexts[name],
            each,
            read.specs[name],
            read.resources[name],
            hidden,
            problems,
            extended=extended,
            template=template,
            elsewhere=partial(names_elsewhere, template, made_for, name, read.specs[name]),
        )
        for name, each in built.items()
    }


def _functions(
    read: ReadTemplate,
    built: Mapping[str, site.Site],
    own: Mapping[str, SiteResources],
    made_for: Deployment,
    problems: list[Problem],
) -> Mapping[str, Json]:
    """Return the functions that the sites of the template share, with their roles and alarms."""
    users = [using_site(name, read.specs[name], each, own[name], read.resources[name]) for name, each in built.items()]
    problems += shared_functions.disagreements(users)
    return shared_functions.build(users, made_for.code or Layer.any())


def _references(template: Any, read: ReadTemplate, rewriter: Rewriter, made: Mapping[str, str]) -> list[Problem]:
    """Return the problems of the references to sites, at their places in the user's template."""
    if not rewriter.problems:
        return []
    written = Rewriter(rewriter.targets, NEEDS)
    written.template(template)
    # Where a site is called as a resource of another, what that one's own resources refer to is the wrong one.
    return written.problems or [each for each in rewriter.problems if made.keys().isdisjoint(read.resources)]


def _structure(template: Json, expansion: circles.Input, computer: computed.Computer, *, listed: bool) -> list[Problem]:
    """Return problems with the names in a template, and with circular dependencies in its expansion."""
    names = expansion.resources.keys()
    named = {*names, *expansion.sites}
    wrong = [
        *structure.duplicates(template, named, expansion.made),
        *structure.misplaced(template, named, {name: each.attributes for name, each in expansion.sites.items()}),
        *(structure.unresolved(template, names, expansion.sites) if listed else ()),
        *islice(loops.computed_sites(template, expansion.sites, computer), structure.MAX_REFERENCE_PROBLEMS),
    ]
    return wrong or circles.check(expansion, computer.taken)


def _merge(
    template: Any,
    resources: Mapping[str, Any],
    own: Mapping[str, SiteResources],
    functions: Mapping[str, Json],
    problems: list[Problem],
) -> Json:
    """Return the template with each site replaced by its resources, followed by the shared functions."""
    merged: Json = {}
    for name, body in resources.items():
        for logical_id, definition in (own[name].definitions if name in own else {name: body}).items():
            if name in own and (logical_id in merged or logical_id in resources):
                found = f"{logical_id}, which the site creates, is also the logical id of another resource"
                problems.append(Problem(f"Resources.{name}", found, "rename one of the two"))
            merged[logical_id] = definition
    for logical_id in functions:
        if logical_id in merged:
            found = f"found {logical_id}, which is reserved for a resource that the site's functions need"
            problems.append(Problem(f"Resources.{logical_id}", found, "rename it"))
    return {**template, "Resources": {**merged, **functions}}
