"""Checks a template's resources before any site is read: a site that would be passed over without a word is told."""

from collections.abc import Iterator, Mapping
from typing import Any

from resilient_website.problems import Problem, known_names, shown

TYPES = ("ResilientWebsite", "Custom::ResilientWebsite")

LOOP = "Fn::ForEach::"

# How much a type has to be like ours to be taken for a slip of the pen. CloudFormation's own all have `::`; one with a
# single `::` may be somebody's custom resource, so it has to be nearer.
NEAR, NEARER = 0.8, 0.95

# Of a custom resource's type, which is the longest that can be ours. Source: "AWS::CloudFormation::CustomResource".
MAX_TYPE_LENGTH = 60


def check(template: Mapping[str, Any], resources: Mapping[str, Any]) -> list[Problem]:
    """Return what keeps resources of the template from being read as sites, or as resources at all."""
    conditions = template.get("Conditions")
    return [
        problem
        for name, body in resources.items()
        for problem in (*_body(f"Resources.{name}", name, body), *_condition(f"Resources.{name}", body, conditions))
    ]


def _body(path: str, name: str, body: Any) -> Iterator[Problem]:
    if name.startswith(LOOP):
        if _has_site(body):
            found = "found a site in a loop, which is run after the macro"
            yield Problem(path, found, "write each site out, as a resource of its own")
    elif name.startswith("Fn::"):
        return
    elif not isinstance(body, Mapping):
        yield Problem(path, f"found {shown(body)}", "write a map with the resource's Type and its Properties")
    elif not isinstance(body.get("Type"), str):
        found = f"found {shown(body['Type'])}" if "Type" in body else "missing"
        yield Problem(f"{path}.Type", found, f"name a type, as in Type: {TYPES[0]}")
    elif _is_near(body["Type"]):
        meant = TYPES["::" in body["Type"]]
        yield Problem(f"{path}.Type", f"found {shown(body['Type'])}, which nobody expands", f"did you mean {meant}?")


def _condition(path: str, body: Any, conditions: Any) -> Iterator[Problem]:
    """Yield a problem if a site is there under a condition that nothing defines: each of its resources would be."""
    name = body.get("Condition") if isinstance(body, Mapping) and body.get("Type") in TYPES else None
    known = conditions if isinstance(conditions, Mapping) else {}
    # Conditions that come from elsewhere can't be known.
    if isinstance(name, str) and name not in known and not any(key.startswith("Fn::") for key in known):
        advice = known_names(name, known) if known else "define it under Conditions, or leave it out"
        yield Problem(f"{path}.Condition", f"found {shown(name)}, which is no condition of the template", advice)


def _has_site(node: Any) -> bool:
    """Tell whether a site stands anywhere below a part of a template."""
    if isinstance(node, Mapping):
        return node.get("Type") in TYPES or any(map(_has_site, node.values()))
    return isinstance(node, list) and any(map(_has_site, node))


def _is_near(type_name: str) -> bool:
    """Tell whether a type is ours but for its spelling."""
    if len(type_name) > MAX_TYPE_LENGTH:
        return False
    from difflib import SequenceMatcher  # noqa: PLC0415  # only a resource of an unknown type needs it

    *before, own = type_name.split("::")
    likeness = SequenceMatcher(None, own.lower(), TYPES[0].lower()).ratio()
    return type_name not in TYPES and len(before) <= 1 and likeness >= (NEARER if before else NEAR)
