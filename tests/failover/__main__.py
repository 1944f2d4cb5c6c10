"""`python -m tests.failover`: every failure under every topology, as a table; fails if the model is not right."""

import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.failover.causes import NOT_HERE
from tests.failover.report import table
from tests.failover.run import failing, running
from tests.failover.stores import Stores
from tests.failover.topologies import TOPOLOGIES
from tests.failover.trial import tried
from tests.sites import Installation
from tools.emulator.endpoint import ROOT, Emulator


def main() -> int:
    """Run everything and return the exit status."""
    # One way out for Ctrl-C and for a plain kill, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(width=160)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="failover-") as folder, Emulator() as emulator:
        installation = Installation(emulator, "100000000001", ROOT, build=Path(folder) / "build")
        installation.sam("build", "--build-dir", str(installation.build), "--no-cached")
        installation.install()
        with Stores(Path(folder) / "stores") as stores:
            for topology in sys.argv[1:] or TOPOLOGIES:
                with running(installation, topology, stores) as up:
                    rows = [row for failure in failing(topology) for row in tried(up.scene, up.clients, failure)]
                console.print(table(topology, rows))
                wrong += sum(bool(row.problems) for row in rows)
    for failure, reason in NOT_HERE.items():
        console.print(f"Not caused here: {failure}, since {reason}")
    return int(wrong > 0)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
