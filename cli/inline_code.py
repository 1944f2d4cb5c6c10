"""Pack a function, with its libraries, into one file that is inline in a template.

CloudFormation creates a deployment package from it with one file, `index.py`, so that nothing has to be hosted besides
the template. The sources are the same as in the installer's layer; the runtime provides boto3 for both. The same
sources always give the same text.
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
from pathlib import Path
from string import Template
from typing import Any

import custom_resources
from resilient_website.functions.code import entry_point
from resilient_website.problems import InvalidTemplateError, Problem

# A folder of packages, not itself a package: on AWS, each of them is on Python's path.
SOURCES = Path(custom_resources.__path__[0])
INDEX = Template((Path(__file__).parent / "index.py.template").read_text(encoding="utf-8"))

# The folder of shared packages, which are packed one by one.
SHARED = "shared"

# The files that functions read.
SUFFIXES = (".py", ".html")

# Of the deployment package that CloudFormation creates, most of which is the text itself. Source: "ZipFile" in the
# reference of AWS::Lambda::Function Code.
MAX_BYTES = 4_000_000
LINE = 120
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", re.MULTILINE)

# The module of an import. To parse the sources would take longer than the rest of an expansion.
IMPORT = re.compile(r"^ *(?:from|import) +(\w[\w.]*)", re.MULTILINE)


@dataclass(frozen=True)
class Inside:
    """Code that is inline in the template."""

    def properties(self, package: str) -> dict[str, Any]:
        """Return the code of a package. Raises InvalidTemplateError if a library is not installed as pinned."""
        return {"Code": {"ZipFile": inline_code(package)}}


@lru_cache
def inline_code(package: str) -> str:
    """Return the text of `index.py` for a package of custom_resources; its handler is `index.handler`.

    Raises InvalidTemplateError if a library is not installed in the pinned version.
    """
    folders = folders_of(package)
    pins = [pin for folder in folders for pin in _pins(folder)]
    own = [file for folder in folders for file in _files(folder)]
    files = dict(sorted([*own, *(_installed(pins) if pins else ())]))
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
        raise AssertionError(f"{package} is too large for a template: {len(text)} characters")
    return text


def folders_of(package: str) -> list[str]:
    """Return the folders of custom_resources that a package imports, directly or not, with the package last."""
    found: list[str] = []
    left = [package]
    while left:
        folder = left.pop()
        if folder not in found:
            found.append(folder)
            left += sorted(_imported(folder))
    return [*sorted(folder for folder in found if folder != package), package]


@lru_cache
def _imported(folder: str) -> set[str]:
    """Return the folders of custom_resources that the modules of one import."""
    sources = (source for path, source in _files(folder) if path.endswith(".py"))
    names = {name for source in sources for name in IMPORT.findall(source)}
    return {found for found in map(_folder, names) if _exists(found)}


@lru_cache
def _files(folder: str) -> tuple[tuple[str, str], ...]:
    """Return the files of a folder of custom_resources that functions read: each one's path from there, and text."""
    paths = (path for path in (SOURCES / folder).rglob("*") if path.suffix in SUFFIXES)
    return tuple((path.relative_to(SOURCES).as_posix(), path.read_text(encoding="utf-8")) for path in paths)


@lru_cache
def _exists(folder: str) -> bool:
    return (SOURCES / folder).is_dir()


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


def _installed(pins: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the modules of installed libraries, without their tests."""
    from importlib.metadata import PackageNotFoundError, distribution  # noqa: PLC0415  # few functions have libraries

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
