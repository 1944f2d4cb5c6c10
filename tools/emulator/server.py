"""Starts the emulator. Runs in .venv-emulator; configured by ministack's own environment variables."""

import os
import shutil
import signal
import sys
import threading
from pathlib import Path


def end_with_parent(folder: Path) -> None:
    """Stop, and leave nothing behind, once the process that started the emulator has ended in any way."""
    sys.stdin.buffer.read()
    if folder.name.startswith("emulator-"):
        shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    # As the variable says, not as `tempfile` does: that one looks elsewhere once the folder is gone.
    threading.Thread(target=end_with_parent, args=(Path(os.environ["TMPDIR"]).parent,), daemon=True).start()
    # Not before: this takes a second or more, and the parent may go meanwhile.
    from tools.emulator import extended

    extended.main()
