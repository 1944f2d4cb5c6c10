"""The memory of the process that is forked, in large pages: to copy the list of small ones takes a quarter of a fork.

Linux copies that list for each fork (fork(2)). A fork copies a page when it writes to it, and of a large one 4 KB only.
It takes as long as a dozen forks, so it is for a process that has many more of them.
"""

import ctypes
from pathlib import Path

# As most processors have them. Source: "Transparent Hugepage Support" in the Linux kernel's documentation.
SIZE = 2 * 1024 * 1024
# Source: madvise(2), MADV_COLLAPSE; from Linux 6.1 on. Others refuse it, and nothing changes.
COLLAPSE = 25


def use() -> None:
    """Put what this process has in memory, apart from files, together in large pages."""
    madvise = ctypes.CDLL(None).madvise
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        # Source: proc_pid_maps(5).
        place, rights, _, _, file, *name = line.split()
        if rights == "rw-p" and file == "0" and name in ([], ["[heap]"]):
            begin, end = (int(address, 16) for address in place.split("-"))
            begin, end = -(-begin // SIZE) * SIZE, end // SIZE * SIZE
            if begin < end:
                madvise(ctypes.c_void_p(begin), ctypes.c_size_t(end - begin), COLLAPSE)
