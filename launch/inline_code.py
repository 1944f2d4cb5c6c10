"""Packs a custom resource's function, with the libraries that it needs, into one file that stands in a template.

CloudFormation makes a deployment package of it, whose only file is `index.py`: so there is nothing to host beside the
template. What is packed are the same sources as in the package that the installer's build makes; the runtime brings
boto3 to both. The same sources give the same text.
"""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from string import Template

from resilient_website.problems import InvalidTemplateError, Problem

SOURCES = Path(__file__).resolve().parent.parent / "custom_resources"
INDEX = Template((Path(__file__).parent / "index.py.template").read_text(encoding="utf-8"))

# What the functions read beside their modules.
SUFFIXES = (".py", ".html")

# Of the deployment package that CloudFormation makes; the text itself is the most of it. Source: "ZipFile" in the
# reference of AWS::Lambda::Function Code.
MOST_BYTES = 4_000_000
LINE = 120


def inline_code(function: str, handler: str, description: str) -> str:
    """Return the text of `index.py` for a function of the installer; its handler is `index.handler`.

    `function` is its logical id, after which custom_resources/Makefile names what to build it of, and `handler` its
    handler in that package. Raises InvalidTemplateError if a library is not installed here as it is pinned there.
    """
    folders = _folders(function)
    pins = [pin for folder in folders for pin in _pins(folder)]
    files = dict(sorted([*_own(folders), *_installed(pins)]))
    packed = base64.b64encode(zlib.compress(json.dumps(files).encode(), 9)).decode()
    module, _, name = handler.rpartition(".")
    text = INDEX.substitute(
        description=description,
        folders=" and ".join(f"custom_resources/{folder}" for folder in folders),
        libraries=", ".join(f"{name} {version}" for name, version in pins) or "no library",
        packed="\n".join(packed[start : start + LINE] for start in range(0, len(packed), LINE)),
        name=folders[-1],
        digest=hashlib.sha256(packed.encode()).hexdigest()[:16],
        module=module,
        function=name,
    )
    if len(text) > MOST_BYTES:
        raise AssertionError(f"{function} is too large to stand in a template: {len(text)} characters")
    return text


def _folders(function: str) -> list[str]:
    """Return the folders that a function is built of, as the Makefile says."""
    makefile = (SOURCES / "Makefile").read_text(encoding="utf-8")
    found = re.search(rf"^build-{function}: FOLDERS := (.+)$", makefile, re.MULTILINE)
    if found is None:
        raise AssertionError(f"custom_resources/Makefile does not say what {function} is built of")
    return found[1].split()


def _pins(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the name and version of each library that a folder lists."""
    path = SOURCES / folder / "requirements.txt"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        name, _, version = line.partition("==")
        yield name, version


def _own(folders: list[str]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in (SOURCES / folder).rglob("*"):
            if path.suffix in SUFFIXES:
                yield path.relative_to(SOURCES).as_posix(), path.read_text(encoding="utf-8")


def _installed(pins: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the modules of libraries as they are installed here, without their tests."""
    problems: list[Problem] = []
    for name, version in pins:
        try:
            found = distribution(name)
        except PackageNotFoundError:
            problems.append(_unlike(name, version, "it is not installed"))
            continue
        if found.version != version:
            problems.append(_unlike(name, version, f"{found.version} is installed"))
        for path in found.files or ():
            if path.suffix == ".py" and not {"tests", ".."} & set(path.parts):
                yield path.as_posix(), path.read_text(encoding="utf-8")
    if problems:
        raise InvalidTemplateError(problems)


def _unlike(name: str, version: str, found: str) -> Problem:
    return Problem("(this machine)", f"the functions need {name} {version}, but {found}", "run `make setup`")
