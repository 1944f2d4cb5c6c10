#!/usr/bin/env python3
"""The command line, for those who have only cloned. Installed, it is `resilient-website`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "macros"))

from cli.interruption import ending_at_once

with ending_at_once():
    from cli.main import main

if __name__ == "__main__":
    main()
