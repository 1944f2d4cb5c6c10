"""The processes of Python functions, forked from one that has imported boto3: that takes most of their start.

A function that has its own boto3, in its code or in a layer, gets a new process of Python: it has to find that one.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime  # type: ignore[import-not-found]

from tools.forking.process import forked

# What ministack names the folders of a function's layers in.
LAYERS = "_LAMBDA_LAYERS_DIRS"


class _Forking:
    """The module `subprocess`, which forks the processes of Python functions."""

    def Popen(  # noqa: N802
        self, command: Sequence[str], *, cwd: str, env: Mapping[str, str], **named: Any
    ) -> Any:
        """Start a process for a function. ministack asks for pipes with text, as a fork has them."""
        program, *arguments = command
        if program != sys.executable or _has_boto3(cwd, env):
            return subprocess.Popen(command, cwd=cwd, env=env, **named)
        # Its code is in a folder of this emulator, where all its processes find what is compiled.
        cached = {name: value for name, value in env.items() if name != "PYTHONDONTWRITEBYTECODE"}
        return forked(arguments, cached, folder=Path(cwd))

    def __getattr__(self, name: str) -> Any:
        return getattr(subprocess, name)


def register() -> None:
    """Let ministack fork."""
    lambda_runtime.subprocess = _Forking()


def _has_boto3(code: str, env: Mapping[str, str]) -> bool:
    """Tell whether a function's code or layers have a boto3, where Lambda looks for it."""
    layers = [Path(name) / part for name in env.get(LAYERS, "").split(os.pathsep) if name for part in ("", "python")]
    places = [Path(code), *layers, *(found for layer in layers for found in layer.glob("lib/*/site-packages"))]
    return any((place / name).exists() for place in places for name in ("boto3", "botocore"))
