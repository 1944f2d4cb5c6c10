"""Versions of the expansion: a template declares its version, and keeps it through every upgrade.

A released version always expands to the same bytes, which `tests/goldens/released/` verifies. A change of the expansion
needs a new version, and `before` keeps the earlier value: `{3: 20}` means 20 before version 3. Properties use it for
defaults (`prop(..., before=...)`), tiers call `Context.at` for facts and numbers, and an alarm's row has the version
that introduced it (`since`).
"""

from collections.abc import Mapping
from typing import TypeVar

Value = TypeVar("Value")

# Released, the oldest first.
VERSIONS = (1,)
OLDEST, NEWEST = VERSIONS[0], VERSIONS[-1]


def at(version: int, now: Value, before: Mapping[int, Value]) -> Value:
    """Return the value for a version of the expansion: `now`, or an earlier value from `before`."""
    later = [since for since in before if since > version]
    return before[min(later)] if later else now
