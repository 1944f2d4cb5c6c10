"""A function of one file in an account of the emulator."""

import io
import zipfile
from typing import Any


def create_function(functions: Any, name: str, code: str) -> None:
    """Create a Python function; `functions` is a client of Lambda, and `code` has a `handler`."""
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        # Without the time of day: the same code is the same archive.
        archive.writestr(zipfile.ZipInfo("app.py"), code)
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000001:role/r",
        Handler="app.handler",
        Code={"ZipFile": package.getvalue()},
    )
