"""Versions of the expansion: a template names the one that it was written for, and keeps it through every upgrade.

A released version expands to the same bytes for ever: `tests/goldens/released/` holds each of them to that. What shall
expand otherwise gets a new version, and `before` says what was before it, in the same way everywhere: `{3: 20}` is 20
before version 3. A property has it for its default (`prop(..., before=...)`); a tier asks `Context.at` for a fact or a
number, and an alarm's row says since which version there is such an alarm (`since`).
"""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")

# Released, the oldest first.
VERSIONS = (1,)
OLDEST, NEWEST = VERSIONS[0], VERSIONS[-1]


def at(version: int, now: Value, before: Mapping[int, Value]) -> Value:
    """Return what holds in a version of the expansion: `now`, or what was `before` a later version."""
    later = [since for since in before if since > version]
    return before[min(later)] if later else now
