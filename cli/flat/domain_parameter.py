"""Makes the domain name of a flat template a parameter of it.

A domain's name is in logical ids, so the expansion has to know it: it gets a reserved name as a placeholder, which is
then replaced by the parameter. The logical ids keep the placeholder, so that they are the same for every domain.
"""

from typing import Any

# Source: RFC 2606, which keeps this top level domain free.
PLACEHOLDER = "domain-name.invalid"
PARAMETER = "DomainName"


def with_domain_parameter(value: Any) -> Any:
    """Return a part of a template with `Ref` or `Fn::Sub` of the parameter instead of the placeholder."""
    if isinstance(value, str):
        return _reference(value) if PLACEHOLDER in value else value
    if isinstance(value, list):
        return [with_domain_parameter(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Fn::Sub"}:
        return {"Fn::Sub": _sub(value["Fn::Sub"])}
    return {key: with_domain_parameter(item) for key, item in value.items()}


def _reference(text: str) -> dict[str, str]:
    if text == PLACEHOLDER:
        return {"Ref": PARAMETER}
    return {"Fn::Sub": _variable(text.replace("${", "${!"))}


def _sub(argument: Any) -> Any:
    if isinstance(argument, str):
        return _variable(argument)
    text, variables = argument
    return [_variable(text), with_domain_parameter(variables)]


def _variable(text: str) -> str:
    return text.replace(PLACEHOLDER, f"${{{PARAMETER}}}")
