"""A disk of limited size: a file system in memory (tmpfs), mounted in a mount namespace of its own.

A process that waits holds the namespace. Programs that use the disk run in it; what looks at the disk does so through
`/proc/PID/root` (proc(5)). With a user namespace (user_namespaces(7)), this works for root and for other users.
"""

import os
import subprocess
from pathlib import Path
from typing import Self

MIB = 2**20
# The inner shell reports that the file system is mounted, and then keeps it until its input is closed.
_HOLD = 'mount -t tmpfs -o "size=$1" tmpfs "$2" && echo mounted && exec cat'
_IN_NAMESPACES = ("unshare", "--map-root-user", "--mount", "sh", "-c")
# Until a mount is there on a busy machine, in seconds.
_PATIENCE = 30
# Sources: "Ubuntu 24.04 LTS release notes", unprivileged user namespace restrictions; user_namespaces(7).
ADVICE = (
    "allow user namespaces: on Ubuntu from 24.04 on `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, "
    "elsewhere `sudo sysctl -w user.max_user_namespaces=10000`; in a container, its runtime has to allow them. "
    "`unshare --map-root-user --mount true` succeeds then"
)


def check_namespaces(folder: Path) -> None:
    """Mount a file system over a folder, and let it go. Fails with what to do if this machine can't."""
    command = [*_IN_NAMESPACES, 'mount -t tmpfs tmpfs "$1"', "sh", str(folder)]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        raise AssertionError(_problem(str(error))) from error
    assert done.returncode == 0, _problem(done.stderr.strip())


def _problem(said: str) -> str:
    return f"no file system can be mounted in a user namespace of this machine ({said}): {ADVICE}"


class Disk:
    """A context manager, by which the files of a folder are on a disk, for the programs that are run `within`."""

    def __init__(self, folder: Path, size: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self.size = folder, size
        self._holder: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def start(self) -> None:
        """Mount it; fails with what to do if this machine has no user namespaces."""
        command = [*_IN_NAMESPACES, _HOLD, "sh", str(self.size), str(self._folder)]
        pipe = subprocess.PIPE
        self._holder = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True)
        assert self._holder.stdout
        said = self._holder.stdout.readline().strip()
        if said != "mounted":
            self.remove()
            raise AssertionError(_problem(said))

    @property
    def path(self) -> Path:
        """The folder, as processes outside its namespace see it."""
        return Path(f"/proc/{self._pid}/root{self._folder}")

    @property
    def within(self) -> list[str]:
        """The command that runs another one where the disk is mounted, as the same process."""
        return ["nsenter", "--target", str(self._pid), "--user", "--mount", "--preserve-credentials"]

    @property
    def free(self) -> int:
        """How many bytes can still be written."""
        found = os.statvfs(self.path)
        return found.f_bavail * found.f_frsize

    @property
    def used_percent(self) -> float:
        """The share that is used, as the CloudWatch agent's `disk_used_percent`."""
        return 100 * (1 - self.free / self.size)

    def resize(self, size: int) -> None:
        """Change its size while it is used, as a volume of Amazon EBS can be."""
        mount = ["mount", "-o", f"remount,size={size}", str(self._folder)]
        subprocess.run([*self.within, *mount], check=True, capture_output=True, timeout=60)
        self.size = size

    def remove(self) -> None:
        """Let it go with all that is on it."""
        if self._holder:
            self._holder.kill()
            self._holder.communicate()

    @property
    def _pid(self) -> int:
        assert self._holder, "the disk is not mounted"
        return self._holder.pid
