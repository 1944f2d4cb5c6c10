"""The parameters that a template declares, and what the macro may know of their values.

CloudFormation hands the macro the value of a parameter with `NoEcho: true` in plain text. What the macro writes stands
in the processed template, and what it refuses in the stack's events, which many more people may read. So a value of
such a parameter is dropped before anything is read: it can then be in no resource and in no message.
"""

from collections import ChainMap
from collections.abc import Mapping
from enum import Enum
from typing import Any

STORED = "AWS::SSM::Parameter::Value<"


class Withheld(Enum):
    """What stands for a parameter's value where there is none to use."""

    NOT_GIVEN = "the parameter is declared but has no value"
    IN_PARAMETER_STORE = "the parameter is read from Parameter Store, and its default is only the name of an entry "
    "there"
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


def known_values(template: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is known of each parameter of a template: its value, or why there is none.

    `values` are the parameters' values as CloudFormation hands them over. Nothing in the result gives a NoEcho one.
    """
    hidden = dict.fromkeys(no_echo(template), Withheld.NO_ECHO)
    absent = {
        name: Withheld.IN_PARAMETER_STORE if in_parameter_store(body) else Withheld.NOT_GIVEN
        for name, body in _declared(template).items()
    }
    return ChainMap(hidden, values, absent)  # type: ignore[arg-type]


def in_parameter_store(body: Any) -> bool:
    """Tell whether a parameter, given by its declaration, is the name of one in Parameter Store.

    CloudFormation hands its value to a macro; a command line has the name only. Source: "Specify existing resources at
    runtime with CloudFormation-supplied parameter types" in the AWS CloudFormation User Guide.
    """
    return isinstance(body, Mapping) and str(body.get("Type", "")).startswith(STORED)


def _declared(template: Any) -> Mapping[str, Any]:
    declared = template.get("Parameters") if isinstance(template, Mapping) else None
    return declared if isinstance(declared, Mapping) else {}
