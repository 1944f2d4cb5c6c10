"""Intrinsic function calls that stay in the template, and their values as far as known at expansion."""

from typing import Any

from troposphere import GenericHelperFn

from resilient_website.cloudformation.computed import ABSENT, Computer, NotKnownError
from resilient_website.cloudformation.intrinsics import is_literal


class Call(GenericHelperFn):  # type: ignore[misc]  # troposphere has no types
    """A call that stays unchanged in the template, with the means to compute its value for decisions."""

    def __init__(self, data: Any, computer: Computer | None) -> None:
        super().__init__(data)
        self.computer = computer


def known_value(value: Any) -> Any:
    """Return a specification's value as far as it is known at expansion; None if it is not."""
    if is_literal(value):
        return value
    if not isinstance(value, Call) or value.computer is None:
        return None
    try:
        found = value.computer.value(value.data)
    except NotKnownError:
        return None
    return None if found is ABSENT else found
