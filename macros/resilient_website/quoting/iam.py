"""IAM: quotes text in a policy's resources and conditions."""

from typing import Any

from resilient_website.quoting.replacement import replaced

# Source: "IAM policy elements: Variables and tags", the variables with a fixed value. `$` begins each of them.
ESCAPES = {"$": "${$}", "*": "${*}", "?": "${?}"}


def exactly(value: Any) -> list[Any]:
    """Return the parts, to be joined, of a pattern that matches only this value, known or intrinsic.

    Otherwise a key `a*` would match all keys that start with `a`, and `${aws:username}` would be a variable.
    """
    return replaced(value, ESCAPES)
