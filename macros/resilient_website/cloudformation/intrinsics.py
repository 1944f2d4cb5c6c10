"""CloudFormation's intrinsic functions in the JSON form of a template."""

import re
from typing import Any, TypeAlias

from troposphere import AWSHelperFn, GenericHelperFn

# A leaf of a template: a literal, or an intrinsic that CloudFormation resolves later.
Value: TypeAlias = str | int | bool | AWSHelperFn

NO_VALUE = {"Ref": "AWS::NoValue"}

# A variable in Fn::Sub; `${!Literal}` is not one.
SUB_VARIABLE = re.compile(r"\$\{\s*([^!{}\s][^{}\s]*)\s*\}")


def is_intrinsic(value: object) -> bool:
    """Tell whether a value is a call of an intrinsic function (`{"Ref": ...}`, `{"Fn::...": ...}`)."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    (key,) = value
    return isinstance(key, str) and (key in {"Ref", "Condition"} or key.startswith("Fn::"))


def opaque(value: dict[str, Any]) -> AWSHelperFn:
    """Return the user's intrinsic in a form that troposphere accepts unchanged and unchecked."""
    return GenericHelperFn(value)


def is_literal(value: object) -> bool:
    """Tell whether a value is literal, so that it is known before CloudFormation resolves functions."""
    return not isinstance(value, AWSHelperFn)


def as_list(values: Any) -> Any:
    """Return a tuple as the list that troposphere expects; an intrinsic that returns a list stays."""
    return list(values) if is_literal(values) else values
