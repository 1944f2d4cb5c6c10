"""The values of a template's parameters, as CloudFormation passes them to a macro."""

from collections.abc import Iterator, Mapping
from typing import Any

from cli.parameter_constraints import as_text, constraint_problems, is_list, list_items
from resilient_website.cloudformation.declared_parameters import STORED, in_parameter_store
from resilient_website.problems import InvalidTemplateError, Problem, known_names


def parameter_values(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of every parameter that has one: the given one, or its default. List types become lists.

    A parameter that is read from Parameter Store has only the given value: its default is a parameter's name there.

    Raises InvalidTemplateError for a given name that the template does not declare, and for a given value that it does
    not allow. The constraints of a parameter that is read from Parameter Store are for its name there, not for a value.
    """
    declared = template.get("Parameters") or {}
    if not isinstance(declared, Mapping):
        raise InvalidTemplateError([Problem("Parameters", "not a map", "write a map of parameters")])
    problems = [problem for name, value in given.items() for problem in _problems(name, value, declared)]
    if problems:
        raise InvalidTemplateError(problems)
    return {
        name: _typed(given.get(name, body.get("Default")), body)
        for name, body in declared.items()
        if isinstance(body, Mapping) and (name in given or ("Default" in body and not in_parameter_store(body)))
    }


def _problems(name: str, value: str, declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the problems of a given value."""
    path = f"Parameters.{name}"
    if name not in declared:
        yield Problem(path, "not declared in the template", known_names(name, declared))
    elif isinstance(declared[name], Mapping) and not in_parameter_store(declared[name]):
        yield from constraint_problems(path, str(value), declared[name])


def _typed(value: Any, body: Mapping[str, Any]) -> Any:
    text = as_text(value)
    of = str(body.get("Type", "String")).removeprefix(STORED)
    return list_items(text) if is_list({"Type": of}) else text
