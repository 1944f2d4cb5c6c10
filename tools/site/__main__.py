"""`make site`: build the documentation into build/site."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.repository import ROOT
from tools.site.sources import collect

CONFIGURATION = ROOT / "tools/site/mkdocs.yml"


def build(root: Path, target: Path) -> int:
    """Build the website of the repository at `root` into a folder. Return mkdocs' exit status; it reports errors."""
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        collect(root, pages)
        configuration = Path(folder) / "mkdocs.yml"
        configuration.write_text(f"{CONFIGURATION.read_text(encoding='utf-8')}\ndocs_dir: {pages}\n", encoding="utf-8")
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(configuration)]
        # The theme's notice of its successor is no finding.
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
        return subprocess.run([*command, "--site-dir", str(target)], env=environment, check=False).returncode


if __name__ == "__main__":
    status = build(ROOT, ROOT / "build/site")
    if status == 0:
        print(ROOT / "build/site/index.html")
    sys.exit(status)
