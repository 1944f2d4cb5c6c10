"""IAM: text in a policy's resources and conditions."""

from typing import Any

from resilient_website.quoting.replacement import replaced

# Source: "IAM policy elements: Variables and tags", the variables with a fixed value. `$` begins each of them.
ESCAPES = {"$": "${$}", "*": "${*}", "?": "${?}"}


def exactly(value: Any) -> list[Any]:
    """Return the parts, to be joined, of a pattern that matches this value only, be it known or an intrinsic.

    A key `a*` would else be a pattern for all keys that begin with `a`, and `${aws:username}` a variable.
    """
    return replaced(value, ESCAPES)
