"""Checks names and references as CloudFormation's validation does: each name is defined, and defined once.

Problems refer to places in the user's template, not in the expansion.
"""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice, pairwise
from typing import Any

from resilient_website.cloudformation.language_extensions import LANGUAGE_EXTENSIONS
from resilient_website.cloudformation.places import Place, path
from resilient_website.cloudformation.references import references
from resilient_website.cloudformation.template_checks import LOOP
from resilient_website.cloudformation.template_walk import (
    CONDITION,
    DEPENDS_ON,
    FIND_IN_MAP,
    GET_ATT,
    REF,
    SUB,
    Reference,
    of_template,
)
from resilient_website.cloudformation.transforms import name as name_of
from resilient_website.problems import Problem, known_names, shown

Json = dict[str, Any]

# Source: "Pseudo parameters reference" in the AWS CloudFormation User Guide.
PSEUDO_PARAMETERS = frozenset(
    f"AWS::{name}"
    for name in (
        "AccountId",
        "NotificationARNs",
        "NoValue",
        "Partition",
        "Region",
        "StackId",
        "StackName",
        "URLSuffix",
    )
)

# Maximum number of problems, since each name is compared with all known names.
MAX_REFERENCE_PROBLEMS = 20

# Where no resource can be referred to: the reason, and what to write instead. Sources: "Conditions", "Rules" and
# "Outputs" in "Template sections" of the AWS CloudFormation User Guide.
NOT_OF_RESOURCES = {
    "Conditions": (
        "conditions are evaluated before any resource exists",
        "refer to a parameter, or leave out the reference",
    ),
    "Rules": ("rules are evaluated before any resource exists", "refer to a parameter, or leave out the reference"),
    "Export": (
        "the name of an export can't depend on one",
        "write a name without it, as in !Sub '${AWS::StackName}-Url'",
    ),
}

# Maximum number of name patterns from loops; with more, every name is considered known.
MAX_PATTERNS = 50


def duplicates(template: Mapping[str, Any], resources: Collection[str], made: Mapping[str, str]) -> list[Problem]:
    """Return a problem for each name that a template defines twice.

    `resources` are the logical ids of the expanded template; `made` has the site of each that a site made, or an empty
    text for what sites share. Conditions have names of their own kind. Source: "Parameters section structure and
    syntax" in the AWS CloudFormation User Guide: unique among all logical names within the template.
    """
    problems = []
    for section, noun in (("Parameters", "parameter"), ("Mappings", "mapping")):
        for name in _names(template, section):
            if name in made:
                found = f"found {name}, the logical id of a resource that {made[name] or 'every site'} creates"
                problems.append(Problem(f"{section}.{name}", found, f"rename this {noun}"))
            elif section == "Parameters" and name in resources:
                found = f"found {name}, which is also the logical id of a resource"
                problems.append(Problem(f"{section}.{name}", found, "rename one of the two"))
    return problems


def misplaced(
    template: Mapping[str, Any], resources: Collection[str], attributes: Mapping[str, Mapping[str, Any]]
) -> list[Problem]:
    """Return a problem for each reference to a resource, or a site, where CloudFormation accepts parameters only.

    `resources` are the logical ids of the expanded template and of its sites; `attributes` are the sites' attributes,
    some of which are texts or parameters.
    """
    declared = set(_names(template, "Parameters"))
    sections = {name: content for name, content in template.items() if name != "Resources"}
    problems = (
        Problem(path(each.place), f"found {shown(each.name)}, a resource; {rule}", fix)
        for each in of_template(sections)
        if each.kind in (REF, GET_ATT, SUB)
        and each.name in resources
        and each.name not in declared
        and not _is_known(each, attributes, resources)
        for rule, fix in filter(None, [_rule(each)])
    )
    return list(islice(problems, MAX_REFERENCE_PROBLEMS))


def _is_known(reference: Reference, attributes: Mapping[str, Mapping[str, Any]], resources: Collection[str]) -> bool:
    """Tell whether a reference is to a site's attribute that needs no resource, such as its domain name."""
    value = attributes.get(reference.name, {}).get(reference.attribute or "Url")
    return value is not None and references(value).isdisjoint(resources)


def _rule(reference: Reference) -> tuple[str, str] | None:
    """Return why no resource can be referred to at a place, and what to write; None if one can."""
    keys: list[str | int] = []
    place: Place | None = reference.place
    while place is not None:
        place, key = place
        keys.append(key)
    section = str(keys[-1])
    is_export = section == "Outputs" and ("Name", "Export") in pairwise(keys)
    return NOT_OF_RESOURCES.get("Export" if is_export else section)


def unresolved(template: Mapping[str, Any], resources: Collection[str], sites: Collection[str]) -> list[Problem]:
    """Return a problem for each reference of the user's template to an undefined name.

    `resources` are the logical ids of the expanded template, `sites` those of the sites in this one; `template` has its
    Transform section still. Where another transform than AWS::LanguageExtensions is run after the macro, nothing is
    known about what it adds: none is returned.
    """
    if _others_may_add(template):
        return []
    known = _Known(template, {*resources, *sites})
    problems: list[Problem] = []
    for reference in of_template(template):
        allowed = known.of(reference)
        if allowed is not None and reference.name not in allowed and not known.made_in_a_loop(reference):
            problems.append(_problem(reference, known.proposed(reference, allowed)))
            if len(problems) == MAX_REFERENCE_PROBLEMS:
                break
    return problems


class _Known:
    """The names that each kind of reference can use in a template."""

    def __init__(self, template: Mapping[str, Any], resources: set[str]) -> None:
        parameters = {*_names(template, "Parameters"), *PSEUDO_PARAMETERS}
        self._resources = resources
        written = (*_names(template, "Parameters"), *_names(template, "Resources"))
        self._written = {name for name in written if not name.startswith("Fn::")}
        self._both = resources | parameters
        self._conditions = _closed(template, "Conditions")
        self._mappings = _closed(template, "Mappings")
        self._patterns = list(_patterns(template["Resources"]))

    def of(self, reference: Reference) -> Collection[str] | None:
        """Return the names that a reference can use; None if they can't be known."""
        if "${" in reference.name or "&{" in reference.name:
            return None
        if reference.kind == CONDITION:
            return self._conditions
        if reference.kind == FIND_IN_MAP:
            return self._mappings
        if reference.kind in (DEPENDS_ON, GET_ATT) or (reference.kind == SUB and reference.attribute):
            return self._resources
        return self._both

    def proposed(self, reference: Reference, allowed: Collection[str]) -> Collection[str]:
        """Return the names that a fix lists: those in the user's template, not the hundreds that sites create."""
        if reference.name.startswith("AWS::"):
            return PSEUDO_PARAMETERS
        return {name for name in allowed if name in self._written or reference.kind in (CONDITION, FIND_IN_MAP)}

    def made_in_a_loop(self, reference: Reference) -> bool:
        """Tell whether a loop may create what a reference names."""
        if reference.kind in (CONDITION, FIND_IN_MAP):
            return False
        name = reference.name
        return len(self._patterns) > MAX_PATTERNS or any(
            name.startswith(before) and name.endswith(after) for before, after in self._patterns
        )


def _problem(reference: Reference, proposed: Collection[str]) -> Problem:
    """Return the problem of a reference to nothing, with the nearest of the proposed names."""
    name = shown(reference.name)
    if reference.kind == CONDITION:
        found = f"found the condition {name}, which the template does not define"
    elif reference.kind == FIND_IN_MAP:
        found = f"found the mapping {name}, which the template does not define"
    elif reference.kind in (DEPENDS_ON, GET_ATT) or reference.attribute:
        found = f"found {name}, which is not a resource of the template"
    elif _rule(reference):
        found = f"found {name}, which is not a parameter of the template"
    else:
        found = f"found {name}, which is not a resource or parameter of the template"
    return Problem(
        path(reference.place),
        found,
        known_names(reference.name, proposed) if proposed else "define it, or leave out the reference",
    )


def _names(template: Mapping[str, Any], section: str) -> list[str]:
    declared = template.get(section)
    return [str(name) for name in declared] if isinstance(declared, Mapping) else []


def _closed(template: Mapping[str, Any], section: str) -> Collection[str] | None:
    """Return the names of a section; None where a function or a loop in it adds some."""
    names = _names(template, section)
    return None if any(name.startswith("Fn::") for name in names) else set(names)


def _patterns(resources: Any) -> Iterator[tuple[str, str]]:
    """Yield the prefix and the suffix of the logical ids that loops create."""
    if not isinstance(resources, Mapping):
        return
    for key, body in resources.items():
        if str(key).startswith(LOOP) and isinstance(body, list) and len(body) == 3:
            for name in body[2] if isinstance(body[2], Mapping) else ():
                if not str(name).startswith(LOOP):
                    before, _, after = str(name).replace("&{", "${").partition("${")
                    yield before, after.rpartition("}")[2]
            yield from _patterns(body[2])


def _others_may_add(template: Mapping[str, Any]) -> bool:
    """Tell whether a later transform may add resources, parameters or conditions."""
    declared = template.get("Transform")
    listed = declared if isinstance(declared, list) else [declared]
    # AWS::LanguageExtensions creates resources only by loops, which can be read here. Other transforms can create any.
    return any(name_of(entry) not in (None, LANGUAGE_EXTENSIONS) for entry in listed) or _has_snippet(template)


def _has_snippet(template: Mapping[str, Any]) -> bool:
    waiting: list[Any] = [template]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if "Fn::Transform" in value:
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False
