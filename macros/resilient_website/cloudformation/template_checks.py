"""Checks a template's sections and resources before any site is read, so that no misspelt one is silently ignored."""

from collections.abc import Iterator, Mapping
from typing import Any

from resilient_website.problems import Problem, known_names, nearest, shown

TYPES = ("ResilientWebsite", "Custom::ResilientWebsite")

# Source: "CloudFormation template sections" in the AWS CloudFormation User Guide; Hooks of "Perform ECS blue/green
# deployments" there; Globals of the AWS SAM Developer Guide.
SECTIONS = (
    *("AWSTemplateFormatVersion", "Conditions", "Description", "Globals", "Hooks", "Mappings", "Metadata", "Outputs"),
    *("Parameters", "Resources", "Rules", "Transform"),
)

LOOP = "Fn::ForEach::"

# How similar a type must be to count as a typo of ours. CloudFormation's types all contain `::`; a type with a single
# `::` may be a custom resource, so it must be more similar.
NEAR, NEARER = 0.8, 0.95

# Maximum length of a custom resource's type, the longest that can be a typo of ours. Source:
# "AWS::CloudFormation::CustomResource".
MAX_TYPE_LENGTH = 60


def check(template: Mapping[str, Any], resources: Mapping[str, Any]) -> list[Problem]:
    """Return problems with the names of sections, and those that prevent resources from being read as sites."""
    conditions = template.get("Conditions")
    return [*_sections(template)] + [
        problem
        for name, body in resources.items()
        for problem in (*_body(f"Resources.{name}", name, body), *_condition(f"Resources.{name}", body, conditions))
    ]


def _sections(template: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield misspelt names of sections. CloudFormation refuses them too, but only when the template is deployed."""
    for name in map(str, template):
        for meant in nearest(name, SECTIONS, cutoff=NEAR) if name not in SECTIONS else ():
            yield Problem(name, "found a section that CloudFormation doesn't have", f"did you mean {meant}?")


def _body(path: str, name: str, body: Any) -> Iterator[Problem]:
    """Yield what is wrong with one entry of Resources: a resource, a loop, or a function."""
    if name.startswith(LOOP):
        if _has_site(body):
            found = "found a site in a loop; loops are evaluated after the macro runs"
            yield Problem(path, found, "write each site as a separate resource")
    elif name.startswith("Fn::"):
        return
    elif not isinstance(body, Mapping):
        yield Problem(path, f"found {shown(body)}", "write a map with the resource's Type and its Properties")
    elif not isinstance(body.get("Type"), str):
        found = f"found {shown(body['Type'])}" if "Type" in body else "missing"
        yield Problem(f"{path}.Type", found, f"name a type, as in Type: {TYPES[0]}")
    elif _is_near(body["Type"]):
        meant = TYPES[body["Type"].lower().startswith("custom::")]
        yield Problem(
            f"{path}.Type",
            f"found {shown(body['Type'])}, a type that the macro doesn't expand",
            f"did you mean {meant}?",
        )


def _condition(path: str, body: Any, conditions: Any) -> Iterator[Problem]:
    """Yield a problem for a site with an undefined condition, which would be copied to all its resources."""
    name = body.get("Condition") if isinstance(body, Mapping) and body.get("Type") in TYPES else None
    known = conditions if isinstance(conditions, Mapping) else {}
    # Conditions added by other transforms can't be known.
    if isinstance(name, str) and name not in known and not any(key.startswith("Fn::") for key in known):
        advice = known_names(name, known) if known else "define it under Conditions, or leave it out"
        yield Problem(f"{path}.Condition", f"found {shown(name)}, which is not a condition of the template", advice)


def _has_site(node: Any) -> bool:
    """Tell whether a part of a template contains a site."""
    if isinstance(node, Mapping):
        return node.get("Type") in TYPES or any(map(_has_site, node.values()))
    return isinstance(node, list) and any(map(_has_site, node))


def _is_near(type_name: str) -> bool:
    """Tell whether a type is a misspelling of ours."""
    *before, own = type_name.split("::")
    if type_name in TYPES or len(before) > 1 or len(type_name) > MAX_TYPE_LENGTH:
        return False
    from difflib import SequenceMatcher  # noqa: PLC0415  # only a resource of an unknown type needs it

    likeness = SequenceMatcher(None, own.lower(), TYPES[0].lower()).ratio()
    return likeness >= (NEARER if before else NEAR)
