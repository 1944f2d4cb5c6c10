"""The processes that run on this machine, as tests look for those that should have ended."""

from pathlib import Path


def runs(number: int) -> bool:
    """Tell whether a process runs. One that has ended does not, even if its exit status was not read."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def processes() -> dict[int, str]:
    """Return the command lines of the processes that run now."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        number = int(folder.name)
        try:
            if runs(number):
                found[number] = (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def runs_in(number: int, folder: Path) -> bool:
    """Tell whether a process has its working folder in this one, as a function has in its code's."""
    try:
        return Path(f"/proc/{number}/cwd").readlink().is_relative_to(folder)
    except OSError:
        return False
