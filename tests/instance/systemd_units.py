"""What systemd finds in units."""

import subprocess
from pathlib import Path


def verified(units: Path) -> None:
    """Fail if systemd finds anything wrong in the units of a folder."""
    names = sorted(str(path) for path in units.glob("*.*") if path.is_file())
    assert names
    command = ["systemd-analyze", "verify", "--man=no", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
