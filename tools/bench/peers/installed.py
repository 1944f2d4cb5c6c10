"""Installs the CDK for JavaScript and for Python, with pinned versions and hashes, into a folder below build/."""

import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.bench.timing import process
from tools.repository import ROOT

HERE = Path(__file__).parent
FOLDER = ROOT / "build" / "bench-peers"
PINNED = ("package.json", "package-lock.json", "requirements.txt")


class NotInstalledError(Exception):
    """The CDK could not be installed; says what is needed."""


@dataclass(frozen=True)
class Installed:
    """The folder with the CDK in node_modules, and the Python that has the other one."""

    folder: Path
    python: Path


def install() -> Installed:
    """Return the installed CDKs, which are installed anew only where what is pinned has changed.

    Raises NotInstalledError where Node.js is missing, and CalledProcessError where a registry can't be reached.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NotInstalledError("the CDK needs Node.js 20 or newer and npm: install them, or say --quick")
    pinned = b"".join((HERE / name).read_bytes() for name in PINNED)
    mark = FOLDER / "installed"
    digest = hashlib.sha256(pinned + sys.version.encode()).hexdigest()
    installed = Installed(FOLDER, FOLDER / "python" / "bin" / "python")
    if not mark.exists() or mark.read_text(encoding="utf-8") != digest:
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(parents=True)
        for name in PINNED:
            shutil.copy(HERE / name, FOLDER)
        process(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], folder=FOLDER)
        process([sys.executable, "-m", "venv", FOLDER / "python"])
        pip = (installed.python, "-m", "pip")
        pinned_python = FOLDER / "requirements.txt"
        process(
            [
                *pip,
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--require-hashes",
                "--requirement",
                pinned_python,
            ]
        )
        mark.write_text(digest, encoding="utf-8")
    return installed
