"""Finds references to sites with names computed by a loop: loops run after the macro has replaced the sites."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from resilient_website.cloudformation.computed import Computer, NotKnownError
from resilient_website.cloudformation.encoding import MAPS, PLAIN
from resilient_website.cloudformation.places import Place, path
from resilient_website.cloudformation.template_checks import LOOP
from resilient_website.cloudformation.template_walk import SECTIONS
from resilient_website.problems import Problem

# A name with one variable in it, as in `${Name}Site`; and a name in Fn::Sub that has one, as in `${${Name}Site.Url}`.
COMPUTED_NAME = re.compile(r"^([A-Za-z0-9]{0,255})[$&]\{([A-Za-z0-9]{1,255})\}([A-Za-z0-9]{0,255})")
IN_SUB = re.compile(r"\$\{([A-Za-z0-9]{0,255}[$&]\{[A-Za-z0-9]{1,255}\}[A-Za-z0-9]{0,255})[.}]")

Values = Mapping[str, Collection[str]]


def computed_sites(template: Mapping[str, Any], sites: Collection[str], computer: Computer) -> Iterator[Problem]:
    """Yield a problem for each reference in a loop that names a site by the loop's variable."""
    for section in SECTIONS:
        waiting: list[tuple[Any, Place, Values]] = [(template.get(section), (None, section), {})]
        while waiting:
            value, place, loops = waiting.pop()
            if isinstance(value, list):
                waiting += [(item, (place, at), loops) for at, item in enumerate(value) if type(item) not in PLAIN]
            if not isinstance(value, MAPS):
                continue
            for key, item in value.items():
                where = (place, str(key))
                if loops and any(_site(name, loops, sites) for name in _names(str(key), item)):
                    advice = "write out the references, one for each site: loops are evaluated after the macro runs"
                    yield Problem(path(where), "found a reference to a site whose name is computed by a loop", advice)
                elif str(key).startswith(LOOP) and isinstance(item, list) and len(item) == 3:
                    waiting.append((item[2], (where, 2), {**loops, **_values(item[0], item[1], computer)}))
                elif type(item) not in PLAIN:
                    waiting.append((item, where, loops))


def _names(key: str, item: Any) -> list[str]:
    """Return the computed names in what one key of a map refers to."""
    if key == "Ref" and isinstance(item, str):
        return [item]
    if key == "DependsOn":
        return [name for name in (item if isinstance(item, list) else [item]) if isinstance(name, str)]
    if key == "Fn::GetAtt" and isinstance(item, list) and item:
        return [_text(item[0])]
    if key == "Fn::Sub":
        return IN_SUB.findall(_text({"Fn::Sub": item}))
    return []


def _text(name: Any) -> str:
    """Return a name as it is computed from a loop's variable; an empty one where it is computed otherwise."""
    if isinstance(name, Mapping):
        if isinstance(name.get("Ref"), str):
            return f"${{{name['Ref']}}}"
        argument = name.get("Fn::Sub")
        name = argument[0] if isinstance(argument, list) and argument else argument
    return name if isinstance(name, str) else ""


def _site(name: str, loops: Values, sites: Collection[str]) -> bool:
    """Tell whether a computed name is that of a site for one of the values of its variable."""
    match = COMPUTED_NAME.fullmatch(name)
    if match is None or match[2] not in loops:
        return False
    before, variable, after = match.groups()
    return any(
        site.startswith(before)
        and site.endswith(after)
        and site[len(before) : len(site) - len(after)] in loops[variable]
        for site in sites
    )


def _values(variable: Any, collection: Any, computer: Computer) -> Values:
    """Return the values of a loop's variable, as far as they are known."""
    try:
        values = computer.value(collection)
    except NotKnownError:
        return {}
    known = isinstance(variable, str) and isinstance(values, list)
    return {variable: frozenset(value for value in values if isinstance(value, str))} if known else {}
