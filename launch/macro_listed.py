"""Refuses a template whose sites no macro would expand, as CloudFormation does: `Transform` does not list it."""

from collections.abc import Mapping
from typing import Any

from launch.rewriting import found
from resilient_website.expand import DEFAULT_MACRO, sites
from resilient_website.problems import InvalidTemplateError, Problem, shown


def require_macro(template: Mapping[str, Any], macro: str | None = None) -> None:
    """Raise InvalidTemplateError if a template has sites and does not list the macro, which is installed as `macro`.

    Without that name, any macro may be the one, but for a name that differs from the usual one in capitals only. A
    macro that is called by `Fn::Transform`, anywhere, counts.
    """
    resources = template.get("Resources")
    if not isinstance(resources, Mapping) or not sites(resources):
        return
    declared = template.get("Transform")
    listed = [_name(entry) for entry in (declared if isinstance(declared, list) else [declared]) if entry is not None]
    called = [_name(each["Fn::Transform"]) for each in found(template, lambda value: "Fn::Transform" in value)]
    usual = macro or DEFAULT_MACRO
    if any(_is_it(name, macro) for name in (*listed, *called)):
        return
    if not listed:
        raise InvalidTemplateError([Problem("Transform", "missing", f"write Transform: {usual}")])
    misspelt = any(name.lower() == usual.lower() for name in listed)
    advice = f"did you mean {usual}?" if misspelt else f"write Transform: [{', '.join([usual, *listed])}]"
    raise InvalidTemplateError([Problem("Transform", f"found {shown(declared)}, which does not list {usual}", advice)])


def _is_it(name: str, macro: str | None) -> bool:
    if macro is not None or name == DEFAULT_MACRO:
        return name == (macro or DEFAULT_MACRO)
    return not name.startswith("AWS::") and name.lower() != DEFAULT_MACRO.lower()


def _name(entry: Any) -> str:
    """Return the name of a transform, without the account that a macro of another one has before it."""
    name = entry.get("Name") if isinstance(entry, Mapping) else entry
    return str(name).rpartition("::")[2] if not str(name).startswith("AWS::") else str(name)
