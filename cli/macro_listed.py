"""Reject a template with sites whose `Transform` does not list the macro, as CloudFormation does."""

from collections.abc import Mapping
from typing import Any

from resilient_website.cloudformation import snippets
from resilient_website.cloudformation.transforms import own_name
from resilient_website.problems import InvalidTemplateError, Problem, shown
from resilient_website.read_template import DEFAULT_MACRO, sites


def require_macro(template: Mapping[str, Any], macro: str | None = None) -> None:
    """Raise InvalidTemplateError if a template has sites but does not list the macro, installed as `macro`.

    Without `macro`, any macro is accepted, except a name that differs from the default one only in case. The macro
    can't be called for a part of the template, with `Fn::Transform`.
    """
    resources = template.get("Resources")
    if not isinstance(resources, Mapping) or not sites(resources):
        return
    declared = template.get("Transform")
    listed = [
        own_name(entry) for entry in (declared if isinstance(declared, list) else [declared]) if entry is not None
    ]
    usual = macro or DEFAULT_MACRO
    called = snippets.of_template(template)
    problems = [snippets.of_macro(each, usual) for each in called if each.name == usual]
    if problems:
        raise InvalidTemplateError(problems)
    if any(_is_it(name, macro) for name in listed):
        return
    if not listed:
        raise InvalidTemplateError([Problem("Transform", "missing", f"write Transform: {usual}")])
    misspelt = any(name.strip().lower() == usual.lower() for name in listed)
    advice = f"did you mean {usual}?" if misspelt else f"write Transform: [{', '.join([usual, *listed])}]"
    raise InvalidTemplateError([Problem("Transform", f"found {shown(declared)}, which does not list {usual}", advice)])


def _is_it(name: str, macro: str | None) -> bool:
    if macro is not None or name == DEFAULT_MACRO:
        return name == (macro or DEFAULT_MACRO)
    return not name.startswith("AWS::") and name.lower() != DEFAULT_MACRO.lower()
