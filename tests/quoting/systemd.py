"""systemd's own reader of environment files, out of its library."""

import ctypes
from pathlib import Path

LIBRARIES = ("/usr/lib", "/lib")


def _library() -> ctypes.CDLL:
    found = [path for root in LIBRARIES for path in Path(root).glob("*/systemd/libsystemd-shared-*.so")]
    assert found, "systemd's library is missing: apt-get install systemd (`make test-tools` does)"
    return ctypes.CDLL(str(found[0]))


def environment(path: Path) -> dict[str, str]:
    """Return the variables that systemd reads from a file, as it does for `EnvironmentFile=`."""
    library = _library()
    found = ctypes.POINTER(ctypes.c_char_p)()
    result = library.load_env_file(None, str(path).encode(), ctypes.byref(found))
    assert result >= 0, f"load_env_file: {result}"
    entries: list[bytes] = []
    while found and (entry := found[len(entries)]) is not None:
        entries.append(entry)
    return dict(entry.decode().split("=", 1) for entry in entries)
