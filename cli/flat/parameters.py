"""The parameters of a flat template: only those that still have an effect.

The expansion has used the others, to decide which resources to create. Such a parameter would have no effect in the
Console's form or as an override of a stack set, so it is removed, and its value replaces the references to it.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from cli.json_walk import rewritten
from resilient_website.cloudformation.declared_parameters import in_parameter_store, no_echo
from resilient_website.cloudformation.intrinsics import SUB_VARIABLE
from resilient_website.cloudformation.references import references
from resilient_website.cloudformation.template_walk import text_and_variables
from resilient_website.expand import Expansion

Json = dict[str, Any]

FORM = "AWS::CloudFormation::Interface"


class Consulted(Mapping[str, Any]):
    """Values of parameters that record which of them the expansion has read: `names`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def settled(made: Expansion, parameters: Mapping[str, Any], decisive: Collection[str]) -> Json:
    """Return an expanded template without the parameters that the expansion has used.

    The others get the value of the expansion as their default. Of those, `decisive` ones decided by being non-empty,
    like the id of a hosted zone: they can't be emptied any more. `decisive` ones that conditions use too allow only
    their current value: another one would change only a part of the template. Parameters with NoEcho stay as declared:
    secrets must not be written to a file.
    """
    expanded = made.template
    hidden = no_echo(expanded)
    values = {name: value for name, value in parameters.items() if name not in hidden}
    in_conditions = references(expanded.get("Conditions") or {}) & set(decisive)
    used_up = {name: values[name] for name in made.used_up if name in values}
    kept = {
        # The default of one in Parameter Store is a parameter's name: a value in its place could not be deployed.
        name: body
        if name not in values or in_parameter_store(body)
        else _declared(body, values[name], decided=name in decisive, only=name in in_conditions)
        for name, body in (expanded.get("Parameters") or {}).items()
        if name not in used_up
    }
    rest = {key: value for key, value in expanded.items() if key != "Parameters"}
    known = rewritten(rest, lambda value: _known(value, used_up))
    return _without_fields({**known, "Parameters": kept} if kept else known, used_up)


def fixed_parameters(template: Mapping[str, Any], flat: Mapping[str, Any]) -> list[str]:
    """Return the parameters of a template that have only one allowed value in its flat form."""
    declared = template.get("Parameters") or {}
    return [
        name
        for name, body in (flat.get("Parameters") or {}).items()
        if name in declared
        and len(body.get("AllowedValues", ())) == 1
        and body["AllowedValues"] != declared[name].get("AllowedValues")
    ]


def _declared(body: Json, value: Any, *, decided: bool, only: bool) -> Json:
    """Return a parameter with a value as its default, and with `only` as its only allowed value."""
    changed = {**body, "Default": ",".join(value) if isinstance(value, list) else value}
    if only:
        return {**changed, "AllowedValues": [changed["Default"]]}
    if decided and body.get("Type") == "String" and value != "":
        changed["MinLength"] = max(1, int(body.get("MinLength", 1)))
    return changed


def _known(value: Json, used_up: Mapping[str, Any]) -> Any:
    """Return the value that a reference to a parameter which is used up has; else the map."""
    if len(value) != 1:
        return value
    name, argument = value.get("Ref"), value.get("Fn::Sub")
    if isinstance(name, str) and name in used_up:
        return used_up[name]
    parts = text_and_variables(argument)
    if parts is None:
        return value
    text, variables = parts
    known = {name: str(item) for name, item in used_up.items() if name not in variables}
    replaced = SUB_VARIABLE.sub(lambda match: known.get(match[1], match[0]), text)
    return {"Fn::Sub": [replaced, variables] if isinstance(argument, list) else replaced}


def _without_fields(template: Json, used_up: Mapping[str, Any]) -> Json:
    """Return the template without these parameters in its form, and without empty groups."""
    metadata = template.get("Metadata") or {}
    if FORM not in metadata:
        return template
    form = metadata[FORM]
    groups = [
        {**group, "Parameters": [name for name in group.get("Parameters", []) if name not in used_up]}
        for group in form.get("ParameterGroups", [])
    ]
    labels = {name: label for name, label in form.get("ParameterLabels", {}).items() if name not in used_up}
    shown = {"ParameterGroups": [group for group in groups if group["Parameters"]], "ParameterLabels": labels}
    return {**template, "Metadata": {**metadata, FORM: {**form, **shown}}}
