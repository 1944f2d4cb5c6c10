"""`python -m tests.night`: the whole night, as a table. The names of scenes as arguments choose some of them."""

import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.night.night import Night
from tests.night.report import table
from tests.night.scenes import SCENES
from tests.sites import Installation
from tools.emulator.endpoint import ROOT, Emulator


def main() -> int:
    """Play the scenes and return the exit status."""
    # One way out for Ctrl-C and for a plain kill, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chosen = [scene for scene in SCENES if not sys.argv[1:] or scene.__name__ in sys.argv[1:]]
    with tempfile.TemporaryDirectory(prefix="night-") as folder, Emulator() as emulator:
        installation = Installation(emulator, "100000000001", ROOT, build=Path(folder) / "build")
        installation.sam("build", "--build-dir", str(installation.build), "--no-cached")
        installation.install()
        with Night(installation, Path(folder)) as night:
            rows = [scene(night) for scene in chosen]
    Console(width=160).print(table(rows))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
