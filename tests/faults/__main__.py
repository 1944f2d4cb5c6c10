"""`python -m tests.faults [CUSTOM_RESOURCE ...]`: every fault under every custom resource, as a table.

A custom resource is named by its type, as in fallback_site. Ends with 1 if a promise was broken.
"""

import signal
import sys

from rich.console import Console

from tests.faults.report import table
from tests.faults.run import CUSTOM_RESOURCES, every_case, running
from tools.emulator.endpoint import Emulator


def main() -> int:
    """Run everything, print the table, and return the exit status."""
    # One way out for Ctrl-C and for a plain kill, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    names = sys.argv[1:]
    if unknown := set(names) - set(CUSTOM_RESOURCES):
        print(f"{', '.join(sorted(unknown))}: not known; write one of {', '.join(CUSTOM_RESOURCES)}", file=sys.stderr)
        return 2
    with Emulator() as emulator, running(emulator, every_case(names)) as rows:
        found = [row.result() for row in rows.values()]
    Console(width=180).print(table(found))
    wrong = sum(row.is_broken for row in found)
    print(f"{len(found)} cases, {wrong} with a broken promise")
    return int(wrong > 0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
