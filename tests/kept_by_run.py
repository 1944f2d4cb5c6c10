"""Keeps what the workers of a run compute in a folder that they share, so that one of them does it for all.

Most laws are tried with the same sites, and which worker gets a law's file depends on how busy the others are. Without
the folder, each of them draws and expands all of these sites.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

# The folder of this run; none in a process by itself.
_FOLDERS: list[Path] = []


def keep_in(folder: Path) -> None:
    """Share a folder with the other workers of this run: their code is the same."""
    folder.mkdir(exist_ok=True)
    _FOLDERS[:] = [folder]


def kept_by_run(key: str, make: Callable[[], bytes]) -> bytes:
    """Return what `make` returns, from this or another worker. All that it depends on, but the code, is in the key."""
    if not _FOLDERS:
        return make()
    path = _FOLDERS[0] / hashlib.sha256(key.encode()).hexdigest()
    if path.exists():
        return path.read_bytes()
    made = make()
    # Two workers can make the same at the same time. Under another name first, so that no worker reads half of it.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(made)
    unfinished.rename(path)
    return made
