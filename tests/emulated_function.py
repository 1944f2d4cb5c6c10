"""A function of one file in an account of the emulator."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any


def create_function(
    functions: Any, name: str, code: str, files: Mapping[str, str] | None = None, **configuration: Any
) -> None:
    """Create a Python function; `functions` is a client of Lambda, and `code` has a `handler`.

    `files` are others in its package, by name; `configuration` has more parameters of CreateFunction.
    """
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        # Without the time of day: the same code is the same archive.
        for file, text in {"app.py": code, **(files or {})}.items():
            archive.writestr(zipfile.ZipInfo(file), text)
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role="arn:aws:iam::000000000001:role/r",
        Handler="app.handler",
        Code={"ZipFile": package.getvalue()},
        **configuration,
    )
