"""`python -m tests.isolation`: each function on its own stack and on a neighbour's, with IAM enforced, as tables.

Ends with 1 if a function could not do its work, or could do something to the neighbour.
"""

import signal
import sys

from rich.console import Console

from tests.isolation.intruder import is_accepted
from tests.isolation.report import attack_table, intruder_table, own_table
from tests.isolation.run import run
from tests.isolation.sites import template


def main() -> int:
    """Run everything, print the tables, and return the exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found = run(template)
    console = Console(width=180)
    for table in (own_table(found.own), attack_table(found.attacks), intruder_table(found.tried)):
        console.print(table)
    failed = sum(bool(row.problems) for row in found.own)
    held = sum(one.failed for one in found.attacks)
    reached = sum(not is_accepted(one.role, action) for one in found.tried for action, _ in one.reached)
    for mistake in found.mistakes:
        print(mistake, file=sys.stderr)
    print(
        f"{len(found.own)} requests on the own stack, {failed} with a problem; {len(found.attacks)} attacks, {held} of"
    )
    print(f"which did nothing; {sum(one.count for one in found.tried)} rights tried, {reached} of which reach too far")
    return int(bool(failed or held < len(found.attacks) or reached or found.mistakes))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
