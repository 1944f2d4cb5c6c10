"""This project's command line, whose waits are scaled: `resilient-website`, as the night's shell finds it."""

import time

from cli.main import main
from tests.failover.scale import Scale

if __name__ == "__main__":
    own_sleep = time.sleep
    time.sleep = lambda seconds: own_sleep(Scale().here(float(seconds)))
    main(prog_name="resilient-website")
