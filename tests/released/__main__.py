"""Freezes what the newest version of the expansion makes of sites, once, when it is released."""

import sys

from resilient_website.reading.versions import NEWEST
from tests.released.frozen import folder, freeze


def main() -> None:
    """Write the files; a version that is released stays as it is."""
    try:
        written = freeze(NEWEST)
    except FileExistsError:
        sys.exit(f"{folder(NEWEST)} is there: version {NEWEST} is released. Add another one to versions.py.")
    for path in written:
        print(path)


if __name__ == "__main__":
    main()
