"""The functions of a flat template as their `index.py` alone, where nothing else may be written to than TMPDIR."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from cli.flat.template import flat_template
from tools.forking.process import forked

# A site with every function: the certificate's is needed outside us-east-1.
SITE = {
    "Type": "ResilientWebsite",
    "Properties": {
        "DomainName": "www.example.com",
        "HostedZoneId": "Z0123456789ABCDEFGHIJ",
        "Database": {"SecretRotationDays": 30},
    },
}

# Runs first in every process that has the folder on its path: Python imports it by itself, and so do forks.
READ_ONLY = """
import errno, os, sys, tempfile

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ALLOWED = (os.path.realpath(tempfile.gettempdir()) + "/", "/dev/null")

def refuse(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)) and (arguments[2] or 0) & WRITES:
        paths = arguments[:1]
    elif event in ("os.mkdir", "os.remove", "os.rmdir"):
        paths = arguments[:1]
    elif event == "os.rename":
        paths = arguments[:2]
    else:
        return
    for path in map(os.fsdecode, paths):
        if not os.path.realpath(path).startswith(ALLOWED):
            raise OSError(errno.EROFS, "Read-only file system", path)

sys.addaudithook(refuse)
"""


@cache
def functions() -> dict[str, Any]:
    """Return the functions' resources by the first part of their logical ids."""
    resources = flat_template({"Resources": {"Site": SITE}}, {}, "eu-west-1")["Resources"]
    return {
        name.removesuffix("Function"): body["Properties"]
        for name, body in resources.items()
        if body["Type"] == "AWS::Lambda::Function"
    }


def write(name: str, folder: Path) -> Path:
    """Write a function below a folder, and return the folder that holds nothing but it."""
    place = folder / name
    place.mkdir()
    (place / "index.py").write_text(functions()[name]["Code"]["ZipFile"], encoding="utf-8")
    (place / "sitecustomize.py").write_text(READ_ONLY, encoding="utf-8")
    return place


def run(program: str, folder: Path, temporary: Path) -> subprocess.CompletedProcess[str]:
    """Run a program that imports the function in a folder, in a fork that has boto3, as Lambda's runtime does."""
    environment = {"PYTHONPATH": str(folder), "TMPDIR": str(temporary), "AWS_DEFAULT_REGION": "us-east-1"}
    return forked(["-c", program], environment).completed()
