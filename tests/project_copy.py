"""A copy of the project with edits in it, as a developer would make them, to run commands in."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tools.repository import ROOT

# File, text, and what takes its place; a file that is not there is written.
Edit = tuple[str, str, str]

LEFT_OUT = (".*", "node_modules", "__pycache__", "build")


def copied(folder: Path, edits: Iterable[Edit], *, left_out: Iterable[str] = ()) -> Path:
    """Copy the project to a folder that is not there yet, edit the copy, and return the folder."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT, *left_out))
    for name, old, new in edits:
        path = folder / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text
        path.write_text(text.replace(old, new, 1) if old else new, encoding="utf-8")
    return folder


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a copy, with the copy's own packages."""
    path = os.pathsep.join(str(folder / name) for name in (".", "macros", "custom_resources"))
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def command_line(folder: Path, *arguments: str) -> str:
    """Return what a copy's command line prints; it has to succeed."""
    done = run(folder, "build_templates.py", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def expanded(folder: Path, **properties: Any) -> Any:
    """Return the resources that a copy's macro makes of a site."""
    site = {"Type": "ResilientWebsite", "Properties": properties}
    path = folder / "site.json"
    path.write_text(json.dumps({"Transform": "ResilientWebsite", "Resources": {"Site": site}}))
    return json.loads(command_line(folder, "expand", str(path)))["Resources"]
