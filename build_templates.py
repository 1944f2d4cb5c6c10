#!/usr/bin/env python3
"""The command line, for a clone (`make setup` installs what it needs); installed, it is `resilient-website`."""

from cli.main import main

if __name__ == "__main__":
    main()
