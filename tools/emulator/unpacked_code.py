"""The code of functions and layers, unpacked once for all processes that run it, as it is read-only in Lambda.

ministack unpacks a function's code and its layers for every process that it starts, and Python compiles all of them
again. It also looks up on the disk where each file of a layer would be. Only code without Python is unpacked for each
process: if it is for Node.js, ministack adds links to the layers' packages. (The macro's code has JavaScript too.)
Emulators can share the folder, which the variable `UNPACKED_CODE` names.
"""

import fcntl
import hashlib
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime  # type: ignore[import-not-found]


class SharedZipFile(zipfile.ZipFile):
    """An archive whose files are unpacked to a folder that archives with the same files share."""

    def namelist(self) -> list[str]:
        """Return the names that could lead out of a folder. ministack asks for names to refuse those, and only then."""
        return [entry.filename for entry in self.filelist if ".." in entry.filename or entry.filename[:1] in "/\\"]

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        """Make the empty folder a link to the shared one."""
        python = any(entry.filename.endswith(".py") for entry in self.filelist)
        if self.filename is None or members or not python or self.namelist():
            super().extractall(path, members or self.filelist, pwd)
            return
        # Not of the archive's bytes: they have the time at which ministack packed the code that a template has.
        content = repr([(entry.filename, entry.file_size, entry.CRC) for entry in self.filelist])
        shared = Path(os.environ["UNPACKED_CODE"]) / hashlib.sha256(content.encode()).hexdigest()
        shared.parent.mkdir(exist_ok=True)
        with Path(f"{shared}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not shared.is_dir():
                # Under another name first: if it fails, nothing incomplete is shared.
                incomplete = tempfile.mkdtemp(dir=shared.parent)
                super().extractall(incomplete, self.filelist, pwd)
                Path(incomplete).rename(shared)
        Path(path).rmdir()
        Path(path).symlink_to(shared)


class _SharingZipfile:
    """The module `zipfile`, with shared archives."""

    ZipFile = SharedZipFile

    def __getattr__(self, name: str) -> Any:
        return getattr(zipfile, name)


def register() -> None:
    """Let the processes of functions share what they run."""
    lambda_runtime.zipfile = _SharingZipfile()
