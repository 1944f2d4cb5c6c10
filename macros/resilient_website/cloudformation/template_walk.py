"""Finds every reference to resources, parameters, mappings and conditions in a template, with its place.

One pass without recursion over the sections that can refer to something, so its time grows with the template's size.
Source: "Intrinsic function reference" in the AWS CloudFormation User Guide.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from resilient_website.cloudformation.encoding import MAPS, PLAIN
from resilient_website.cloudformation.intrinsics import SUB_VARIABLE
from resilient_website.cloudformation.places import Place
from resilient_website.cloudformation.template_checks import LOOP

REF, GET_ATT, SUB, DEPENDS_ON = "Ref", "Fn::GetAtt", "Fn::Sub", "DependsOn"
CONDITION, FIND_IN_MAP = "Condition", "Fn::FindInMap"

# What refers to something by a text; in all others, texts and numbers are only values.
OF_TEXT = frozenset({REF, GET_ATT, SUB, CONDITION})

SECTIONS = ("Rules", "Conditions", "Resources", "Outputs")


class Branch(NamedTuple):
    """The Fn::If branch that contains a value, and the enclosing branch."""

    condition: str
    taken_if: bool
    around: "Branch | None"


class Reference(NamedTuple):
    """One reference: its function or attribute, the name it refers to, and its place.

    `attribute` is what follows a resource's name, if it is a text; `branch` is the Fn::If around the reference.
    """

    kind: str
    name: str
    attribute: str
    place: Place
    branch: Branch | None


class _Visit(NamedTuple):
    value: Any
    place: Place
    variables: frozenset[str]
    branch: Branch | None
    # Whether the map contains the section's entries (resources, outputs, conditions), not the content of one.
    entries: bool = False


def of_template(template: Mapping[str, Any]) -> Iterator[Reference]:
    """Yield the references of a template, section by section, each in the order in which it is written.

    A loop variable's value is not a reference. Names that hold a variable (`Queue${Name}`) are yielded as they are
    written.
    """
    for section in SECTIONS:
        if isinstance(template.get(section), Mapping):
            yield from _walk(_Visit(template[section], (None, section), frozenset(), None, entries=True), section)


def of_resource(body: Any, place: Place) -> Iterator[Reference]:
    """Yield the references of one resource, its attributes included."""
    yield from _walk(_Visit({"": body}, place, frozenset(), None, entries=True), "Resources")


def _walk(first: _Visit, section: str) -> Iterator[Reference]:
    """Yield the references within a part of a section, in the order of the template, without recursion."""
    waiting = [first]
    while waiting:
        visit = waiting.pop()
        value, place, variables, branch, entries = visit
        inner: list[_Visit] = []
        if isinstance(value, MAPS):
            for key, item in value.items():
                where = (place, str(key)) if key else place
                if entries:
                    yield from _entry(str(key), item, where, visit, section, inner)
                elif type(item) not in PLAIN or key in OF_TEXT:
                    yield from _item(str(key), item, where, visit, section, inner)
        elif isinstance(value, list):
            inner = [
                _Visit(item, (place, index), variables, branch)
                for index, item in enumerate(value)
                if type(item) not in PLAIN
            ]
        waiting += reversed(inner)


def _entry(key: str, item: Any, place: Place, visit: _Visit, section: str, inner: list[_Visit]) -> Iterator[Reference]:
    """Read a resource, an output or a condition; or a loop that gives some."""
    if key.startswith(LOOP) and isinstance(item, list) and len(item) == 3:
        variables = visit.variables | _variables(item[0])
        inner.append(_Visit(item[1], (place, 1), visit.variables, visit.branch))
        inner.append(_Visit(item[2], (place, 2), variables, visit.branch, entries=True))
        return
    if isinstance(item, Mapping) and section in ("Resources", "Outputs"):
        if isinstance(item.get(CONDITION), str):
            yield Reference(CONDITION, item[CONDITION], "", (place, CONDITION), visit.branch)
        named = item.get(DEPENDS_ON) if section == "Resources" else None
        for index, name in enumerate([named] if isinstance(named, str) else named if isinstance(named, list) else []):
            if isinstance(name, str):
                where = (place, DEPENDS_ON) if isinstance(named, str) else ((place, DEPENDS_ON), index)
                yield Reference(DEPENDS_ON, name, "", where, visit.branch)
    inner.append(_Visit(item, place, visit.variables, visit.branch))


def _item(key: str, item: Any, place: Place, visit: _Visit, section: str, inner: list[_Visit]) -> Iterator[Reference]:
    """Read the value of one key of a map: a function's argument, or anything else."""
    variables, branch = visit.variables, visit.branch
    if key == REF and isinstance(item, str):
        if item not in variables:
            yield Reference(REF, item, "", place, branch)
    elif key == GET_ATT and (named := get_att(item))[0]:
        if named[0] not in variables:
            yield Reference(GET_ATT, *named, place, branch)
    elif key == SUB and (parts := text_and_variables(item)):
        text, given = parts
        for variable in dict.fromkeys(SUB_VARIABLE.findall(text)):
            name, _, attribute = variable.partition(".")
            if variable not in given and name not in variables:
                yield Reference(SUB, name, attribute, place, branch)
        inner.append(_Visit(given, (place, 1), variables, branch))
        return
    elif key == "Fn::If" and isinstance(item, list) and len(item) == 3 and isinstance(item[0], str):
        yield Reference(CONDITION, item[0], "", (place, 0), branch)
        for index, taken_if in ((1, True), (2, False)):
            around = Branch(item[0], taken_if, branch)
            inner.append(_Visit(item[index], (place, index), variables, around))
        return
    elif key == CONDITION and section == "Conditions" and isinstance(item, str):
        yield Reference(CONDITION, item, "", place, branch)
    elif key == FIND_IN_MAP and isinstance(item, list) and len(item) in (3, 4) and isinstance(item[0], str):
        yield Reference(FIND_IN_MAP, item[0], "", place, branch)
    elif key.startswith(LOOP) and isinstance(item, list) and len(item) == 3:
        inner.append(_Visit(item[1], (place, 1), variables, branch))
        inner.append(_Visit(item[2], (place, 2), variables | _variables(item[0]), branch))
        return
    inner.append(_Visit(item, place, variables, branch))


def get_att(argument: Any) -> tuple[str, str]:
    """Return the name and the attribute of GetAtt, whose attribute may be split.

    Both are empty where the name is computed; the attribute is where that is.
    """
    if isinstance(argument, str):
        name, _, attribute = argument.partition(".")
        return name, attribute
    if isinstance(argument, list) and len(argument) >= 2 and isinstance(argument[0], str):
        known = all(isinstance(part, str) for part in argument)
        return argument[0], ".".join(argument[1:]) if known else ""
    return "", ""


def text_and_variables(argument: Any) -> tuple[str, Mapping[str, Any]] | None:
    """Return the two parts of Fn::Sub's argument; None if malformed."""
    if isinstance(argument, str):
        return argument, {}
    text, variables = argument if isinstance(argument, list) and len(argument) == 2 else (None, {})
    return (text, variables) if isinstance(text, str) and isinstance(variables, Mapping) else None


def _variables(declared: Any) -> frozenset[str]:
    named = declared if isinstance(declared, list) else [declared]
    return frozenset(name for name in named if isinstance(name, str))
