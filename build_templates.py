#!/usr/bin/env python3
"""The command line, for those who have only cloned. Installed, it is `resilient-website`."""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SET_UP = (
    f"run `make setup` in {FOLDER}, then `export PATH={FOLDER}/.venv/bin:$PATH`; or install the command line "
    "(`pipx install .`), and write resilient-website"
)
if sys.version_info < (3, 11):  # noqa: UP036  # a clone is run by whatever `python3` is
    sys.exit(f"{sys.executable} is Python {sys.version.split()[0]}; use 3.11 or newer: {SET_UP}")

sys.path.insert(0, str(FOLDER / "macros"))

from cli.interruption import ending_at_once  # noqa: E402  # it needs the path

try:
    with ending_at_once():
        from cli.main import main
except ModuleNotFoundError as error:
    # One of this project is a defect: its traceback says more.
    if (error.name or "").partition(".")[0] in ("cli", "resilient_website"):
        raise
    sys.exit(f"{sys.executable} has no module {error.name}: {SET_UP}")

if __name__ == "__main__":
    main()
