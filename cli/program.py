"""The name by which this command line was started, in the commands that it prints."""

import sys
from pathlib import Path

# Texts of this project name the file of a clone; an installation has a program of its own.
IN_A_CLONE = "build_templates.py"
INSTALLED = "resilient-website"


def named(text: str) -> str:
    """Return a text whose commands can be entered as they are: with the name of the program that runs."""
    return text.replace(IN_A_CLONE, INSTALLED) if Path(sys.argv[0]).stem == INSTALLED else text
