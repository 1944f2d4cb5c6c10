"""Rewrites references to a site into references to its expanded resources.

After the expansion, no resource has the site's logical id: in `Ref`, `Fn::GetAtt` and `Fn::Sub` it is replaced by the
attribute's value, and in `DependsOn` by the resources that complete the site.
"""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import field
from typing import Any, NamedTuple

from resilient_website.cloudformation.encoding import MAPS, PLAIN
from resilient_website.cloudformation.intrinsics import SUB_VARIABLE
from resilient_website.cloudformation.places import Place, path
from resilient_website.cloudformation.references import CALLS, COMPUTED
from resilient_website.cloudformation.template_checks import LOOP
from resilient_website.cloudformation.template_walk import get_att, text_and_variables
from resilient_website.frozen import frozen
from resilient_website.problems import Fix, Problem, known_names, note

# These sections can't refer to resources.
SECTIONS_WITHOUT_REFERENCES = ("AWSTemplateFormatVersion", "Description", "Transform", "Parameters", "Mappings")


class Target(NamedTuple):
    """What references to a site resolve to.

    `attributes` are values in template JSON (None: only the names are known, since the site could not be built);
    `completion` are the logical ids that no other resource of the site depends on.
    """

    attributes: Mapping[str, Any]
    completion: Sequence[str] = ()


@frozen
class Rewriter:
    """Rewrites the references to sites, and notes those to unknown attributes.

    `needs` has the property that an attribute needs, by the attribute's name.
    """

    targets: Mapping[str, Target]
    needs: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    # The attributes whose values are being rewritten: a property's value is often an attribute of another site.
    _open: list[tuple[str, str]] = field(default_factory=list)
    _rewritten: dict[tuple[str, str], Any] = field(default_factory=dict)

    def template(self, template: Mapping[str, Any], named: Mapping[str, Set[str]] | None = None) -> dict[str, Any]:
        """Return the template with all references rewritten.

        `named` is what some resources refer to, where that was collected before: most resources of a site refer to no
        site, and stay unchanged.
        """
        return {section: self._section(section, content, named or {}) for section, content in template.items()}

    def _section(self, section: str, content: Any, named: Mapping[str, Set[str]]) -> Any:
        if section in SECTIONS_WITHOUT_REFERENCES:
            return content
        place = (None, section)
        if section != "Resources" or not isinstance(content, MAPS):
            return self._value(content, place)
        return {
            name: body if name in named and named[name].isdisjoint(self.targets) else self._value(body, (place, name))
            for name, body in content.items()
        }

    def _value(self, value: Any, place: Place) -> Any:
        """Return a part of a template with its references rewritten. Most parts are plain and stay unchanged."""
        if isinstance(value, list):
            return [
                item if type(item) in PLAIN else self._value(item, (place, index)) for index, item in enumerate(value)
            ]
        if isinstance(value, MAPS):
            if len(value) == 1:
                ((function, argument),) = value.items()
                rewritten = self._function(function, argument, place) if function in CALLS else None
                if rewritten is not None:
                    return rewritten
            # DependsOn is an attribute of a resource; in its properties, the key means nothing.
            if "DependsOn" in value and _holds_resources(place[0]):
                return {key: self._attribute_of_resource(key, item, place) for key, item in value.items()}
            return {
                key: item if type(item) in PLAIN else self._value(item, (place, key)) for key, item in value.items()
            }
        return value

    def _attribute_of_resource(self, key: str, item: Any, place: Place) -> Any:
        return self._depends_on(item) if key == "DependsOn" else self._value(item, (place, key))

    def _function(self, function: str, argument: Any, place: Place) -> Any:
        """Return the rewritten call, or None if it does not refer to a site."""
        if function == "Ref" and isinstance(argument, str) and argument in self.targets:
            return self._attribute(argument, "Url", place)
        if function == "Fn::GetAtt":
            name, attribute = get_att(argument)
            if name in self.targets and not attribute and isinstance(argument, list):
                return self._computed(name, place)
            if name in self.targets:
                return self._attribute(name, attribute, place)
        if function == "Fn::Sub":
            return self._sub(argument, place)
        return None

    def _attribute(self, site: str, attribute: str, place: Place) -> Any:
        known = self.targets[site].attributes
        if attribute in known:
            return self._known(site, attribute, known[attribute], place)
        needs = self.needs.get(attribute)
        fix = known_names(attribute, known)
        if needs:
            fix = Fix(f"switch on {needs}, or name another attribute; allowed here: ", ", ".join(sorted(known)))
        found = f"{site} has no attribute {attribute}" + (f" without {needs}" if needs else "")
        note(self.problems, Problem(path(place), found, fix))
        return ""

    def _known(self, site: str, attribute: str, value: Any, place: Place) -> Any:
        """Return the value of an attribute, rewritten, since a property that it is given by may refer to sites."""
        key = (site, attribute)
        if type(value) in PLAIN:
            return value
        if key in self._open:
            found = f"found {site}.{attribute}, which has the value of a property that refers to it again"
            note(self.problems, Problem(path(place), found, "write a value that is no attribute of this site"))
            return ""
        if key not in self._rewritten:
            self._open.append(key)
            self._rewritten[key] = self._value(value, place)
            self._open.pop()
        return self._rewritten[key]

    def _computed(self, site: str, place: Place) -> str:
        """Note an attribute whose name is computed by a loop or function, which is evaluated after the macro."""
        found = f"found an attribute of {site} with a computed name"
        advice = f"write the attribute's name, as in !GetAtt {site}.Url: functions in it are evaluated after the macro"
        note(self.problems, Problem(path(place), found, advice))
        return ""

    def _sub(self, argument: Any, place: Place) -> Any:
        """Return Fn::Sub with each reference to a site moved to its variable map, under an unused name."""
        parts = text_and_variables(argument)
        if parts is None:
            return None
        text, variables = parts
        for name in COMPUTED.findall(text):
            if name in self.targets and name not in variables:
                return self._computed(name, place)
        added: dict[str, Any] = {}
        # Each variable is processed once, however often it occurs.
        known: dict[str, str] = {}

        def replaced(match: re.Match[str]) -> str:
            variable = match[1]
            if variable in variables or variable.partition(".")[0] not in self.targets:
                return match[0]
            if variable not in known:
                known[variable] = self._in_text(variable, variables, added, place)
            return known[variable]

        new_text = SUB_VARIABLE.sub(replaced, text)
        new_variables = {**{key: self._value(item, (place, key)) for key, item in variables.items()}, **added}
        return {"Fn::Sub": [new_text, new_variables] if new_variables else new_text}

    def _in_text(self, variable: str, variables: Mapping[str, Any], added: dict[str, Any], place: Place) -> str:
        """Return the text for a variable that refers to a site; a value without a text form is added to the map."""
        name, _, attribute = variable.partition(".")
        attribute = attribute or "Url"
        value = self._attribute(name, attribute, place)
        inline = _as_variable(value)
        if inline is not None:
            return inline
        own = name + attribute
        while own in variables:
            own += "X"
        added[own] = value
        return f"${{{own}}}"

    def _depends_on(self, value: Any) -> Any:
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not any(isinstance(name, str) and name in self.targets for name in names):
            return value
        if not all(isinstance(name, str) for name in names):
            # CloudFormation rejects invalid names.
            return value
        expanded = [
            item
            for name in dict.fromkeys(names)
            for item in (self.targets[name].completion if name in self.targets else [name])
        ]
        return list(dict.fromkeys(expanded))


def _holds_resources(place: Place | None) -> bool:
    """Tell whether a place is a map of resources: the section, or the output of a loop in it."""
    while place is not None and place[1] == 2:
        loop = place[0]
        if loop is None or not str(loop[1]).startswith(LOOP):
            return False
        place = loop[0]
    return place == (None, "Resources")


def _as_variable(value: Any) -> str | None:
    """Return a literal, a Ref or a GetAtt as text for Fn::Sub; None for anything else."""
    if isinstance(value, str):
        return value.replace("${", "${!")
    if isinstance(value, Mapping) and isinstance(value.get("Ref"), str):
        return f"${{{value['Ref']}}}"
    if isinstance(value, Mapping) and "Fn::GetAtt" in value:
        return f"${{{'.'.join(value['Fn::GetAtt'])}}}"
    return None
