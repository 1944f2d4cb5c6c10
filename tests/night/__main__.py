"""`python -m tests.night`: the whole night, as a table. The names of scenes as arguments choose some of them."""

import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from tests.night.night import Night
from tests.night.report import table
from tests.night.scenes import SCENES
from tests.sites import Installation
from tools.emulator.endpoint import Emulator
from tools.repository import ROOT


@click.command()
@click.argument("names", metavar="[NAME]...", nargs=-1, type=click.Choice([scene.__name__ for scene in SCENES]))
def main(names: Sequence[str]) -> None:
    """Play the scenes with these NAMES; without any, all of them."""
    # One way out for Ctrl-C and for a plain kill, so that nothing is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chosen = [scene for scene in SCENES if not names or scene.__name__ in names]
    with tempfile.TemporaryDirectory(prefix="night-") as folder, Emulator() as emulator:
        installation = Installation(emulator, "100000000001", ROOT, build=Path(folder) / "build")
        installation.sam("build", "--build-dir", str(installation.build), "--no-cached")
        installation.install()
        with Night(installation, Path(folder)) as night:
            rows = [scene(night) for scene in chosen]
    Console(width=160).print(table(rows))


if __name__ == "__main__":
    try:
        main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
