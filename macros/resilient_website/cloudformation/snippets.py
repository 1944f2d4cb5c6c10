"""Finds transforms called for a part of a template (`Fn::Transform`) that prevent a site's expansion.

CloudFormation runs the innermost transform first, and passes each only the siblings of its call. So the macro sees the
results of transforms in a site, never the calls; and it can't be called this way itself, since it needs the whole
template. Source: "Template macros" in the AWS CloudFormation User Guide, and its page on Fn::Transform.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from resilient_website.cloudformation.encoding import MAPS, PLAIN
from resilient_website.cloudformation.places import Place, path
from resilient_website.cloudformation.transforms import own_name
from resilient_website.problems import Problem

CALL = "Fn::Transform"


class Called(NamedTuple):
    """A call of a transform: where it is, and which one it calls."""

    path: str
    name: str


def calls(value: Any, place: Place) -> Iterator[Called]:
    """Yield the calls of transforms in a part of a template, in the order in which they are written."""
    waiting = [(value, place)]
    while waiting:
        held, where = waiting.pop()
        inner: list[tuple[Any, Place]] = []
        if isinstance(held, MAPS):
            if CALL in held:
                yield Called(path((where, CALL)), own_name(held[CALL]))
            inner = [(item, (where, str(key))) for key, item in held.items() if type(item) not in PLAIN]
        elif isinstance(held, list):
            inner = [(item, (where, index)) for index, item in enumerate(held) if type(item) not in PLAIN]
        waiting += reversed(inner)


def of_template(template: Mapping[str, Any]) -> Iterator[Called]:
    """Yield the calls of transforms anywhere in a template."""
    if CALL in template:
        yield Called(CALL, own_name(template[CALL]))
    for section, part in template.items():
        yield from calls(part, (None, str(section)))


def in_sites(resources: Mapping[str, Any], sites: Collection[str], macro: str) -> dict[str, list[Problem]]:
    """Return, by the site's logical id, the problems of sites in which transforms are called.

    CloudFormation runs them before the macro: only the command line sees them, and it can't run them.
    """
    found = {name: list(calls(resources[name], ((None, "Resources"), name))) for name in sites}
    return {name: [_in_site(each, macro) for each in held] for name, held in found.items() if held}


def _in_site(called: Called, macro: str) -> Problem:
    if called.name == macro:
        return of_macro(called, macro)
    found = f"found a call of the transform {called.name}, which CloudFormation runs before the macro"
    advice = "deploy the template as it is, or write that transform's result: this command can't run it"
    return Problem(called.path, found, advice)


def of_macro(called: Called, macro: str) -> Problem:
    """Return the problem of a template that calls the macro for a part of it."""
    found = f"found a call of {macro}, which passes only the section around it; the macro needs the whole template"
    return Problem(called.path, found, f"list it at the top of the template instead: {listing(macro)}")


def listing(macro: str) -> str:
    """Return how a template lists the macro."""
    return f"Transform: {macro}"
