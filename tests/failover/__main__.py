"""`python -m tests.failover`: every failure under every topology, and a lost Region whose copy takes over, as tables.

It fails if the model is not right. The names of topologies, or `lost-region`, as arguments choose some of them.
"""

import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.failover import lost_region
from tests.failover.causes import NOT_HERE
from tests.failover.report import table
from tests.failover.run import failing, running
from tests.failover.stores import Stores
from tests.failover.topologies import TOPOLOGIES
from tests.failover.trial import Row, tried
from tests.sites import Installation
from tools.emulator.endpoint import Emulator
from tools.repository import ROOT

# The Region of the copy.
COPY = "eu-west-1"


def main() -> int:
    """Run everything and return the exit status."""
    # One way out for Ctrl-C and for a plain kill, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(width=160)
    chosen = sys.argv[1:] or [*TOPOLOGIES, lost_region.TITLE]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="failover-") as folder, Emulator() as emulator:
        installation = Installation(emulator, "100000000001", ROOT, build=Path(folder) / "build")
        installation.sam("build", "--build-dir", str(installation.build), "--no-cached")
        installation.install()
        with Stores(Path(folder) / "stores") as stores:
            for topology in [name for name in chosen if name in TOPOLOGIES]:
                with running(installation, topology, stores) as up:
                    rows = [row for failure in failing(topology) for row in tried(up.scene, up.clients, failure)]
                wrong += shown(console, topology, rows)
        if lost_region.TITLE in chosen:
            wrong += shown(console, lost_region.TITLE, lost_and_back(installation, Path(folder)))
    for failure, reason in NOT_HERE.items():
        console.print(f"Not caused here: {failure}, since {reason}")
    return int(wrong > 0)


def lost_and_back(installation: Installation, folder: Path) -> list[Row]:
    """Tell the story of a lost Region, and return its rows."""
    copy = Installation(installation.emulator, installation.account, ROOT, build=installation.build, region=COPY)
    copy.install()
    with lost_region.story_of(installation, copy, folder / "halves") as story:
        return [row for part in lost_region.PARTS for row in part(story)]


def shown(console: Console, title: str, rows: list[Row]) -> int:
    """Print a table, and return how many of its rows have problems."""
    console.print(table(title, rows))
    return sum(bool(row.problems) for row in rows)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
