"""Starts the emulator. Runs in .venv-emulator; configured by ministack's own environment variables."""

import gc
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

    # The models of AWS's services never become garbage, and are many objects: Python's collector would look through all
    # of them again and again.
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    extended.main()
