"""How many random examples a law is tried with: a few in every run, a great many in the nightly one (`make fuzz`)."""

import os

from hypothesis import settings

# `make fuzz` sets it.
FACTOR = int(os.environ.get("FUZZ_FACTOR", "1"))
DEFAULT_EXAMPLES = 100


def examples(count: int = DEFAULT_EXAMPLES) -> settings:
    """Return the settings of a law that is tried with so many examples, and with many times as many at night."""
    return settings(max_examples=count * FACTOR)
