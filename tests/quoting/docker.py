"""Docker's reader of environment files (`docker run --env-file`), after its source: cli/opts/file.go.

It takes what follows the first `=` as it is: quotes and backslashes are part of the value.
"""

from pathlib import Path

WHITE_SPACE = " \t"


def environment(path: Path) -> dict[str, str]:
    """Return the variables; ValueError for a line that Docker refuses, or for a name that it takes from elsewhere."""
    found: dict[str, str] = {}
    for line in path.read_bytes().decode("utf-8", errors="strict").removeprefix("\ufeff").split("\n"):
        text = line.removesuffix("\r").lstrip(WHITE_SPACE)
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        if not equals or not name or any(character in name for character in WHITE_SPACE):
            raise ValueError(line)
        found[name] = value
    return found
