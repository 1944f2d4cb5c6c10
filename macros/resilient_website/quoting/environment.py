"""The environment files: for systemd (`EnvironmentFile=`) and shells (`.`), and for containers (`--env-file`)."""

from collections.abc import Mapping
from typing import Any

from resilient_website.quoting import shell


def settings(variables: Mapping[str, Any]) -> list[Any]:
    r"""Return the parts, to be joined, of the commands that add variables to the files, and set them in the script.

    `setting` is a function of the prologue, which writes the value in double quotes with a backslash before each of
    `"`, `$`, `` ` `` and `\`: systemd and the shell read that alike. For Docker, which takes what follows the `=` as it
    is, it writes a second file without quotes. It refuses a value with a control character: what reads the file line by
    line would take what follows a line break for another variable. Sources: systemd.exec(5), EnvironmentFile; "Shell
    Command Language" in POSIX, 2.2.3; `docker container run`, --env-file, in the Docker docs.
    """
    return [part for name, value in variables.items() for part in (f"setting {name} ", *shell.encoded(value), "\n")]


def variables(given: Mapping[str, Any]) -> list[Any]:
    """Return the parts, to be joined, of commands that add variables to the files only, with the same quoting rules."""
    return [part for name, value in given.items() for part in (f"variable {name} ", *shell.encoded(value), "\n")]


def texts(variables: Mapping[str, Any]) -> list[Any]:
    """Return the parts, to be joined, of commands that set script variables with the same quoting rules."""
    return [part for name, value in variables.items() for part in (f"take {name} ", *shell.encoded(value), "\n")]
