"""`python limited_pytest.py SECONDS ARGUMENT...`: pytest with at most SECONDS of processor time.

It leads a process group, so that what its tests have left can be ended with it, and writes to standard error alone.
"""

import os
import resource
import sys
import traceback

# The exit status if pytest can't be imported; pytest's own are smaller.
NOT_STARTED = 70


def main(seconds: int, arguments: list[str]) -> int:
    """Run pytest and return its exit status. The process is killed with SIGXCPU if it takes too long."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    os.dup2(2, 1)
    try:
        import pytest  # noqa: PLC0415  # its absence has a status of its own
    except ImportError:
        traceback.print_exc()
        return NOT_STARTED
    return int(pytest.main(arguments))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
