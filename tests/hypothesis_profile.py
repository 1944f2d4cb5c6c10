"""How many random examples a law is tried with: a few in every run, a great many in the nightly one (`make fuzz`)."""

import os

from hypothesis import Phase, settings

# `make fuzz` sets it, and `make coverage` and `make mutation` set less than 1.
FACTOR = float(os.environ.get("FUZZ_FACTOR", "1"))
DEFAULT_EXAMPLES = 100
# To shrink an example that breaks a law takes hundreds of examples more.
WITHOUT_SHRINKING = tuple(phase for phase in Phase if phase is not Phase.shrink)


def examples(count: int = DEFAULT_EXAMPLES) -> settings:
    """Return the settings of a law that is tried with `count` examples, and with many times as many at night."""
    return settings(max_examples=scaled(count))


def scaled(count: int) -> int:
    """Return a number of examples, multiplied by FUZZ_FACTOR."""
    return max(1, round(count * FACTOR))


def unshrunk(count: int) -> settings:
    """Return the settings of a law whose examples take seconds: one that breaks it is shown as it was drawn."""
    return settings(examples(count), phases=WITHOUT_SHRINKING)
