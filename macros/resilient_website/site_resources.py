"""The resources of one site as template JSON: tagged, overridden, and with the compact resource's own attributes."""

from collections.abc import Callable, Mapping, Set
from typing import Any, NamedTuple

from resilient_website import shared_functions, site
from resilient_website.cloudformation import derived_limits, language_extensions, overridden_checks, overrides
from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.references import depends_on, of_attributes, references
from resilient_website.context import Context
from resilient_website.problems import Problem
from resilient_website.reading.compact_resource import COMPACT_ATTRIBUTES, carry_over
from resilient_website.site_declared import declared
from resilient_website.site_spec import SiteSpec
from resilient_website.tiers.database.instances import PRIMARY
from resilient_website.tiers.tags import SITE_TAG, site_name, tagged
from resilient_website.tiers.update_protection import Copy, protected
from resilient_website.tiers.web_servers.canary_overrides import with_canary

Json = dict[str, Any]


class SiteResources(NamedTuple):
    """What is made of a site: its resources as template JSON, and the parameters that the expansion has used up.

    `named` is what each resource refers to, in its attributes and in DependsOn too: collected once, as several steps
    ask for it. `referred` is what the properties of all refer to.
    """

    definitions: dict[str, Json]
    used_up: list[str]
    named: dict[str, set[str]]
    referred: set[str]


def site_resources(
    context: Context,
    made: site.Site,
    spec: SiteSpec,
    compact: Mapping[str, Any],
    hidden: Set[str],
    problems: list[Problem],
    *,
    extended: bool,
    template: object,
    elsewhere: Callable[[], Set[str]],
) -> SiteResources:
    """Return a site's resources: tagged, overridden, with the compact resource's own attributes.

    `hidden` are the template's parameters with NoEcho, `template` is the one that the site is in, and
    `elsewhere` returns the logical ids of the resources that either half has.
    """
    definitions: dict[str, Json] = {}
    tags = _tags(context, spec)
    for resource in made.resources:
        if resource.title in definitions:
            raise AssertionError(f"two resources of the site are called {resource.title}")
        definitions[resource.title] = tagged(resource, encoded(resource), tags)
    problems += derived_limits.check(context.site, definitions)
    path = f"Resources.{context.site}.Properties.Overrides"
    wanted = with_canary(encoded(dict(spec.overrides or {})), {name.removeprefix(context.site) for name in definitions})
    overridden = overrides.apply(context.site, definitions, wanted, path, problems, elsewhere)
    if isinstance(spec.overrides, Mapping):
        problems += overridden_checks.check(context.site, overridden, spec.overrides)
    for title, parameter in declared(context, spec, compact.get("Properties", {}), overridden, template).items():
        overridden[title] = tagged(parameter, encoded(parameter), tags)
    first = made.resources[0].title
    by_properties = {name: references(body.get("Properties", {})) for name, body in overridden.items()}
    used_up = _used_up(compact, overridden, by_properties, hidden)
    overridden[first] = _with_parameters(overridden[first], used_up)
    attributes = {k: v for k, v in compact.items() if k in COMPACT_ATTRIBUTES}
    # Run once for the stores' policies, which update protection needs, and once for the protection's resources.
    taken = language_extensions.as_it_takes if extended else dict
    guarded = protected(
        context,
        taken(carry_over(attributes, overridden)),
        enabled=spec.update_protection,
        replicas=_replicas(context, spec),
        copy=_copy(context, spec),
    )
    by_properties |= {name: references(guarded[name]["Properties"]) for name in guarded.keys() - by_properties.keys()}
    finished = taken(carry_over(attributes, guarded))
    named = {name: by_properties[name].union(of_attributes(body), depends_on(body)) for name, body in finished.items()}
    return SiteResources(finished, used_up, named, set().union(*by_properties.values()))


def _replicas(context: Context, spec: SiteSpec) -> list[str]:
    """Return the databases that may be replaced by a replica of the other half's: Secondary.Replica asks for it."""
    asked = spec.secondary is not None and spec.secondary.replica and spec.database is not None
    return [context.id(PRIMARY)] if asked else []


def _copy(context: Context, spec: SiteSpec) -> Copy | None:
    """Return the copy in another Region, whose removal the protection may refuse; None without one or a database."""
    half = spec.half
    if half is None or half.spec.region is None or spec.database is None:
        return None
    return Copy(half.spec.region, context.id(PRIMARY), is_active=half.is_active is half.is_secondary)


def _tags(context: Context, spec: SiteSpec) -> list[Json]:
    own = {"Key": SITE_TAG, "Value": encoded(site_name(context))}
    return [own, *(tag for tag in encoded(list(spec.tags)) if tag["Key"] != SITE_TAG)]


def using_site(
    name: str, spec: SiteSpec, built: site.Site, made: SiteResources, compact: Mapping[str, Any]
) -> shared_functions.UsingSite:
    """Return what the functions that a template's sites share need to know about a site."""
    return shared_functions.UsingSite(
        name,
        referred=made.referred,
        roles=spec.security.roles,
        retention_days=spec.monitoring.log_retention_days,
        tags=encoded(list(spec.tags)),
        alarm_topic=built.attributes["AlarmTopicArn"],
        condition=compact.get("Condition"),
    )


def _used_up(
    compact: Mapping[str, Any],
    definitions: Mapping[str, Json],
    by_properties: Mapping[str, Set[str]],
    hidden: Set[str],
) -> list[str]:
    """Return the parameters that a site refers to but its resources don't, without the `hidden` ones.

    `by_properties` is what each resource's properties refer to.
    """
    left = set().union(*by_properties.values(), *map(of_attributes, definitions.values()))
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


def completed_by(made: SiteResources) -> list[str]:
    """Return the resources that no other resource of the site depends on: they complete the site."""
    awaited = set().union(*made.named.values())
    return [logical_id for logical_id in made.definitions if logical_id not in awaited]
