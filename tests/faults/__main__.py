"""`python -m tests.faults [CUSTOM_RESOURCE ...]`: every fault under every custom resource, as a table."""

import signal
import sys

from rich.console import Console

from tests.emulator.endpoint import Emulator
from tests.faults.report import table
from tests.faults.run import rows


def main() -> int:
    """Run everything, print the table, and return the exit status: 1 if a promise was broken."""
    # One way out for Ctrl-C and for a plain kill, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Emulator() as emulator:
        found = list(rows(emulator, sys.argv[1:]))
    Console(width=180).print(table(found))
    return int(any(row.problems or any(one.problems for one in row.seen) for row in found))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
