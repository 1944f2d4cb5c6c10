"""Collects the pages with the layout of the repository, so that the links between them hold."""

import shutil
from pathlib import Path

# Pages and what they link to. README.md becomes the first page.
FILES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE")
FOLDERS = ("docs", "examples")


def collect(root: Path, folder: Path) -> None:
    """Copy the pages of the repository at `root` into a folder, which must not exist."""
    folder.mkdir(parents=True)
    for name in FILES:
        shutil.copy(root / name, folder / name)
    for name in FOLDERS:
        shutil.copytree(root / name, folder / name)
