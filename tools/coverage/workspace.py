"""A copy of the project to measure or to mutate, so that the working copy is neither changed nor waited for."""

import compileall
import os
import shutil
import subprocess
from pathlib import Path
from py_compile import PycInvalidationMode

from tools.repository import ROOT

# Fewer random examples than in `make test`, as a part of what a law is tried with executes the same lines.
FEWER_EXAMPLES = "0.1"
# What setup installs: the copy uses the same.
SHARED = (".venv", ".venv-aws", ".venv-checkov", ".venv-emulator", ".venv-iam", ".published-templates")
SHARED_DEEPER = ("tests/isolation/simulator/node_modules", "tests/tools/node_modules")


def copy_project(folder: Path) -> Path:
    """Copy the files that git tracks, or would, with their uncommitted changes, and return the folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    for name in (*SHARED, *SHARED_DEEPER):
        if (ROOT / name).exists() and not (folder / name).exists():
            (folder / name).symlink_to((ROOT / name).resolve())
    # By the content of the source, not by its time: a mutation within the same second counts, and the rest is not
    # compiled again for each of them.
    for name in ("macros", "custom_resources", "cli", "tools", "tests"):
        compileall.compile_dir(folder / name, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """Return the environment variables with which Python imports the copy instead of the installed project."""
    path = os.pathsep.join(str(folder / name) for name in (".", "macros", "custom_resources"))
    return {**os.environ, "PYTHONPATH": path, "FUZZ_FACTOR": FEWER_EXAMPLES, "PYTHONDONTWRITEBYTECODE": "1"}
