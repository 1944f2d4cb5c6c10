"""The values of a template's parameters, as CloudFormation passes them to a macro."""

from collections.abc import Mapping
from typing import Any

from resilient_website.cloudformation.declared_parameters import STORED, in_parameter_store
from resilient_website.problems import InvalidTemplateError, Problem, known_names


def parameter_values(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of every parameter that has one: the given one, or its default. List types become lists.

    A parameter that is read from Parameter Store has only the given value: its default is a parameter's name there.

    Raises InvalidTemplateError for a given name that the template does not declare.
    """
    declared = template.get("Parameters") or {}
    if not isinstance(declared, Mapping):
        raise InvalidTemplateError([Problem("Parameters", "not a map", "write a map of parameters")])
    unknown = [
        Problem(f"Parameters.{name}", "not declared in the template", known_names(name, declared))
        for name in given
        if name not in declared
    ]
    if unknown:
        raise InvalidTemplateError(unknown)
    return {
        name: _typed(given.get(name, body.get("Default")), str(body.get("Type", "String")))
        for name, body in declared.items()
        if isinstance(body, Mapping) and (name in given or ("Default" in body and not in_parameter_store(body)))
    }


def _typed(value: Any, parameter_type: str) -> Any:
    # CloudFormation passes all values as strings: YAML's true and yes as "true".
    text = str(value).lower() if isinstance(value, bool) else str(value)
    of = parameter_type.removeprefix(STORED)
    is_list = of.startswith(("CommaDelimitedList", "List<"))
    return [item.strip() for item in text.split(",")] if is_list else text
