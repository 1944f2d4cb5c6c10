"""Packs a function, with the libraries that it needs, into one file that stands in a template.

CloudFormation makes a deployment package of it, whose only file is `index.py`: so there is nothing to host beside the
template. What is packed are the same sources as in the installer's layer; the runtime brings boto3 to both. The same
sources give the same text.
"""

import ast
import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from string import Template
from typing import Any

import custom_resources
from resilient_website.functions.code import entry_point
from resilient_website.problems import InvalidTemplateError, Problem

# A folder of packages, and no package itself: on AWS, each of them is on Python's path.
SOURCES = Path(custom_resources.__path__[0])
INDEX = Template((Path(__file__).parent / "index.py.template").read_text(encoding="utf-8"))

# The folder of what several functions have in common; each of its folders is packed by itself.
SHARED = "shared"

# What the functions read beside their modules.
SUFFIXES = (".py", ".html")

# Of the deployment package that CloudFormation makes; the text itself is the most of it. Source: "ZipFile" in the
# reference of AWS::Lambda::Function Code.
MAX_BYTES = 4_000_000
LINE = 120
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", re.MULTILINE)


@dataclass(frozen=True)
class Inside:
    """The code inside the template."""

    def properties(self, package: str) -> dict[str, Any]:
        """Return the code of a package. Raises InvalidTemplateError if a library is not here as it is pinned."""
        return {"Code": {"ZipFile": inline_code(package)}}


@lru_cache
def inline_code(package: str) -> str:
    """Return the text of `index.py` for a package of custom_resources; its handler is `index.handler`.

    Raises InvalidTemplateError if a library is not installed here as it is pinned there.
    """
    folders = folders_of(package)
    pins = [pin for folder in folders for pin in _pins(folder)]
    files = dict(sorted([*_own(folders), *_installed(pins)]))
    packed = base64.b64encode(zlib.compress(json.dumps(files).encode(), 9)).decode()
    text = INDEX.substitute(
        description=_description(package),
        folders=" and ".join(f"custom_resources/{folder}" for folder in folders),
        libraries=", ".join(f"{name} {version}" for name, version in pins) or "no library",
        packed="\n".join(packed[start : start + LINE] for start in range(0, len(packed), LINE)),
        name=package,
        digest=hashlib.sha256(packed.encode()).hexdigest()[:16],
        entry_point=entry_point(package),
    )
    if len(text) > MAX_BYTES:
        raise AssertionError(f"{package} is too large to stand in a template: {len(text)} characters")
    return text


def folders_of(package: str) -> list[str]:
    """Return the folders of custom_resources that a package imports, by way of others too, the package last."""
    found: list[str] = []
    left = [package]
    while left:
        folder = left.pop()
        if folder not in found:
            found.append(folder)
            left += sorted(_imported(folder))
    return [*sorted(folder for folder in found if folder != package), package]


def _imported(folder: str) -> set[str]:
    """Return the folders of custom_resources that the modules of one import."""
    names: set[str] = set()
    for path in (SOURCES / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
    return {found for found in map(_folder, names) if (SOURCES / found).is_dir()}


def _folder(module: str) -> str:
    """Return the folder that a module would be in: `shared.cfn_response.owner` is in `shared/cfn_response`."""
    top, _, rest = module.partition(".")
    return f"{top}/{rest.partition('.')[0]}" if top == SHARED else top


def _description(package: str) -> str:
    """Return the first line of a package's docstring."""
    source = (SOURCES / package / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or package).partition("\n")[0]


def _pins(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the name and version of each library that a folder lists."""
    path = SOURCES / folder / "requirements.txt"
    if path.exists():
        yield from PIN.findall(path.read_text(encoding="utf-8"))


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
