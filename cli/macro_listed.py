"""Reject a template with sites whose `Transform` does not list the macro, as CloudFormation does."""

from collections.abc import Mapping, Sequence
from typing import Any

from resilient_website.cloudformation import snippets
from resilient_website.cloudformation.transforms import own_name
from resilient_website.problems import InvalidTemplateError, Problem, shown
from resilient_website.read_template import DEFAULT_MACRO, sites

# How similar a name is that is taken for the macro's, from 0 to 1; with a word behind it, it is another macro's.
MISSPELT = 0.9


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
    raise InvalidTemplateError(
        [Problem("Transform", f"found {shown(declared)}, which does not list {usual}", _advice(listed, usual))]
    )


def _advice(listed: Sequence[str], usual: str) -> str:
    """Return what to write for transforms among which the macro is not, or is misspelt."""
    if any(name.strip().lower() == usual.lower() for name in listed):
        return f"did you mean {usual}?"
    from difflib import get_close_matches  # noqa: PLC0415  # only a template with problems needs it

    near = get_close_matches(usual, [name for name in listed if not name.startswith("AWS::")], n=1, cutoff=MISSPELT)
    if near:
        return f"did you mean {usual}? If the macro is installed as {near[0]}, give --macro {near[0]}"
    return f"write Transform: [{', '.join([usual, *listed])}]"


def _is_it(name: str, macro: str | None) -> bool:
    if macro is not None or name == DEFAULT_MACRO:
        return name == (macro or DEFAULT_MACRO)
    return not name.startswith("AWS::") and name.lower() != DEFAULT_MACRO.lower()
