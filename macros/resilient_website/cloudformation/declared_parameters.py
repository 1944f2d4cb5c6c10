"""The parameters that a template declares, and which of their values the macro may use.

CloudFormation passes the value of a parameter with `NoEcho: true` to the macro in plain text. The macro's output is
visible in the processed template, and its errors in the stack's events, which many more people can read. So the values
of such parameters are dropped before the template is read, and can't appear in a resource or an error.
"""

from collections import ChainMap
from collections.abc import Mapping
from enum import Enum
from typing import Any

STORED = "AWS::SSM::Parameter::Value<"


class Withheld(Enum):
    """Marks a parameter without a usable value, and says why."""

    NOT_GIVEN = "the parameter is declared but has no value"
    IN_PARAMETER_STORE = "the parameter is read from Parameter Store, and its default is only a name there"
    NO_ECHO = "the parameter is declared with NoEcho: the macro doesn't read its value"


def no_echo(template: Any) -> frozenset[str]:
    """Return the names of the parameters that a template declares with `NoEcho: true`.

    Source: "Parameters section structure and syntax" in the AWS CloudFormation User Guide.
    """
    return frozenset(
        name
        for name, body in _declared(template).items()
        if isinstance(body, Mapping) and str(body.get("NoEcho", "")).strip().lower() == "true"
    )


def visible(template: Any) -> frozenset[str]:
    """Return the names of the parameters whose values anyone may see who can read the stack."""
    return frozenset(_declared(template)) - no_echo(template)


def known_values(template: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the value of each parameter of a template, or the reason why it has no usable one.

    `values` are the parameter values that CloudFormation passes. The result contains no NoEcho value.
    """
    hidden = dict.fromkeys(no_echo(template), Withheld.NO_ECHO)
    absent = {
        name: Withheld.IN_PARAMETER_STORE if in_parameter_store(body) else Withheld.NOT_GIVEN
        for name, body in _declared(template).items()
    }
    return ChainMap(hidden, values, absent)  # type: ignore[arg-type]


def in_parameter_store(body: Any) -> bool:
    """Tell from a parameter's declaration whether its value is the name of one in Parameter Store.

    CloudFormation passes the stored value to a macro; the command line knows only the name. Source: "Specify existing
    resources at runtime with CloudFormation-supplied parameter types" in the AWS CloudFormation User Guide.
    """
    return isinstance(body, Mapping) and str(body.get("Type", "")).startswith(STORED)


def _declared(template: Any) -> Mapping[str, Any]:
    declared = template.get("Parameters") if isinstance(template, Mapping) else None
    return declared if isinstance(declared, Mapping) else {}
