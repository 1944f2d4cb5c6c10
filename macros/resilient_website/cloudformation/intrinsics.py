"""CloudFormation's intrinsic functions, as they stand in a template's JSON."""

import re
from typing import Any, TypeAlias

from troposphere import AWSHelperFn, GenericHelperFn

# A leaf of a template: a literal, or an intrinsic that CloudFormation resolves later.
Value: TypeAlias = str | int | bool | AWSHelperFn

NO_VALUE = {"Ref": "AWS::NoValue"}

# A variable in Fn::Sub; `${!Literal}` is none.
SUB_VARIABLE = re.compile(r"\$\{\s*([^!{}\s][^{}\s]*)\s*\}")


def is_intrinsic(value: object) -> bool:
    """Tell whether a value is a call of an intrinsic function (`{"Ref": ...}`, `{"Fn::...": ...}`)."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    (key,) = value
    return isinstance(key, str) and (key in {"Ref", "Condition"} or key.startswith("Fn::"))


def opaque(value: dict[str, Any]) -> AWSHelperFn:
    """Return an intrinsic of the user's as troposphere takes it: untouched, and unchecked."""
    return GenericHelperFn(value)


def is_literal(value: object) -> bool:
    """Tell whether a specification's value is known now, not only when CloudFormation resolves it."""
    return not isinstance(value, AWSHelperFn)


def as_list(values: Any) -> Any:
    """Return a specification's tuple as troposphere takes it: a list; an intrinsic that gives one stays."""
    return list(values) if is_literal(values) else values
